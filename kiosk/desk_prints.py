"""What is printed for a desk: its posters, and slips that count as issued once they are set."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Engine
from sqlmodel import Session

from kiosk.posters import ACCENT, DeskPoster, PosterKind, Slip, poster_pdf, slips_pdf
from survey.database import reading, writing
from survey.desks import DeskClosed, RatedDesk
from survey.language import both_offer
from survey.log import Act, record
from survey.month import local_day
from survey.settings import Settings
from survey.spelling import grouped
from survey.tickets import IssuedTicket, NumbersTaken, draw_tickets, keep_tickets
from survey.units import accent_for


@dataclass(frozen=True, slots=True)
class SlipSheet:
    """Numbered slips as they are printed, and the file."""

    tickets: Sequence[IssuedTicket]
    pdf: bytes

    @property
    def first(self) -> int:
        """The lowest number."""
        return self.tickets[0].number

    @property
    def last(self) -> int:
        """The highest number."""
        return self.tickets[-1].number


def desk_link(desk: RatedDesk, settings: Settings) -> str:
    """Return the address that a desk's poster leads to."""
    return f"{settings.public_url}/l/{desk.code}"


def desk_poster(desk: RatedDesk, settings: Settings) -> DeskPoster:
    """Return what a desk's poster shows."""
    return DeskPoster(
        unit_name=desk.unit_name,
        desk_name=desk.name,
        desk_about=desk.about,
        link=desk_link(desk, settings),
        code=grouped(desk.code),
        languages=both_offer(settings.languages, desk.languages),
    )


def print_posters(
    desks: Sequence[RatedDesk], kind: PosterKind, settings: Settings, accent: str | None = None
) -> bytes:
    """Return the posters of desks as PDF, in the unit's colour.

    Raises
    ------
    NothingToPrint, LetterNotPrintable
        As in `kiosk.posters`.
    """
    return poster_pdf([desk_poster(desk, settings) for desk in desks], kind, accent or ACCENT)


def print_slips(
    engine: Engine,
    desk: RatedDesk,
    count: int,
    settings: Settings,
    *,
    at: datetime,
    actor: str = "cli",
    hand_over: Callable[[bytes], object] = len,
) -> SlipSheet:
    """Issue numbered slips for a desk and return them as PDF.

    Setting them takes seconds, so it is done before the record is written to: nobody's tap waits.

    Parameters
    ----------
    hand_over
        Called with the PDF before the slips count as issued: those that nobody holds must not.

    Raises
    ------
    DeskClosed
        If the desk takes no responses.
    TooManySlips, LetterNotPrintable
        If they cannot be printed.
    """
    if not desk.active:
        raise DeskClosed(desk.name)
    while True:
        sheet = _set(engine, desk, count, settings)
        with suppress(NumbersTaken), writing(engine) as session:
            _issue(session, desk, sheet, at, actor)
            hand_over(sheet.pdf)
            return sheet


def _set(engine: Engine, desk: RatedDesk, count: int, settings: Settings) -> SlipSheet:
    with reading(engine) as session:
        tickets = draw_tickets(session, desk, count)
        accent = accent_for(session.connection(), desk.unit_id)
    links = [Slip(each.number, f"{settings.public_url}/t/{each.token}") for each in tickets]
    languages = both_offer(settings.languages, desk.languages)
    made = slips_pdf(desk.unit_name, desk.name, links, accent or ACCENT, languages)
    return SlipSheet(tickets, made)


def _issue(session: Session, desk: RatedDesk, sheet: SlipSheet, at: datetime, actor: str) -> None:
    keep_tickets(session, desk, sheet.tickets, local_day(at, ZoneInfo(desk.time_zone)))
    facts = {"count": len(sheet.tickets), "first": sheet.first, "last": sheet.last}
    record(session, Act("slips.issued", actor, f"desk {desk.id}", facts, desk.unit_id), at)
