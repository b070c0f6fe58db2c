"""The mark that a sign-in leaves in a browser: whoever carries it is staff (method §7).

The staff site sets it for the whole address; the public site only looks whether it is there, and
sets no cookie of its own. It holds nothing that names anybody, and a sign-out leaves it. A browser
that was never used to sign in does not carry it, nor does any browser where the two sites have
different hosts: then this signal is silent.
"""

from flask import Request, Response

from survey.screening import Signal

COOKIE = "nilai_pegawai"
KEPT_FOR = 400 * 24 * 60 * 60
"""Seconds; browsers keep no cookie longer."""


def mark(response: Response, *, secure: bool) -> None:
    """Let a browser carry the mark from now on."""
    response.set_cookie(
        COOKIE, "1", max_age=KEPT_FOR, path="/", secure=secure, httponly=True, samesite="Lax"
    )


def seen_in(request: Request) -> set[Signal]:
    """Return what a citizen's request says of its browser."""
    return {Signal.STAFF_BROWSER} if COOKIE in request.cookies else set()
