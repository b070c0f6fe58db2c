"""The language a member of staff chose: kept in the session, unlike on the citizens' pages."""

from urllib.parse import quote, urlencode

from flask import Flask, request, session

from survey.site import here
from survey.spoken import ASKED, wish

KEPT = "language"
"""Under which the session keeps the choice."""


def remember_language(app: Flask) -> None:
    """Speak the language that was chosen last; `in_language(code)` is the page in another one."""
    app.before_request(_speak)
    app.jinja_env.globals["in_language"] = _in_language


def _speak() -> None:
    asked = request.args.get(ASKED)
    if asked in here().languages:
        session[KEPT] = asked
    wish(session.get(KEPT, ""))


def _in_language(code: str) -> str:
    """Return the address of this page in another language; of the first page after a form."""
    path = request.path if request.method == "GET" else "/"
    query = urlencode({**request.args, ASKED: code})
    return f"{request.script_root}{quote(path)}?{query}"
