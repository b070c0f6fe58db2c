"""The tablet's app: one page that a service worker keeps, and the page where a code is typed.

The app's version is a hash over its page and everything the page needs, so that a tablet changes
over to a newer app as soon as any of it differs, and never to half of one.
"""

import hashlib
import re
from datetime import UTC, datetime
from functools import cache

from flask import Blueprint, Response, current_app, jsonify, render_template, request, url_for

from kiosk import enrolments
from kiosk.enrolments import spend_code
from survey.assets import assets_in
from survey.database import writing
from survey.desks import RatedDesk, desk_by_id
from survey.headers import STRICT, policy_header
from survey.language import INDONESIAN
from survey.site import here
from survey.spelling import typed
from survey.spoken import wish

POLICY = {
    **STRICT,
    "script-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
}
_KEPT_SUFFIXES = (".js", ".css", ".svg", ".json")
_ASKED_FOR = re.compile(r'(?:href|src)="([^"]*/static/[^"]+)"')
_VERSION_LETTERS = 16
_ALWAYS_ASK = "no-cache"
_LONGEST_CODE = 40
_GROUND, _ACCENT = "#f7f6f3", "#672a55"

tablet_pages = Blueprint("tablet_pages", __name__, url_prefix="/kiosk")


@tablet_pages.get("/")
def app() -> str:
    """Show the app; it says of itself what it cannot do where scripts do not run."""
    return _shell(app_version())


@tablet_pages.get("/sw.js")
def worker() -> Response:
    """Give the service worker that keeps the app on the tablet."""
    script = render_template(
        "kiosk/sw.js",
        version=app_version(),
        start=url_for("tablet_pages.app"),
        assets=_assets(_shell("")),
    )
    return Response(script, mimetype="text/javascript", headers={"Cache-Control": _ALWAYS_ASK})


@tablet_pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """Tell the browser how to put the app on a tablet's home screen."""
    icon = current_app.jinja_env.globals["asset"]("icon.svg")  # type: ignore[operator]
    told = jsonify(
        name="Nilai Loket",
        short_name="Nilai Loket",
        lang=INDONESIAN,
        start_url=url_for("tablet_pages.app"),
        scope=url_for("tablet_pages.app"),
        display="fullscreen",
        background_color=_GROUND,
        theme_color=_ACCENT,
        icons=[{"src": icon, "sizes": "any", "type": "image/svg+xml", "purpose": "any"}],
    )
    told.mimetype = "application/manifest+json"
    told.headers["Cache-Control"] = _ALWAYS_ASK
    return told


@tablet_pages.get("/enrol")
def ask_for_code() -> str:
    """Ask for the one-time code."""
    return render_template("kiosk/enrol.html", typed="", wrong=False)


@tablet_pages.post("/enrol")
def open_plain() -> str | tuple[str, int]:
    """Take the code from a browser that can keep nothing, and lead on to the desk's own page."""
    text = request.form.get("code", "")[:_LONGEST_CODE]
    desk = _spent_for(typed(text))
    if desk is None:
        return render_template("kiosk/enrol.html", typed=text, wrong=True), 422
    return render_template("kiosk/plain.html", desk=desk)


@tablet_pages.after_request
def _own_headers(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = policy_header(POLICY)
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def app_version() -> str:
    """Return what tells this app from an older or a newer one."""
    shell = _shell("")
    told = "\n".join([shell, *_assets(shell), _worker_source()])
    return hashlib.sha256(told.encode()).hexdigest()[:_VERSION_LETTERS]


def _shell(version: str) -> str:
    wish(INDONESIAN)  # the tablet's own words come with its config
    return render_template("kiosk/app.html", version=version)


def _assets(shell: str) -> list[str]:
    """Return the addresses of all that the app needs: its scripts, and what its page asks for."""
    scripts = {
        request.script_root + address
        for name, address in assets_in(current_app, "tablet").items()
        if name.endswith(_KEPT_SUFFIXES)
    }
    return sorted(scripts | set(_ASKED_FOR.findall(shell)))


@cache
def _worker_source() -> str:
    loader = current_app.jinja_env.loader
    assert loader is not None  # noqa: S101 - a Flask application has one
    return loader.get_source(current_app.jinja_env, "kiosk/sw.js")[0]


def _spent_for(code: str) -> RatedDesk | None:
    settings = here().settings
    with writing(here().engine) as session:  # a wrong try is counted as well
        now, key = datetime.now(UTC), settings.key(enrolments.PURPOSE)
        desk_id = spend_code(session, code, now, key=key)
        return (
            None
            if desk_id is None
            else desk_by_id(session.connection(), desk_id, settings.key("desk"))
        )
