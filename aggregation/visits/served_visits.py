"""Visits as a queue machine hands them in: one by one right or wrong (method §10)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.visits.visit_rows import (
    NotAQueueNumber,
    Verdict,
    VisitRow,
    judge,
    keep,
    queue_number,
)
from survey.models import Desk, Service
from survey.month import half_hour_of, local_day, starts, time_zone
from survey.services import services_by_code
from survey.set_up import desks_by_code
from survey.units import Unit


@dataclass(frozen=True, slots=True)
class ServedVisit:
    """A visit that was served, as a queue machine tells it.

    Attributes
    ----------
    number
        The queue number, once a day in a unit; at most 20 signs.
    served_at
        Aware; only its half hour in the unit's own time is kept.
    service_code
        None if the machine does not know.
    """

    number: str
    served_at: datetime
    desk_code: str
    service_code: str | None = None


class Refusal(StrEnum):
    """Why a visit is not taken."""

    BAD_NUMBER = "bad_number"
    """Empty, longer than 20 signs, or 16 digits, which may be a citizen's NIK."""
    UNKNOWN_DESK = "unknown_desk"
    UNKNOWN_SERVICE = "unknown_service"
    NOT_YET = "not_yet"
    """On a day that lies ahead."""
    DOUBLED = "doubled"
    """Its number stands before it in the same call, with other content."""
    MONTH_CLOSED = "month_closed"


@dataclass(frozen=True, slots=True)
class RefusedVisit:
    """A visit that is not taken.

    Attributes
    ----------
    place
        Which of those handed in, from 0.
    """

    place: int
    reason: Refusal


@dataclass(frozen=True, slots=True)
class TakenVisits:
    """What handing visits in did.

    Attributes
    ----------
    known
        How many said what is kept already; sending the same again is harmless.
    changed
        How many gave a known number another desk, service or half hour.
    refused
        Those that were not taken, in the order in which they were handed in.
    """

    new: int
    known: int
    changed: int
    refused: tuple[RefusedVisit, ...]


def record_visits(
    session: Session, unit: Unit, visits: Sequence[ServedVisit], cause: Cause
) -> TakenVisits:
    """Keep visits that were served: all that are right, whatever is wrong with the others.

    A queue machine repeats what it was not thanked for, so one bad visit must not hold up the rest
    for ever. A sheet, which a person can mend, is taken in whole or not at all instead.
    """
    desks, services = desks_by_code(session, unit.id), services_by_code(session, unit.id)
    refused: dict[int, Refusal] = {}
    rows: dict[int, VisitRow] = {}
    for place, visit in enumerate(visits):
        found = _row(visit, unit, desks, services, cause.at)
        if isinstance(found, Refusal):
            refused[place] = found
        else:
            rows[place] = found
    verdicts = judge(session, unit.id, list(rows.values()))
    refused |= dict(_refused(rows, verdicts))
    counts = keep(session, unit.id, zip(rows.values(), verdicts, strict=True), cause)
    return TakenVisits(
        counts[Verdict.NEW],
        counts[Verdict.KNOWN],
        counts[Verdict.CHANGED],
        tuple(RefusedVisit(place, refused[place]) for place in sorted(refused)),
    )


_REFUSED_AS = {Verdict.DOUBLED: Refusal.DOUBLED, Verdict.CLOSED: Refusal.MONTH_CLOSED}


def _refused(places: Iterable[int], verdicts: Iterable[Verdict]) -> Iterator[tuple[int, Refusal]]:
    for place, verdict in zip(places, verdicts, strict=True):
        if verdict in _REFUSED_AS:
            yield place, _REFUSED_AS[verdict]


def _row(
    visit: ServedVisit,
    unit: Unit,
    desks: Mapping[str, Desk],
    services: Mapping[str, Service],
    now: datetime,
) -> VisitRow | Refusal:
    zone = time_zone(unit.time_zone)
    desk = desks.get(visit.desk_code)
    service = None if visit.service_code is None else services.get(visit.service_code)
    if desk is None:
        return Refusal.UNKNOWN_DESK
    if visit.service_code is not None and service is None:
        return Refusal.UNKNOWN_SERVICE
    half_hour = half_hour_of(visit.served_at, zone)
    day = starts(half_hour).date()
    if day > local_day(now, zone):
        return Refusal.NOT_YET
    try:
        number = queue_number(visit.number)
    except NotAQueueNumber:
        return Refusal.BAD_NUMBER
    return VisitRow(day, number, desk.id or 0, service.id if service else None, half_hour)
