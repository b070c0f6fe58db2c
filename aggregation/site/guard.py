"""The guard before every page of the staff site: who is asking, and may they do it here.

A view says what it needs with one of `open_to_anybody`, `signed_in` and `needs`; one that says
nothing is not served. Whatever names a unit in its address is looked up here, so that no view
can show a unit that lies beyond somebody's branch: there it does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from http import HTTPStatus
from typing import Any, TypeVar

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug import Response as Answer
from werkzeug.exceptions import Forbidden

from aggregation.access.accounts import Member, member
from aggregation.access.roles import WITH_SECOND_FACTOR, Right
from aggregation.access.staff_session import SEEN_EVERY, Running, running, see
from aggregation.changes.batch import Cause
from survey.database import reading, writing
from survey.errors import problem, wants_json
from survey.log import Act, record
from survey.site import here
from survey.units import Unit, UnknownUnit, known_unit, unit_with

KEY = "key"
"""Under which the browser's cookie keeps the session's key."""

LONGEST_SUBJECT = 120

_SHARED = frozenset({"health.alive", "health.ready"})
_READ = frozenset(
    {
        HTTPStatus.OK,
        HTTPStatus.PARTIAL_CONTENT,
        HTTPStatus.CONFLICT,
        HTTPStatus.UNPROCESSABLE_ENTITY,
    }
)
"""Answers that show a page or a piece of a file, also those to a form that was not taken."""

_View = TypeVar("_View", bound=Callable[..., Any])


class Undeclared(RuntimeError):
    """A view does not say what it needs."""


class NotYours(Forbidden):
    """The page is there, and for another role."""


@dataclass(frozen=True, slots=True)
class Need:
    """What a view asks of whoever wants to see it.

    Attributes
    ----------
    right
        In the unit of the address; in any unit where the address names none.
    session
        Whether one has to have signed in.
    second_factor
        Whether those who must give one have to have given it.
    names_people
        Whether the page names people, so that who read it is kept in the log.
    """

    right: Right | None = None
    session: bool = True
    second_factor: bool = True
    names_people: bool = False


def open_to_anybody(view: _View) -> _View:
    """Declare a view that strangers may open."""
    return _declare(view, Need(session=False))


def signed_in(view: _View) -> _View:
    """Declare a view for everybody who has an account."""
    return _declare(view, Need())


def half_way_in(view: _View) -> _View:
    """Declare a view for those who still have to give, or to set up, their second factor."""
    return _declare(view, Need(second_factor=False))


def needs(right: Right, *, names_people: bool = False) -> Callable[[_View], _View]:
    """Declare a view for those who have a right in the unit of the address, or in any."""
    return lambda view: _declare(view, Need(right, names_people=names_people))


def need_of(app: Flask, endpoint: str | None) -> Need:
    """Return what an endpoint asks for; an address that there is not asks for a session.

    Raises
    ------
    Undeclared
        If its view does not say.
    """
    if endpoint in _SHARED:
        return Need(session=False)
    if endpoint is None:
        return Need()
    declared: Need | None = getattr(app.view_functions[endpoint], "need", None)
    if declared is None:
        raise Undeclared(endpoint)
    return declared


def guard(app: Flask) -> None:
    """Let nobody past who has no business behind."""
    app.before_request(admit)
    app.after_request(_note_reading)
    app.after_request(_never_store)
    app.context_processor(_for_templates)


def me() -> Member:
    """Return who is asking; only for views that ask for a session."""
    asking: Member = g.member
    return asking


def verified() -> bool:
    """Say whether who is asking has given the second factor in this session."""
    session_now: Running = g.running
    return session_now.verified_at is not None


def has_just_signed_in() -> bool:
    """Say whether who is asking has signed in within the last minutes."""
    session_now: Running = g.running
    return session_now.is_fresh(datetime.now(UTC))


def by_provider() -> bool:
    """Say whether who is asking signed in at the office's own provider of identities."""
    session_now: Running = g.running
    return session_now.by_provider


