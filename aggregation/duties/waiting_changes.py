"""Changes of days that have passed on which nobody has decided yet (method §4.3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlmodel import Session, col

from aggregation.duties.batch_force import waits
from aggregation.models import Duty, DutyBatch
from survey.models import Desk
from survey.month import Month

_NAMED = 3


@dataclass(frozen=True, slots=True)
class WaitingDuty:
    """What a waiting change says something of: one day, or every day from one on."""

    batch_id: UUID
    desk: str
    day: date
    is_roster: bool

    def touches(self, day: date) -> bool:
        """Say whether the change would be in force on a day."""
        return day >= self.day if self.is_roster else day == self.day


def waiting_count(session: Session, unit_id: int) -> int:
    """Return how many changes of a unit wait."""
    of_duties = select(col(Duty.batch_id)).where(col(Duty.unit_id) == unit_id)
    counted = select(func.count(col(DutyBatch.id))).where(
        col(DutyBatch.unit_id) == unit_id, col(DutyBatch.id).in_(of_duties), waits()
    )
    return session.scalars(counted).one()


def waiting_days(
    session: Session, unit_id: int, desk_ids: Collection[int], days: Sequence[date]
) -> set[tuple[int, date]]:
    """Return the desks and days, of those asked for, whose duties a waiting change is about."""
    found: defaultdict[int, list[WaitingDuty]] = defaultdict(list)
    for desk_id, duty in _waiting(session, unit_id, min(days), max(days)):
        found[desk_id].append(duty)
    return {
        (desk_id, day)
        for desk_id in desk_ids
        for day in days
        if any(duty.touches(day) for duty in found[desk_id])
    }


def waiting_in(session: Session, unit_id: int, month: Month) -> list[str]:
    """Return what each change says that waits and would be in force in a month.

    Returns
    -------
    list
        The first three desks and days of each, such as ``L1 2026-10-12, L2 2026-10-13``.
    """
    last = max(month.days())
    batches: defaultdict[UUID, dict[str, None]] = defaultdict(dict)
    for _, duty in _waiting(session, unit_id, month.first_day, last):
        since = "sejak " if duty.is_roster else ""
        batches[duty.batch_id][f"{duty.desk} {since}{duty.day}"] = None
    return [_shortened(said) for said in batches.values()]


def _shortened(said: Mapping[str, None]) -> str:
    named = ", ".join(list(said)[:_NAMED])
    return f"{named}, …" if len(said) > _NAMED else named


def _waiting(
    session: Session, unit_id: int, first: date, last: date
) -> Iterable[tuple[int, WaitingDuty]]:
    rows = session.execute(
        select(
            col(Duty.batch_id),
            col(Duty.desk_id),
            col(Desk.code),
            col(Duty.day),
            col(Duty.effective_from),
        )
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .join(Desk, col(Desk.id) == col(Duty.desk_id))
        .where(
            col(Duty.unit_id) == unit_id,
            waits(),
            or_(col(Duty.effective_from) <= last, col(Duty.day).between(first, last)),
        )
        .order_by(col(DutyBatch.number), col(Duty.desk_id), col(Duty.day))
    )
    for row in rows:
        day = row.day or row.effective_from
        yield row.desk_id, WaitingDuty(row.batch_id, row.code, day, row.day is None)
