"""Made-up months: a small office with its roster, its visits, and a clerk who counts them by hand.

The clerk is the other way to compute every figure: plain loops over the stored rows, fractions,
and the roster as the test wrote it. Faults can be asked of the clerk, so that a test can show
that the comparison would notice them.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum, auto
from fractions import Fraction
from typing import Any
from uuid import uuid4

from sqlalchemy import insert, text
from sqlmodel import Session

from aggregation.changes.batch import Cause, open_batch
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.models import Assignment, Officer
from survey.leaf import sealed
from survey.models import RECORD_TABLES
from survey.month import HalfHour, Month, midnight, starts
from survey.questionnaire import Element
from tests.factories import make_desk, make_unit
from tests.running_marks import next_mark, nip_of

OCTOBER, SEPTEMBER, AUGUST = Month(2026, 10), Month(2026, 9), Month(2026, 8)
AFTER_OCTOBER = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
NINE = tuple(element.lower() for element in Element)
_WEIGHTS = {"overall": 4, "perilaku": 3, "kompetensi": 2, "waktu": 1}
_PERSONAL = ("kiosk", "kiosk_qr", "ticket")


@dataclass(frozen=True)
class Shift:
    """Somebody serves a desk on a weekday, 1 to 7, in half hours of the day [first, end)."""

    desk: int
    officer: int
    weekday: int
    first: int
    end: int


@dataclass(frozen=True)
class Seen:
    """One visit as it is stored; desk, service and officer count from 0."""

    half_hour: int | None
    desk: int | None = 0
    channel: str = "kiosk"
    overall: int | None = 4
    service: int | None = None
    later_service: int | None = None
    nine: Mapping[str, int] = field(default_factory=dict)
    late: bool = False
    received_on: date | None = None

    @property
    def followed_up(self) -> bool:
        return bool(self.nine) or self.later_service is not None


@dataclass(frozen=True)
class SmallOffice:
    """A unit with desks, two services and officers, by their row ids."""

    unit_id: int
    desks: tuple[int, ...]
    services: tuple[int, ...]
    officers: tuple[int, ...]
    shifts: tuple[Shift, ...]

    def serving(self, desk_id: int | None, half_hour: int | None) -> set[int]:
        """Return who is rostered at a desk in a half hour."""
        if half_hour is None:
            return set()
        at = starts(HalfHour(half_hour))
        slot = at.hour * 2 + at.minute // 30
        return {
            self.officers[shift.officer]
            for shift in self.shifts
            if self.desks[shift.desk] == desk_id
            and shift.weekday == at.isoweekday()
            and shift.first <= slot < shift.end
        }


def at(day: int, hour: int, month: Month = OCTOBER) -> int:
    """Return the half hour that begins on a day of a month at a full hour."""
    return midnight(date(month.year, month.month, day)) + hour * 2


MONDAY_AT_9 = at(5, 9)
"""5 October 2026, 09.00."""


def small_office(
    session: Session,
    shifts: Sequence[Shift] = (Shift(0, 0, 1, 16, 24),),
    *,
    officers: int = 2,
    hall: int | None = None,
) -> SmallOffice:
    """Make an office with three desks; `hall` is the one that is a whole room, if any."""
    unit_id = make_unit(session)
    first = make_desk(session, unit_id, services=("KTP-EL", "KK"))
    desks = (first.id, *(make_desk(session, unit_id, services=()).id for _ in range(2)))
    if hall is not None:
        session.execute(text("UPDATE desk SET kind = 'hall' WHERE id = :id"), {"id": desks[hall]})
    people = [
        Officer(key=f"petugas{each}", nip=nip_of(each), name=f"Petugas {each}", employment="PNS")
        for each in (next_mark() for _ in range(officers))
    ]
    session.add_all(people)
    session.flush()
    ids = tuple(person.id or 0 for person in people)
    cause = Cause("uji", "Jadwal awal", AFTER_OCTOBER)
    lines = [
        RosterLine(desks[s.desk], ids[s.officer], s.weekday, date(2026, 1, 1), s.first, s.end)
        for s in shifts
    ]
    record_duties(session, unit_id, lines, cause)
    return SmallOffice(unit_id, desks, first.service_ids, ids, tuple(shifts))


def assign(session: Session, office: SmallOffice, *officers: int) -> None:
    """Let officers belong to the office from the beginning of 2026 on."""
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER))
    row = {"unit_id": office.unit_id, "starts_on": date(2026, 1, 1), "batch_id": batch_id}
    people = [{"id": uuid4(), "officer_id": office.officers[officer]} for officer in officers]
    session.execute(insert(Assignment), [{**row, "job_group": "", **who} for who in people])


def store(
    session: Session, office: SmallOffice, visits: Iterable[Seen], month: Month = OCTOBER
) -> None:
    """Store visits as rows, as intake leaves them behind."""
    known, response, followup, _ = RECORD_TABLES
    for seen in visits:
        key = {"unit_id": office.unit_id, "month": month, "id": uuid4()}
        session.execute(insert(known), key)
        session.execute(insert(response), _tap(office, seen, key))
        if seen.followed_up:
            session.execute(insert(followup), _more(office, seen, key))


class Fault(Enum):
    """A mistake that the clerk can be asked to make."""

    LATE_ONES_COUNT = auto()
    ANY_CHANNEL_COUNTS_FOR_PERSONS = auto()
    SERVICE_OF_THE_FOLLOWUP_FORGOTTEN = auto()
    TAPS_ALONE_FORGOTTEN = auto()
    FIRST_OF_TWO_OFFICERS_TAKEN = auto()
    DAY_INSTEAD_OF_HALF_HOUR = auto()
    PARTIAL_QUESTIONNAIRES_COUNT = auto()


@dataclass(frozen=True)
class Clerk:
    """Counts a month of an office by hand."""

    office: SmallOffice
    rows: Sequence[Mapping[str, Any]]
    fault: Fault | None = None

    def combinations(self) -> Counter[tuple[Any, ...]]:
        """Count by officer, desk, service, channel, outage, late, held and the four answers."""
        return Counter(
            (
                self.officer(row), row["desk_id"], self.service(row), row["channel"], False,
                bool(row["late"]) and self.fault is not Fault.LATE_ONES_COUNT,
                False,
                "".join("-" if row[name] is None else str(row[name]) for name in _WEIGHTS),
            )
            for row in self.rows
            if row["followed_up"] or self.fault is not Fault.TAPS_ALONE_FORGOTTEN
        )  # fmt: skip

    def sheets(self) -> Counter[tuple[Any, ...]]:
        """Count full questionnaires by desk, service, channel and their nine answers."""
        return Counter(
            (row["desk_id"], self.service(row), row["channel"], *(row[name] or 4 for name in NINE))
            for row in self.rows
            if self._timely(row) and self._full(row)
        )

    def voices(self, officer: int) -> list[Fraction]:
        """Return each citizen's weighted mean, of those that speak of an officer."""
        found = []
        for row in self.rows:
            given = {name: row[name] for name in _WEIGHTS if row[name] is not None}
            if given and self._timely(row) and self._personal(row) and self.officer(row) == officer:
                total = sum(_WEIGHTS[name] * rating for name, rating in given.items())
                found.append(Fraction(total, sum(_WEIGHTS[name] for name in given)))
        return found

    def officer(self, row: Mapping[str, Any]) -> int | None:
        half_hour = row["half_hour"]
        if self.fault is Fault.DAY_INSTEAD_OF_HALF_HOUR and half_hour is not None:
            half_hour = half_hour // 48 * 48 + 20
        serving = self.office.serving(row["desk_id"], half_hour)
        if self.fault is Fault.FIRST_OF_TWO_OFFICERS_TAKEN and serving:
            return min(serving)
        return min(serving) if len(serving) == 1 else None

    def service(self, row: Mapping[str, Any]) -> int | None:
        if row["service_id"] is None and self.fault is not Fault.SERVICE_OF_THE_FOLLOWUP_FORGOTTEN:
            found: int | None = row["later_service"]
            return found
        service: int | None = row["service_id"]
        return service

    def _timely(self, row: Mapping[str, Any]) -> bool:
        return not row["late"] or self.fault is Fault.LATE_ONES_COUNT

    def _full(self, row: Mapping[str, Any]) -> bool:
        answered = sum(row[name] is not None for name in NINE)
        least = 8 if self.fault is Fault.PARTIAL_QUESTIONNAIRES_COUNT else 9
        return answered >= least

    def _personal(self, row: Mapping[str, Any]) -> bool:
        return row["channel"] in _PERSONAL or self.fault is Fault.ANY_CHANNEL_COUNTS_FOR_PERSONS


