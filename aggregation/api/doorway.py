"""The door before every operation: which program is asking, and may it do that here.

An operation says what it needs with `needs`, as the pages do; one that says nothing is not served.
There is no cookie and no session, so a browser of somebody signed in opens nothing here.
"""

import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import NoReturn

from flask import Flask, Response, abort, current_app, g, request
from sqlmodel import Session
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import (
    BadRequest,
    Forbidden,
    NotAcceptable,
    TooManyRequests,
    Unauthorized,
    UnsupportedMediaType,
)

from aggregation.access.api_tokens import PREFIX, USED_EVERY, Bearer, bearer, note_use
from aggregation.access.roles import Right
from aggregation.api.pace import Pace
from aggregation.changes.batch import Cause
from aggregation.site.guard import LONGEST_SUBJECT, need_of
from aggregation.site.refused import keep_refusal
from survey.database import reading, writing
from survey.log import Act, record
from survey.models import ServiceUnit
from survey.site import here
from survey.units import UnknownUnit, unit_with

_PACE = "pace"
_MINUTE = 60
_TOKEN_NAMES = frozenset({"token", "access_token", "api_key", "apikey", "key", "authorization"})
_JSON = "application/json"


class NoToken(Unauthorized):
    """Nothing says who is asking."""

    description = "Send a token in the header: Authorization: Bearer nlk_…"


class TokenRefused(Unauthorized):
    """The token does not hold now; which of the reasons it is stays unsaid."""

    description = "The token is unknown, was revoked or has expired. Ask for a new one."


class TokenInAddress(BadRequest):
    """A token stands where every log on the way keeps it."""

    description = (
        "A token never goes into an address, because addresses are kept in logs. "
        "Revoke this one, make a new one and send it in the header Authorization."
    )


class ScopeMissing(Forbidden):
    """The token is for something else."""

    description = "The token's scopes do not include this. Ask whoever made it."


class TooFast(TooManyRequests):
    """The program asks more often than anything needs."""

    description = "Too many requests in a minute; go on a minute later."


class JsonOnly(NotAcceptable):
    """The program takes no JSON."""

    description = "Answers are application/json; accept that, or anything."


class NotJson(UnsupportedMediaType):
    """The body says it is something else."""

    description = "Send application/json."


class NotAnObject(BadRequest):
    """The body is JSON, and no object."""

    description = "Send one JSON object."


def keep_the_door(app: Flask, pace: Pace) -> None:
    """Let no program past that has no business behind."""
    app.extensions[_PACE] = pace
    app.before_request(admit)
    app.after_request(_note_reading)
    app.after_request(_note_refusal)


def asking() -> Bearer:
    """Return which program is asking; only for operations that need a right."""
    program: Bearer = g.bearer
    return program


def cause() -> Cause:
    """Return who changes something now."""
    actor = asking().actor
    return Cause(actor, "", datetime.now(UTC), actor)


def unit_of(session: Session, code: str, right: Right) -> ServiceUnit:
    """Return the unit of a code; beyond the token's branch there is none."""
    try:
        unit = unit_with(session, code)
    except UnknownUnit:
        _no_unit()
    if not asking().scope.may(right, unit.id or 0):
        _no_unit()
    g.unit_id = unit.id
    return unit


def admit() -> None:
    """Turn away whoever has no business here, before any operation runs."""
    need = need_of(current_app, request.endpoint)
    if _has_token_in_address():
        raise TokenInAddress
    if not need.session:
        return
    g.bearer = _identify(datetime.now(UTC))
    if not current_app.extensions[_PACE].allows(g.bearer.id, time.time()):
        raise TooFast(retry_after=_MINUTE)
    if request.routing_exception is not None:
        return
    if need.right is not None and not g.bearer.scope.may_somewhere(need.right):
        raise ScopeMissing
    _check_media()


def _has_token_in_address() -> bool:
    return any(
        name.lower() in _TOKEN_NAMES or value.startswith(PREFIX)
        for name, value in request.args.items(multi=True)
    )


def _identify(at: datetime) -> Bearer:
    shown = request.authorization
    if shown is None or shown.type != "bearer" or not shown.token:
        raise NoToken(www_authenticate=_challenge())
    with reading(here().engine) as session:
        found = bearer(session, shown.token, at)
    if found is None:
        raise TokenRefused(www_authenticate=_challenge())
    if found.used_at is None or at - found.used_at >= USED_EVERY:
        with writing(here().engine) as session:
            note_use(session, found.id, at)
    return found


def _challenge() -> WWWAuthenticate:
    return WWWAuthenticate("bearer", {"realm": "nilai"})


def _check_media() -> None:
    if request.accept_mimetypes and not request.accept_mimetypes.best_match([_JSON]):
        raise JsonOnly
    if request.method != "POST":
        return
    if request.mimetype != _JSON:
        raise NotJson
    if not isinstance(request.get_json(), dict):
        raise NotAnObject


def _no_unit() -> NoReturn:
    g.beyond = True
    abort(HTTPStatus.NOT_FOUND, "There is no unit of that code within the token's branch.")


def _note_reading(response: Response) -> Response:
    """Keep in the log which program read what names people (method §9)."""
    names_people = need_of(current_app, request.endpoint).names_people
    if names_people and response.status_code == HTTPStatus.OK:
        subject = request.path[:LONGEST_SUBJECT]
        act = Act("people.read", asking().actor, subject, dict(request.args), g.get("unit_id"))
        with writing(here().engine) as session:
            record(session, act, datetime.now(UTC))
    return response


def _note_refusal(response: Response) -> Response:
    """Keep in the log which program asked for what its token does not open."""
    is_refused = response.status_code == HTTPStatus.FORBIDDEN or "beyond" in g
    if is_refused and g.get("bearer") is not None:
        keep_refusal(asking().actor, response)
    return response
