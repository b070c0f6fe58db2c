"""Asking the provider something: briefly, for a small answer, and nobody else.

No answer leads to another address: a redirect is an answer that was not understood. Proxies of
the environment are not used.
"""

import json
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import BoundedSemaphore
from time import monotonic
from typing import Any
from urllib.parse import urlencode, urlsplit

TIMEOUT = 5.0
"""Seconds that one question may take."""
LARGEST = 256 * 1024
"""Bytes of an answer: the keys of a large provider are some thousands."""

_PIECE = 16 * 1024
# Citizens are served by the same threads: a provider that is slow never holds them all.
_AT_ONCE = BoundedSemaphore(3)
_PATIENCE = 0.5
_FORM = "application/x-www-form-urlencoded"


class NoAnswer(Exception):
    """The provider gave no answer, or none that can be understood."""


class Declined(Exception):
    """The provider answered that it will not; the text is its word for why."""


def ask(
    address: str,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the provider's answer, an object of JSON.

    Parameters
    ----------
    form
        What is sent; without one it is only asked.

    Raises
    ------
    NoAnswer
        If too many ask already, or if it does not come within `TIMEOUT`, is larger than `LARGEST`
        or is no such object.
    Declined
        If what was sent is declined.
    """
    if not _AT_ONCE.acquire(timeout=_PATIENCE):
        raise NoAnswer
    try:
        status, body = _exchanged(address, form, headers or {})
    except (OSError, HTTPException, ValueError) as error:
        raise NoAnswer(type(error).__name__) from error
    finally:
        _AT_ONCE.release()
    answer = _object(body)
    if form is not None and status in {HTTPStatus.BAD_REQUEST, HTTPStatus.UNAUTHORIZED}:
        raise Declined(str(answer.get("error"))[:40])
    if status != HTTPStatus.OK:
        raise NoAnswer(str(status))
    return answer


def _exchanged(
    address: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    until = monotonic() + TIMEOUT
    parts = urlsplit(address)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    body = None if form is None else urlencode(form)
    kind = {} if form is None else {"Content-Type": _FORM}
    line = _line(parts.scheme, parts.netloc)
    try:
        method = "GET" if form is None else "POST"
        line.request(method, path, body, {"Accept": "application/json", **kind, **headers})
        answer = line.getresponse()
        return answer.status, _read(answer, until)
    finally:
        line.close()


def _line(scheme: str, place: str) -> HTTPConnection:
    if scheme == "https":
        return HTTPSConnection(place, timeout=TIMEOUT, context=ssl.create_default_context())
    return HTTPConnection(place, timeout=TIMEOUT)


def _read(answer: HTTPResponse, until: float) -> bytes:
    body = b""
    while piece := answer.read1(_PIECE):
        body += piece
        if len(body) > LARGEST or monotonic() > until:
            raise NoAnswer
    return body


def _object(body: bytes) -> dict[str, Any]:
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoAnswer from error
    if not isinstance(answer, dict):
        raise NoAnswer
    return answer