def unit() -> Unit:
    """Return the unit of the address; only for views whose address has a `code`."""
    named: Unit = g.unit
    return named


def unit_today() -> date:
    """Return the running day where the unit of the address is."""
    return unit().day_of(datetime.now(UTC))


def cause(reason: str = "") -> Cause:
    """Return who changes something now, and why, for the batch and the log."""
    return Cause(me().key, reason, datetime.now(UTC), me().key)


def may(right: Right | str) -> bool:
    """Say whether who is asking has a right in the unit of the address, or in any."""
    asked = Right(right)
    if g.get("member") is None:
        return False
    named: Unit | None = g.get("unit")
    return me().scope.may(asked, named.id) if named else me().scope.may_somewhere(asked)


def admit() -> Response | tuple[str, int] | Answer | None:
    """Turn away whoever has no business here, before any view runs."""
    need = need_of(current_app, request.endpoint)
    if not need.session:
        return None
    found = _asking(here().engine, datetime.now(UTC))
    if found is None:
        session.pop(KEY, None)
        return _ask_to_sign_in()
    g.running, g.member = found
    if need.second_factor and (step := _missing_step(g.running, me())):
        return redirect(url_for(step), 303)
    g.unit = _unit_of_the_address()
    if need.right is not None and not may(need.right):
        raise NotYours
    return None


def _declare(view: _View, need: Need) -> _View:
    view.need = need  # type: ignore[attr-defined]
    return view


def _asking(engine: Engine, at: datetime) -> tuple[Running, Member] | None:
    if KEY not in session:
        return None
    with reading(engine) as record_:
        found = running(record_, session[KEY], at)
        who = None if found is None else member(record_, found.account_id)
    if found is None or who is None:
        return None
    if at - found.seen_at >= SEEN_EVERY:
        with writing(engine) as record_:
            see(record_, session[KEY], at)
    return found, who


def _missing_step(session_now: Running, who: Member) -> str | None:
    """Return the endpoint of what somebody still has to do before going on."""
    if session_now.by_provider and session_now.verified_at:
        return None  # the provider asked for one
    if who.has_second_factor:
        return None if session_now.verified_at else "sign_in.second_factor"
    return "own_account.second_factor" if asks_for_code(who) else None


def asks_for_code(who: Member) -> bool:
    """Say whether somebody must sign in with a second factor: by a role, or as everybody here."""
    return here().settings.code_for_all or who.is_a(*WITH_SECOND_FACTOR)


def _unit_of_the_address() -> Unit | None:
    code = (request.view_args or {}).get("code")
    if code is None:
        return None
    with reading(here().engine) as opened:
        found = _known(opened, code)
    if found is None or not me().scope.knows(found.id):
        abort(404)
    return found


def _known(opened: Session, code: str) -> Unit | None:
    try:
        return known_unit(unit_with(opened, code))
    except UnknownUnit:
        return None


def _ask_to_sign_in() -> Response | tuple[str, int] | Answer:
    if wants_json():
        return problem(401, "Sign in first.")
    return render_template("aggregation/sign_in.html", state="signed_out"), 401


def _note_reading(response: Response) -> Response:
    """Keep in the log who read a page that names people (method §9)."""
    names_people = need_of(current_app, request.endpoint).names_people
    if names_people and request.method != "HEAD" and response.status_code in _READ:
        named: Unit | None = g.get("unit")
        subject = request.path[:LONGEST_SUBJECT]
        act = Act("people.read", me().key, subject, {}, named.id if named else None)
        with writing(here().engine) as opened:
            record(opened, act, datetime.now(UTC))
    return response


def _never_store(response: Response) -> Response:
    """Leave no page of the staff site in a browser's cache; what is strangers' too may say so."""
    strangers_too = not need_of(current_app, request.endpoint).session
    if not (strangers_too and response.cache_control.immutable):
        response.headers["Cache-Control"] = "no-store"
    return response


def _for_templates() -> dict[str, object]:
    return {"me": g.get("member"), "may": may, "unit": g.get("unit")}
