"""Browsers that have signed in before: a signed cookie names them, so that others never slow them.

It lets nobody in; it only says in which corner failures are counted, see
`aggregation.access.throttle`.
"""

import secrets
from typing import NamedTuple

from flask import Response, after_this_request, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from survey.host_cookie import host_cookie
from survey.site import here

COOKIE = "nilai_browser"
KEPT_FOR = 400 * 24 * 60 * 60
"""Seconds; browsers keep no cookie longer."""

_NAME_BYTES = 12
_MOST_ACCOUNTS = 8


class KnownBrowser(NamedTuple):
    """A browser and the accounts that signed in with it, the last one first."""

    name: str
    accounts: tuple[str, ...]


def browser_of(account_key: str | None) -> str:
    """Return the name of this browser if the account has signed in with it before, or nothing."""
    known = _known()
    return known.name if known and account_key in known.accounts else ""


def remember_browser(account_key: str) -> None:
    """Let the answer to this request make the browser one that has signed in to the account."""
    known = _known() or KnownBrowser(secrets.token_urlsafe(_NAME_BYTES), ())
    accounts = dict.fromkeys([account_key, *known.accounts])
    cookie = _signer().dumps([known.name, *list(accounts)[:_MOST_ACCOUNTS]])

    @after_this_request
    def _set(response: Response) -> Response:
        response.set_cookie(
            _cookie_name(),
            cookie,
            max_age=KEPT_FOR,
            path=current_app.config["SESSION_COOKIE_PATH"],
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response


def _known() -> KnownBrowser | None:
    try:
        name, *accounts = _signer().loads(request.cookies.get(_cookie_name(), ""))
    except BadSignature:
        return None
    return KnownBrowser(name, tuple(accounts))


def _cookie_name() -> str:
    return host_cookie(COOKIE, https=current_app.config["SESSION_COOKIE_SECURE"])


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(here().settings.key("known browser"))
