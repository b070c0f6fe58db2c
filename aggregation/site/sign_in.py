"""Signing in and out."""

from datetime import UTC, datetime

from flask import Blueprint, redirect, render_template, session, url_for
from werkzeug import Response

from aggregation.access.one_time_link import (
    LinkExpired,
    LinkSpent,
    LinkUnknown,
    check_link,
    spend_link,
)
from aggregation.access.staff_session import end_session, open_session
from aggregation.site.guard import KEY, half_way_in, open_to_anybody
from survey.database import reading, writing
from survey.settings import Settings
from survey.site import here

sign_in = Blueprint("sign_in", __name__)

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


@sign_in.get("/masuk")
@open_to_anybody
def how() -> str:
    """Say how to get a link."""
    return _page("ask")


@sign_in.get("/masuk/<token>")
@open_to_anybody
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
@open_to_anybody
def enter(token: str) -> Response | tuple[str, int]:
    """Spend the link and begin a session under a new key."""
    at = datetime.now(UTC)
    try:
        with writing(here().engine) as record:
            link = spend_link(record, token, at)
            if KEY in session:
                end_session(record, session[KEY], at)
            key = open_session(record, link.account_id or 0, at)
    except tuple(_REFUSALS) as refusal:
        state, status = _REFUSALS[type(refusal)]
        return _page(state), status
    session.clear()
    session[KEY] = key
    return redirect(url_for("dashboard.units"), 303)


@sign_in.post("/keluar")
@half_way_in
def leave() -> str:
    """End the session, here and on the server."""
    with writing(here().engine) as record:
        end_session(record, session[KEY], datetime.now(UTC))
    session.clear()
    return _page("left")


@sign_in.get("/masuk/kode")
@half_way_in
def second_factor() -> str:
    """Ask for the second factor."""
    return _page("signed_out")


def _page(state: str) -> str:
    return render_template("aggregation/sign_in.html", state=state)
