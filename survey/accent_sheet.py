"""A unit's colour as a stylesheet at its own address: kept by browsers, needing no inline style."""

import re

from flask import Blueprint, Response, abort

from survey.accent import AccentUnreadable, accent_of, stylesheet

_HEX = re.compile(r"[0-9a-f]{6}")
_FOR_EVER = "public, max-age=31536000, immutable"

accents = Blueprint("accents", __name__)


@accents.get("/warna/<colour>.css")
def sheet(colour: str) -> Response:
    """Give the stylesheet of a colour; no unit can have one that is not readable."""
    return accent_sheet(colour)


def accent_sheet(colour: str) -> Response:
    """Return the stylesheet of a colour written as six digits; the same for ever."""
    if not _HEX.fullmatch(colour):
        abort(404)
    try:
        rules = stylesheet(accent_of(f"#{colour}"))
    except AccentUnreadable:
        abort(404)
    answer = Response(rules, mimetype="text/css")
    answer.headers["Cache-Control"] = _FOR_EVER
    return answer
