"""Whom the staff site turned away, in the log: a member who asked for what is not theirs.

Strangers are asked to sign in and leave no entry; what they try at the sign-in form is kept there.
"""

from datetime import UTC, datetime
from http import HTTPStatus

from flask import Flask, Response, g, request

from aggregation.access.refusals import record_refusal
from aggregation.site.guard import LONGEST_SUBJECT, me
from survey.database import writing
from survey.log import Act
from survey.merkle import Scalar
from survey.site import here
from survey.units import Unit

_REFUSED = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND})
"""Forms not of this session, pages of another role, and objects of another branch."""


def note_refusals(app: Flask) -> None:
    """Keep in the log what the site's pages refuse to those who have signed in."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    # An address that no page has is a slip of the fingers.
    known = request.endpoint is not None and g.get("member") is not None
    if known and response.status_code in _REFUSED:
        named: Unit | None = g.get("unit")
        keep_refusal(me().key, response, named.id if named else None)
    return response


def keep_refusal(actor: str, response: Response, unit_id: int | None = None) -> None:
    """Keep in the log that somebody, or a program, was refused what this request asked for."""
    facts: dict[str, Scalar] = {"method": request.method, "status": response.status_code}
    act = Act("access.refused", actor, request.path[:LONGEST_SUBJECT], facts, unit_id)
    with writing(here().engine) as opened:
        record_refusal(opened, act, datetime.now(UTC))
