"""Requests, counted and told of: by page, never by address, path or sender (method §9).

Of the public site only failures get a line of the log. A line for each tap would be a clock beside
the record, and time identifies the citizen.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from secrets import token_hex
from time import perf_counter
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from flask import Flask, Request

from survey.meter import NO_ENDPOINT, REQUESTS, TOOK, meter_of, step_of
from survey.site import site_of

REQUEST_ID = "nilai.request"
"""Where a request carries its number: made anew for each, and handed out with failures only."""

REQUEST_ERROR = "nilai.error"
"""Where it carries the kind of error that it ended with, if there was one."""

HEADER = "Nilai-Request"
PUBLIC = "public"
"""The site whose requests citizens make."""

_FAILED, _UNAVAILABLE = 500, 503
_LOG = logging.getLogger(__name__)
_LOG.setLevel(logging.INFO)


@dataclass(slots=True)
class _Answer:
    """What is known of a request under way; one that ends without an answer has failed."""

    environ: WSGIEnvironment
    start_response: StartResponse
    number: str = field(default_factory=lambda: token_hex(8))
    began: float = field(default_factory=perf_counter)
    status: int = _FAILED
    endpoint: str = NO_ENDPOINT

    def start(
        self,
        status: str,
        headers: list[tuple[str, str]],
        *error: Any,  # noqa: ANN401
    ) -> Callable[[bytes], object]:
        """Note what is answered; Flask forgets the page as soon as it has answered."""
        self.status = int(status[:3])
        request = self.environ.get("werkzeug.request")
        if isinstance(request, Request):
            self.endpoint = request.endpoint or NO_ENDPOINT
        if self.status >= _FAILED:
            headers = [*headers, (HEADER, self.number)]
        return self.start_response(status, headers, *error)

    def facts(self, site: str, took: float) -> dict[str, object]:
        """Return what a line of the log says of it."""
        said = {
            "site": site,
            "endpoint": self.endpoint,
            "method": self.environ["REQUEST_METHOD"],
            "status": self.status,
            "within": step_of(took),
            "request": self.number,
        }
        error = self.environ.get(REQUEST_ERROR)
        return {**said, "error": error} if error else said


def count_requests(app: Flask, site: str) -> None:
    """Count and time all requests of an application, and write the lines of the log."""
    inner = app.wsgi_app

    def counted(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        answer = _Answer(environ, start_response)
        environ[REQUEST_ID] = answer.number
        try:
            return inner(environ, answer.start)
        finally:
            took = perf_counter() - answer.began
            meter = meter_of(site_of(app).engine)
            meter.add(REQUESTS, site, answer.endpoint, class_of(answer.status))
            meter.add_time(TOOK, site, answer.endpoint, seconds=took)
            if answer.status >= _FAILED:
                # Told to come again, nothing is lost: that is no error of the site's.
                level = logging.WARNING if answer.status == _UNAVAILABLE else logging.ERROR
                _LOG.log(level, "request", extra=answer.facts(site, took))
            elif site != PUBLIC and answer.endpoint != NO_ENDPOINT:
                _LOG.info("request", extra=answer.facts(site, took))

    app.wsgi_app = counted  # type: ignore[method-assign]


def class_of(status: int) -> str:
    """Return the kind of an answer.

    Examples
    --------
    >>> [class_of(status) for status in (201, 304, 404, 500, 503)]
    ['2xx', '3xx', '4xx', '5xx', '503']
    """
    return str(status) if status == _UNAVAILABLE else f"{status // 100}xx"
