"""Errors in one place: people get a page that says what to do, programs get problem details.

Problem details are those of RFC 9457.
"""

from typing import cast

from flask import Flask, Response, current_app, json, render_template, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RoutingException

from survey.meter import BUSY, DATABASE_ERRORS, NO_CONNECTION, UNREACHABLE, meter_of
from survey.origin import ForeignOrigin
from survey.request_counts import REQUEST_ERROR
from survey.site import here

RETRY_AFTER = 5
"""Seconds after which a busy database is worth another try."""

PROBLEM = "application/problem+json"
# PostgreSQL: lock not available, statement cut off, deadlock, no serial order.
_TOO_BUSY = frozenset({"55P03", "57014", "40P01", "40001"})
_FOR_PEOPLE = "text/html"


def explain_errors(app: Flask, pages: str = "errors") -> None:
    """Register the answers to everything that no view answers itself.

    Parameters
    ----------
    pages
        The folder of templates with the site's `page.html` and `unavailable.html`.
    """
    app.config["ERROR_PAGES"] = pages
    app.register_error_handler(HTTPException, _http_error)
    for unavailable in (OperationalError, InterfaceError, NoConnection):
        app.register_error_handler(unavailable, _unavailable)


def wants_json() -> bool:
    """Tell whether a program is asking rather than a person."""
    if request.mimetype.endswith("json"):
        return True
    best = request.accept_mimetypes.best_match([_FOR_PEOPLE, "application/json", PROBLEM])
    return best is not None and best != _FOR_PEOPLE


def problem(status: int, detail: str, **members: str) -> Response:
    """Return an RFC 9457 answer, with members of its own such as a stable `reason`."""
    title = HTTP_STATUS_CODES.get(status, "Error")
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body.update(members)
    return Response(json.dumps(body), status, mimetype=PROBLEM)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RoutingException) or error.code is None or error.response is not None:
        return error
    if wants_json():
        answer = problem(error.code, error.description or "")
    else:
        words = "foreign" if isinstance(error, ForeignOrigin) else error.code
        answer = Response(_page("page", error=words), error.code)
    allowed = cast("list[str] | None", getattr(error, "valid_methods", None))
    if allowed:
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _page(name: str, **words: object) -> str:
    return render_template(f"{current_app.config['ERROR_PAGES']}/{name}.html", **words)


def _unavailable(error: Exception) -> Response:
    """Say that nothing was recorded, and offer to send the same once more."""
    # The statement's values stay out of the log: they are what a citizen wrote.
    request.environ[REQUEST_ERROR] = kind = _kind_of(error)
    meter_of(here().engine).add(DATABASE_ERRORS, kind)
    if wants_json():
        answer = problem(503, "The database is busy; nothing was recorded. Send the same again.")
    else:
        sent = list(request.form.items(multi=True)) if request.method == "POST" else []
        answer = Response(_page("unavailable", sent=sent), 503)
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _kind_of(error: Exception) -> str:
    """Return how a database failed: it was busy too long, not there, or out of connections."""
    if isinstance(error, NoConnection):
        return NO_CONNECTION
    cause = error.orig if isinstance(error, DBAPIError) else error
    state = getattr(cause, "sqlstate", None)
    return BUSY if state in _TOO_BUSY or "locked" in str(cause) else UNREACHABLE
