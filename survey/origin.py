"""Requests that change something must come from our own pages, as far as the browser tells.

Citizens have no cookie, so a forged request could do no more than a stranger can; the check
keeps other sites from sending their visitors' taps. Absent headers are accepted: old phones
send none.
"""

from urllib.parse import urlsplit

from flask import Flask, request
from werkzeug.exceptions import Forbidden

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OWN = frozenset({"same-origin", "none"})


class ForeignOrigin(Forbidden):
    """The form was sent from another site."""


def refuse_foreign_origins(app: Flask, own_address: str) -> None:
    """Check every unsafe request to an application.

    Parameters
    ----------
    own_address
        Where the site is reached; only scheme, host and port of it matter.
    """
    parts = urlsplit(own_address)
    own_origin = f"{parts.scheme}://{parts.netloc}"

    @app.before_request
    def _check() -> None:
        if request.method not in _SAFE and not _is_own(own_origin):
            raise ForeignOrigin


def _is_own(own_origin: str) -> bool:
    fetched_from = request.headers.get("Sec-Fetch-Site")
    if fetched_from is not None:
        return fetched_from in _OWN
    origin = request.headers.get("Origin")
    return origin is None or origin in {own_origin, f"{request.scheme}://{request.host}"}
