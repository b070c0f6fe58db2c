"""The mark that a sign-in leaves in a browser: whoever carries it is staff (method §7).

The staff site sets it for the whole address; the public site only looks whether it is there, and
sets no cookie of its own. It holds nothing that names anybody, and a sign-out leaves it. A browser
that was never used to sign in does not carry it, nor does any browser where the two sites have
different hosts: then this signal is silent.
"""

from flask import Request, Response

from survey.host_cookie import host_cookie
from survey.screening import Signal
from survey.site import here

COOKIE = "nilai_pegawai"
KEPT_FOR = 400 * 24 * 60 * 60
"""Seconds; browsers keep no cookie longer."""


def mark(response: Response, *, secure: bool) -> None:
    """Let a browser carry the mark from now on."""
    name = host_cookie(COOKIE, https=secure)
    response.set_cookie(
        name, "1", max_age=KEPT_FOR, path="/", secure=secure, httponly=True, samesite="Lax"
    )


def seen_in(request: Request) -> set[Signal]:
    """Return what a citizen's request says of its browser."""
    name = host_cookie(COOKIE, https=here().settings.staff_url.startswith("https:"))
    return {Signal.STAFF_BROWSER} if name in request.cookies else set()
