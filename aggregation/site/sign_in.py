"""Signing in with a one-time link, and the guard before every other page of the staff site."""

from datetime import UTC, datetime

from flask import Blueprint, Flask, Response, redirect, render_template, request, session, url_for
from sqlalchemy import Engine
from werkzeug import Response as Redirect

from aggregation.access.one_time_link import (
    LinkExpired,
    LinkSpent,
    LinkUnknown,
    check_link,
    spend_link,
)
from aggregation.access.staff_session import SEEN_EVERY, end_session, last_seen, open_session, see
from survey.database import reading, writing
from survey.errors import problem, wants_json
from survey.settings import Settings
from survey.site import here

sign_in = Blueprint("sign_in", __name__)

WITHOUT_SESSION = frozenset(
    {"sign_in.how", "sign_in.look", "sign_in.enter", "health.alive", "health.ready"}
)
"""Endpoints that anybody may open; every other one, unknown addresses too, asks for a session."""

_KEY = "key"
_REFUSALS: dict[type[Exception], tuple[str, int]] = {
    LinkUnknown: ("unknown", 404),
    LinkSpent: ("spent", 410),
    LinkExpired: ("expired", 410),
}


def session_cookie(settings: Settings) -> dict[str, object]:
    """Return how the browser keeps the key: apart from the public site, out of scripts' reach."""
    return {
        "SECRET_KEY": settings.key("staff session"),
        "SESSION_COOKIE_NAME": "nilai_staff",
        "SESSION_COOKIE_PATH": "/staff",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.staff_url.startswith("https:"),
    }


def guard(app: Flask) -> None:
    """Let nobody without a running session past the sign-in page."""
    app.before_request(require_session)
    app.after_request(_never_store)
    app.register_blueprint(sign_in)


@sign_in.get("/masuk")
def how() -> str:
    """Say how to get a link."""
    return _page("ask")


@sign_in.get("/masuk/<token>")
def look(token: str) -> tuple[str, int]:
    """Show a link's button; looking spends nothing, so a preview of the link does no harm."""
    try:
        with reading(here().engine) as record:
            check_link(record, token, datetime.now(UTC))
    except tuple(_REFUSALS) as refusal:
        state, status = _REFUSALS[type(refusal)]
        return _page(state), status
    return _page("ready"), 200


@sign_in.post("/masuk/<token>")
def enter(token: str) -> Redirect | tuple[str, int]:
    """Spend the link and begin a session under a new key."""
    at = datetime.now(UTC)
    try:
        with writing(here().engine) as record:
            spend_link(record, token, at)
            if _KEY in session:
                end_session(record, session[_KEY], at)
            key = open_session(record, at)
    except tuple(_REFUSALS) as refusal:
        state, status = _REFUSALS[type(refusal)]
        return _page(state), status
    session.clear()
    session[_KEY] = key
    return redirect(url_for("dashboard.units"), 303)


@sign_in.post("/keluar")
def leave() -> str:
    """End the session, here and on the server."""
    with writing(here().engine) as record:
        end_session(record, session[_KEY], datetime.now(UTC))
    session.clear()
    return _page("left")


def require_session() -> Response | tuple[str, int] | None:
    """Turn away whoever has no running session, before any view runs."""
    if request.endpoint in WITHOUT_SESSION or _runs(here().engine, datetime.now(UTC)):
        return None
    session.pop(_KEY, None)
    if wants_json():
        return problem(401, "Sign in first, with a one-time link.")
    return _page("signed_out"), 401


def _runs(engine: Engine, at: datetime) -> bool:
    if _KEY not in session:
        return False
    with reading(engine) as record:
        seen = last_seen(record, session[_KEY], at)
    if seen is None:
        return False
    if at - seen >= SEEN_EVERY:
        with writing(engine) as record:
            see(record, session[_KEY], at)
    return True


def _never_store(response: Response) -> Response:
    """Leave no page of the staff site in a browser's cache."""
    response.headers["Cache-Control"] = "no-store"
    return response


def _page(state: str) -> str:
    return render_template("aggregation/sign_in.html", state=state)
