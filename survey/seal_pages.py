"""The seals, for everybody: what they are, all of them, and how to check them (method §8)."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, render_template, request
from sqlmodel import Session

from survey.database import reading
from survey.kept_answer import kept
from survey.month import Month, NotAMonth
from survey.published_seals import (
    day_links,
    key_links,
    link_at,
    links_from,
    month_links,
    sealed_months,
    unit_names,
)
from survey.published_shown import Links
from survey.seal_chain import last_link
from survey.seal_list import written_list
from survey.seal_shown import ShownKey, ShownSeal, key_in_force, shown_seals
from survey.seal_text import Link
from survey.site import here
from survey.spoken import spoken

seal_pages = Blueprint("seal_pages", __name__)

LISTED = 10
"""Seals of months on one page."""

IN_A_FILE = 500
"""Seals in one part of the list for programs."""

_LARGEST = 2**31 - 1
_DIGITS = 10
_PEM = "application/x-pem-file"
_PARTS = {
    "pernyataan": ("text/plain", "txt"),
    "tandatangan": ("application/octet-stream", "bin"),
    "kunci": (_PEM, "pem"),
}


@seal_pages.get("/segel")
def seals() -> Response:
    """Say what a seal is, and show those of a month: the one that `bulan` names, or the newest."""
    with reading(here().engine) as session:
        months = sealed_months(session)
        month = _asked_month(months)
        page = max(1, _asked_number("halaman", 1))
        closings = month_links(session, month, (page - 1) * LISTED, LISTED + 1) if month else []
        last = last_link(session)
        names = unit_names(session, closings)
        words = {
            "days": shown_seals(day_links(session, month) if month else [], {}),
            "closings": shown_seals(closings[:LISTED], names),
            "changes": shown_seals(key_links(session), {}),
        }
    return kept(
        render_template(
            "survey/public/seals.html",
            **words,
            months=months,
            month=month,
            page=page,
            further=len(closings) > LISTED,
            key=key_in_force(last),
            links=_links(),
            language_keeps={"bulan": str(month)} if request.args.get("bulan") and month else {},
        )
    )


@seal_pages.get("/segel/<int:number>")
def seal(number: int) -> Response:
    """Show one seal: what it says, its signature, and how it hangs on the one before it."""
    with reading(here().engine) as session:
        link = _known(session, number)
        before = link_at(session, number - 1) if number else None
        after = link_at(session, number + 1)
        names = unit_names(session, [link])
    return kept(
        render_template(
            "survey/public/seal.html",
            seal=ShownSeal.of(link, before, names),
            before=before,
            after=after,
            key=ShownKey.of(str(link.facts["key"])),
            public_url=here().settings.public_url,
            links=_links(),
        )
    )


@seal_pages.get("/segel/<int:number>/<any(pernyataan,tandatangan,kunci):kind>")
def seal_part(number: int, kind: str) -> Response:
    """Give a part of a seal as a file: byte for byte what was signed, the signature, the key."""
    with reading(here().engine) as session:
        link = _known(session, number)
    body = {
        "pernyataan": link.statement.encode(),
        "tandatangan": link.signature,
        "kunci": ShownKey.of(str(link.facts["key"])).pem.encode(),
    }[kind]
    mimetype, ending = _PARTS[kind]
    return _file(body, mimetype, f"segel-{number}-{kind}.{ending}")


@seal_pages.get("/segel.json")
def seal_list() -> Response:
    """Give seals from the one that `from` names on, or the newest ones, for anybody to keep."""
    with reading(here().engine) as session:
        last = last_link(session)
        newest = -1 if last is None else last.number
        first = _asked_number("from", max(0, newest + 1 - IN_A_FILE))
        links = links_from(session, first, IN_A_FILE)
    reached = links[-1].number if links else newest
    text = written_list(links, last, reached + 1 if reached < newest else None)
    return kept(text, "application/json", in_languages=False)


@seal_pages.get("/segel/kunci.pem")
def public_key() -> Response:
    """Give the key that the next seal will be signed by."""
    with reading(here().engine) as session:
        key = key_in_force(last_link(session))
    if key is None:
        abort(404)
    return _file(key.pem.encode(), _PEM, "kunci-segel.pem")


def _known(session: Session, number: int) -> Link:
    link = link_at(session, number) if number <= _LARGEST else None
    if link is None:
        abort(404)
    return link


def _asked_month(months: Sequence[Month]) -> Month | None:
    """Return the month that is asked for; another one than there are is answered by the newest."""
    try:
        asked = Month.parse(request.args.get("bulan", ""))
    except NotAMonth:
        asked = None
    if asked in months:
        return asked
    return months[0] if months else None


def _asked_number(name: str, usual: int) -> int:
    text = request.args.get(name, "")[:_DIGITS]
    return min(int(text), _LARGEST) if text.isascii() and text.isdigit() else usual


def _file(body: bytes, mimetype: str, name: str) -> Response:
    answer = kept(body, mimetype, in_languages=False)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _links() -> Links:
    return Links("", "", spoken().code, "")