def clerk_for(
    session: Session, office: SmallOffice, *months: Month, fault: Fault | None = None
) -> Clerk:
    """Give a clerk the rows of these months, joined by hand."""
    of_unit = {"unit": office.unit_id}
    numbers = {month.number for month in months}
    responses = session.execute(
        text("SELECT * FROM response WHERE unit_id = :unit"), of_unit
    ).mappings()
    followups = {
        row["response_id"]: row
        for row in session.execute(
            text("SELECT * FROM followup WHERE unit_id = :unit"), of_unit
        ).mappings()
    }
    rows = []
    for response in responses:
        if response["month"] not in numbers:
            continue
        more = followups.get(response["id"])
        answers = {name: more[name] if more else None for name in NINE}
        later = more["service_id"] if more else None
        rows.append({**response, **answers, "later_service": later, "followed_up": bool(more)})
    return Clerk(office, rows, fault)


def half_up(value: Fraction, decimals: int) -> str:
    """Round as on paper, by another way than the product's."""
    exact = Decimal(value.numerator * 10**12 // value.denominator).scaleb(-12)
    return str(exact.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))


def _tap(office: SmallOffice, seen: Seen, key: Mapping[str, Any]) -> dict[str, Any]:
    row = {
        **key,
        "desk_id": None if seen.desk is None else office.desks[seen.desk],
        "channel": seen.channel,
        "service_id": None if seen.service is None else office.services[seen.service],
        "half_hour": seen.half_hour,
        "overall": seen.overall,
        "late": seen.late,
        "received_on": seen.received_on or key["month"].first_day,
        "receipt_digest": bytes(32),
    }
    return sealed("response", row)


def _more(office: SmallOffice, seen: Seen, key: Mapping[str, Any]) -> dict[str, Any]:
    later = seen.later_service
    row = {
        "unit_id": key["unit_id"],
        "month": key["month"],
        "response_id": key["id"],
        "service_id": None if later is None else office.services[later],
        **{name: seen.nine.get(name) for name in NINE},
        "received_on": seen.received_on or key["month"].first_day,
        "comment_digest": None,
        "profile_digest": None,
    }
    return sealed("followup", row)
