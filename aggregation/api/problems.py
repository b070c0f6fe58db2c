"""What a program is told when its request is not served: always problem details (RFC 9457)."""

from flask import Flask, Response, current_app
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import RequestRedirect

from survey.errors import PROBLEM, RETRY_AFTER

_UNPROCESSABLE = 422


class WrongValue(BaseModel):
    """One value of the request that cannot be right."""

    where: str = Field(description="Its place, such as `visits.0.number`.")
    what: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """Why a request was not served, and what to do."""

    model_config = ConfigDict(title="Problem")

    type: str = Field(default="about:blank")
    title: str = Field(description="The name of the status.")
    status: int = Field(ge=400, le=599)
    detail: str = Field(description="One sentence that says what to do.")
    errors: list[WrongValue] | None = Field(
        default=None, description="With status 422: each value that is wrong."
    )


def problem(status: int, detail: str, errors: list[WrongValue] | None = None) -> Response:
    """Return problem details as an answer."""
    title = HTTP_STATUS_CODES.get(status, "Error")
    told = Problem(title=title, status=status, detail=detail, errors=errors)
    return Response(told.model_dump_json(exclude_none=True), status, mimetype=PROBLEM)


def wrong_values(error: ValidationError) -> Response:
    """Tell which values of a request are wrong; what was sent is not repeated."""
    found = [
        WrongValue(
            where=".".join(map(str, each["loc"])) or "request",
            what=each["msg"].removeprefix("Value error, "),
        )
        for each in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    return problem(_UNPROCESSABLE, "Some values are wrong; see errors.", found)


def explain_to_programs(app: Flask) -> None:
    """Answer every error of an application with problem details."""
    app.register_error_handler(HTTPException, _http_error)
    for unavailable in (OperationalError, InterfaceError, NoConnection):
        app.register_error_handler(unavailable, _unavailable)


def _http_error(error: HTTPException) -> Response | HTTPException:
    if isinstance(error, RequestRedirect) or error.code is None:
        return error
    answer = problem(error.code, error.description or "")
    for name, value in error.get_headers():
        if name in {"Allow", "Retry-After", "WWW-Authenticate"}:
            answer.headers[name] = value
    return answer


def _unavailable(error: Exception) -> Response:
    cause = error.orig if isinstance(error, DBAPIError) else error
    current_app.logger.warning("database unavailable: %s", type(cause).__name__)
    answer = problem(503, "The database is busy; nothing was recorded. Send the same again.")
    answer.headers["Retry-After"] = str(RETRY_AFTER)
    return answer
