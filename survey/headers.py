"""Security headers of every answer; pages of citizens run no script at all."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask

Policy = Mapping[str, str]
Headers = list[tuple[str, str]]

STRICT: Policy = {
    "default-src": "'none'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}
"""Content security policy of a page without scripts; a site adds to it what it needs."""

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # With no-referrer browsers would send the origin `null` with a form.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NOT_KEPT = ("Cache-Control", "no-store")
_A_YEAR = "max-age=31536000; includeSubDomains"


def protect(app: Flask, policy: Policy, *, https: bool) -> None:
    """Set the headers on every answer of an application, unless a view has set its own.

    Parameters
    ----------
    https
        Whether the site's public address is HTTPS; browsers then stay with it for a year.
    """
    whole = protected(app.wsgi_app, policy, https=https)
    app.wsgi_app = whole  # type: ignore[assignment,method-assign]


def protected(bare: WSGIApplication, policy: Policy, *, https: bool) -> WSGIApplication:
    """Return an application that answers as another does, with the headers of `protect`."""
    always = list(security_headers(policy).items())
    if https:
        always.append(("Strict-Transport-Security", _A_YEAR))

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: Headers, *error: Any) -> Callable[[bytes], object]:  # noqa: ANN401
            said = {name for name, _ in headers}
            added = [each for each in (*always, _NOT_KEPT) if each[0] not in said]
            return start_response(status, [*headers, *added], *error)

        return bare(environ, start)

    return answer


def security_headers(policy: Policy) -> dict[str, str]:
    """Return the headers for a content security policy."""
    return {"Content-Security-Policy": policy_header(policy), **_ALWAYS}


def policy_header(policy: Policy) -> str:
    """Return a content security policy as its header says it."""
    return "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
