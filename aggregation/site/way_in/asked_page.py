"""The page that was asked for before signing in; afterwards one gets there, and nowhere else."""

from urllib.parse import quote, unquote, urlsplit

from flask import request, session, url_for

FIELD = "next"
"""The hidden field of the sign-in form that holds its address."""

_KEPT = "asked"
_LONGEST = 500


def page_within(root: str, wish: str) -> str | None:
    """Return an address if it lies under a root of this very site.

    Examples
    --------
    >>> page_within("/staff", "/staff/unit/A?bulan=2026-10")
    '/staff/unit/A?bulan=2026-10'
    >>> [page_within("/staff", wish) for wish in ("//evil.example/staff/", "/staff/../x", "/l/A")]
    [None, None, None]
    >>> [page_within("", wish) for wish in ("//evil.example/", "//[")]
    [None, None]
    """
    if len(wish) > _LONGEST or not wish.isprintable() or "\\" in wish:
        return None
    if not wish.startswith(f"{root}/") or wish.startswith("//"):
        return None
    leads_out = ".." in unquote(urlsplit(wish).path).split("/")
    return None if leads_out else wish


def address_now() -> str:
    """Return the address of the page being asked for, if signing in may lead back to it."""
    if request.method != "GET":
        return ""
    query = request.query_string.decode("ascii", "ignore")
    return f"{request.script_root}{quote(request.path)}{'?' if query else ''}{query}"


def asked_for() -> str:
    """Return the address in the form that was sent, if it is one of this site, or nothing."""
    return page_within(request.script_root, request.form.get(FIELD, "")) or ""


def keep_asked(address: str) -> None:
    """Keep where to go once the second factor is given."""
    if address:
        session[_KEPT] = address


def onwards() -> str:
    """Return where to go now that one is in: what was kept, or the first page."""
    return str(session.pop(_KEPT, "") or url_for("dashboard.units"))
