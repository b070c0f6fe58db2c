"""The log of one's branch: what was done, by whom, when; on a page and as a file."""

from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, render_template, request, stream_with_context
from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.logbook import LOOKS_AT, Place, Wish, every_entry, page_of_log
from aggregation.access.roles import Right, Scope
from aggregation.sheets.written_sheet import as_csv
from aggregation.site.guard import me, needs
from aggregation.site.log.log_lines import Line, log_line
from aggregation.site.log.log_words import FAMILIES
from survey.database import reading
from survey.language import worded
from survey.models import ServiceUnit
from survey.month import local_day, time_zone
from survey.site import here
from survey.spoken import spoken

log_pages = Blueprint("log_pages", __name__)

PER_PAGE = 50
USUAL_DAYS = timedelta(days=29)
LONGEST_SEARCH = 80

_USUAL_ZONE = "Asia/Jakarta"
_DAY = timedelta(days=1)
_YEARS = range(2000, 2100)
_COLUMNS = (
    worded("WAKTU"),
    worded("PELAKU"),
    worded("TINDAKAN"),
    worded("OBJEK"),
    worded("UNIT"),
    worded("RINCIAN"),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for; whatever makes no sense is left out, never an error.

    Attributes
    ----------
    first, last
        The days of the period, both within it.
    """

    family: str
    actor: str
    first: date
    last: date
    zone: ZoneInfo
    after: Place | None

    @property
    def wish(self) -> Wish:
        """The entries meant: the days are those of the clock on the wall."""
        family = FAMILIES.get(self.family)
        return Wish(
            since=self._midnight(self.first),
            until=self._midnight(self.last + _DAY),
            kinds=family.kinds if family else (),
            actor=self.actor,
        )

    def query(self, after: Place | None = None) -> str:
        """Return the address of the same entries, following a page."""
        place = f"{after.at.isoformat()}_{after.id.hex}" if after else ""
        asked = {"jenis": self.family, "pelaku": self.actor, "sesudah": place}
        days = {"dari": str(self.first), "sampai": str(self.last)}
        return "?" + urlencode({name: text for name, text in {**asked, **days}.items() if text})

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


@log_pages.get("/catatan", endpoint="entries")
@needs(Right.READ_LOG, names_people=True)
def newest() -> str:
    """Show the newest entries, or those that follow a page."""
    scope, language = me().scope, spoken()
    with reading(here().engine) as session:
        asked = _asked(session, scope)
        page = page_of_log(session, scope, asked.wish, PER_PAGE, asked.after)
    return render_template(
        "aggregation/log.html",
        lines=[log_line(entry, asked.zone, language) for entry in page.entries],
        asked=asked,
        families=FAMILIES,
        older=asked.query(page.older) if page.older else None,
        looks_at=LOOKS_AT,
    )


@log_pages.get("/catatan.csv")
@needs(Right.READ_LOG, names_people=True)
def download() -> Response:
    """Send all entries of the period as a file, a piece at a time."""
    scope = me().scope
    with reading(here().engine) as session:
        asked = _asked(session, scope)
    name = f"catatan-{asked.first}-{asked.last}.csv"
    return Response(
        stream_with_context(_file(scope, asked)),
        mimetype="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _file(scope: Scope, asked: Asked) -> Iterator[bytes]:
    language = spoken()
    yield as_csv([[language.say(column) for column in _COLUMNS]])
    with reading(here().engine) as session:
        for entry in every_entry(session, scope, asked.wish):
            line = log_line(entry, asked.zone, language)
            yield as_csv([_cells(line)]).removeprefix(BOM_UTF8)


def _cells(line: Line) -> list[str]:
    at = line.at.isoformat(sep=" ", timespec="seconds")
    return [at, line.actor, line.act, line.subject, line.unit, "; ".join(line.details)]


def _asked(session: Session, scope: Scope) -> Asked:
    zone = _zone(session, scope)
    today = local_day(datetime.now(UTC), zone)
    last = _day("sampai") or today
    family = request.args.get("jenis", "")
    return Asked(
        family=family if family in FAMILIES else "",
        actor=request.args.get("pelaku", "").strip()[:LONGEST_SEARCH],
        first=min(_day("dari") or last - USUAL_DAYS, last),
        last=last,
        zone=zone,
        after=_place(request.args.get("sesudah", "")),
    )


def _zone(session: Session, scope: Scope) -> ZoneInfo:
    """Return the time zone of the first unit one reads of: the clock that the page goes by."""
    query = select(col(ServiceUnit.time_zone)).where(
        col(ServiceUnit.id).in_(scope.units(Right.READ_LOG))
    )
    name = session.scalars(query.order_by(col(ServiceUnit.id)).limit(1)).first()
    return time_zone(name or _USUAL_ZONE)


def _day(name: str) -> date | None:
    try:
        day = date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
    return day if day.year in _YEARS else None


def _place(text: str) -> Place | None:
    at, _, id_ = text.partition("_")
    try:
        place = Place(datetime.fromisoformat(at), UUID(hex=id_))
    except ValueError:
        return None
    return place if place.at.tzinfo and place.at.year in _YEARS else None
