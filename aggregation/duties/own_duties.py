"""When one officer serves, and where: nothing of who serves beside (method §4)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.duties.marked_day import by_day
from aggregation.duties.recorded_duties import duties_of_desks
from aggregation.duties.roster import DeskStretch, who_served
from aggregation.models import Duty
from survey.models import Desk
from survey.month import Month

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class OwnDuty:
    """A stretch of one day at one desk, in half hours of the day [first_slot, end_slot)."""

    day: date
    desk: str
    first_slot: int
    end_slot: int


def own_duties(session: Session, officer_id: int, monday: date) -> list[OwnDuty]:
    """Return an officer's duties of the seven days that begin with a day, by day and time."""
    places = session.execute(
        select(col(Duty.unit_id), col(Duty.desk_id), col(Desk.name))
        .join(Desk, col(Desk.id) == col(Duty.desk_id))
        .where(col(Duty.officer_id) == officer_id)
        .distinct()
    ).all()
    names = {desk_id: name for _, desk_id, name in places}
    days = [monday + timedelta(days=each) for each in range(DAYS_A_WEEK)]
    months = sorted({Month.of(day) for day in days})
    found = [
        OwnDuty(day, names[stretch.desk_id], first, end)
        for unit_id in {unit_id for unit_id, _, _ in places}
        for stretch in _served(session, unit_id, list(names), months)
        if stretch.officer_id == officer_id
        for day, first, end in by_day(stretch.starts, stretch.ends)
        if day in days
    ]
    return sorted(found, key=lambda duty: (duty.day, duty.first_slot, duty.desk))


def _served(
    session: Session, unit_id: int, desk_ids: list[int], months: list[Month]
) -> Iterator[DeskStretch]:
    lines = duties_of_desks(session, unit_id, desk_ids, months)
    for month in months:
        yield from who_served(lines, month)
