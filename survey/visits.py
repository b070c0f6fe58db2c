"""Visits as pages need them: opened, recorded, added to. One transaction each, committed here.

A desk is looked up before a transaction writes, and a busy one not for every citizen: what
changed at a desk in the last five seconds may come too late for a page, as it may for a tap
that is still on its way.
"""

from collections.abc import Collection
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from survey.answers import Answers
from survey.database import looking_up, recording
from survey.entrance import POSTER, Entrance, Way, find_entrance
from survey.followups import UnknownResponse, accept_followup
from survey.intake import accept_response
from survey.ledger import place_of
from survey.meter import FOLLOWUPS, KNOWN, RATINGS, RECORDED, meter_of
from survey.month import Month
from survey.screening import Signal
from survey.shown import Page
from survey.site import here
from survey.submission import Acceptance, NothingAnswered, Status, Submission
from survey.units import accent_for
from survey.visit_pass import ScanAgain
from survey.visit_token import MORE, RATE, PageTooOld, VisitToken, write_token


def open_visit(way: Way) -> Page:
    """Return the page of a new visit, with a fresh token.

    Raises
    ------
    UnknownDesk, UnknownTicket, UnknownPass, TicketSpent, VisitRated, ScanAgain, DeskClosed
        If there can be none.
    """
    entrance = _look_up(way)
    visit = entrance.new_visit(datetime.now(UTC))
    return _page(entrance, write_token(visit, token_key(), RATE, way.path))


def look_up(way: Way) -> Page:
    """Return a page about where a way leads, without a token.

    Raises
    ------
    UnknownDesk, UnknownTicket, UnknownPass
        If it leads nowhere.
    """
    return _page(_look_up(way))


def record_visit(
    way: Way, token: VisitToken, answers: Answers, seen: Collection[Signal] = ()
) -> tuple[Page, Acceptance]:
    """Record a visit and commit; the page carries the token for a follow-up.

    The time of service is when the page was opened, which a page older than a day cannot tell; that
    of a tablet's code is when it was scanned, and ten minutes later no visit begins with it.

    Parameters
    ----------
    seen
        What the request itself says that makes the visit suspicious (method §7).

    Raises
    ------
    PageTooOld, ScanAgain
        If the page is that old and the visit is not known.
    """
    now = datetime.now(UTC)
    entrance = _look_up(way)
    with recording(here().engine) as connection:
        try:
            entrance.check_fresh(token, now)
        except (PageTooOld, ScanAgain):
            if place_of(connection, token.id) is None:
                raise
        acceptance = accept_response(
            connection,
            entrance.proof,
            Submission(token.id, token.at, answers),
            received_at=now,
            receipt_key=here().settings.key("receipt"),
            seen=seen,
        )
    meter_of(here().engine).add(RATINGS, acceptance.status.value)
    # When a resend was first tapped is not kept; dating it by the page never prolongs the day.
    tapped_at = now if acceptance.status is Status.RECORDED else token.at
    follow = write_token(VisitToken(token.id, tapped_at), token_key(), MORE, way.path)
    return _page(entrance, follow), acceptance


def add_to_visit(way: Way, token: VisitToken, answers: Answers) -> tuple[Page, Month, bool]:
    """Record a follow-up and commit; nothing to add is nothing to store, and no mistake.

    Returns
    -------
    tuple
        The page, the month of the visit, and whether anything was recorded now.
    """
    recorded = False
    page = look_up(way)
    with recording(here().engine) as connection:
        place = place_of(connection, token.id)
        if place is None:
            raise UnknownResponse
        with suppress(NothingAnswered):
            acceptance = accept_followup(
                connection,
                page.desk,
                Submission(token.id, token.at, answers),
                received_at=datetime.now(UTC),
                receipt_key=here().settings.key("receipt"),
            )
            recorded = acceptance.status is Status.RECORDED
    meter_of(here().engine).add(FOLLOWUPS, RECORDED if recorded else KNOWN)
    return page, place.month, recorded


def month_of(page: Page, token: VisitToken) -> Month:
    """Return the month a visit is counted in."""
    return Month.of(token.at.astimezone(ZoneInfo(page.desk.time_zone)))


def token_key() -> bytes:
    """Return the key of the pages' tokens."""
    return here().settings.key("token")


def _look_up(way: Way) -> Entrance:
    if way.kind != POSTER:
        return _find(way)
    return here().recent_entrances.get(way.path, lambda: _find(way))


def _find(way: Way) -> Entrance:
    with looking_up(here().engine) as connection:
        entrance = find_entrance(connection, way, here().settings)
        unit_id = entrance.desk.unit_id
        accent = here().recent_accents.get(str(unit_id), lambda: accent_for(connection, unit_id))
    return replace(entrance, accent=accent)


def _page(entrance: Entrance, token: str = "") -> Page:
    return Page(entrance.desk, entrance.way.path, entrance.services, token, accent=entrance.accent)
