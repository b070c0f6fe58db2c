"""Security headers of every answer; pages of citizens run no script at all."""

from collections.abc import Mapping

from flask import Flask, Response

Policy = Mapping[str, str]

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
_A_YEAR = "max-age=31536000"


def protect(app: Flask, policy: Policy, *, https: bool) -> None:
    """Set the headers on every answer of an application.

    Parameters
    ----------
    https
        Whether the site's public address is HTTPS; browsers then stay with it for a year.
    """
    headers = security_headers(policy)
    if https:
        headers["Strict-Transport-Security"] = _A_YEAR

    @app.after_request
    def _add(response: Response) -> Response:
        response.headers.setdefault("Cache-Control", "no-store")
        response.headers.extend(headers)
        return response


def security_headers(policy: Policy) -> dict[str, str]:
    """Return the headers for a content security policy."""
    written = "; ".join(f"{directive} {sources}" for directive, sources in policy.items())
    return {"Content-Security-Policy": written, **_ALWAYS}
