"""Officers who are on the roster although they belong to the unit on that day no longer or yet."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, or_, select, union
from sqlmodel import Session, col

from aggregation.duties.batch_force import holds
from aggregation.duties.duty_lines import HALL
from aggregation.models import Duty, DutyBatch, Officer
from aggregation.people.unit_officers import begun_by
from survey.models import Desk

MOST_NAMED = 20
"""How many are named at once."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """An officer on the roster without a place in the unit."""

    key: str
    name: str


def unplaced_officers(session: Session, unit_id: int, day: date) -> list[Unplaced]:
    """Return who the roster in force on a day names, or a duty of that day, without a placement.

    Their duties stand and citizens' answers count for them; but no assessor is set, and no list of
    the unit's officers has them (method §6).

    Returns
    -------
    list
        By name, the first twenty.
    """
    now = begun_by(unit_id, day)
    placed = select(now.c.officer_id).where(
        now.c.newest == 1,
        now.c.unit_id == unit_id,
        or_(now.c.ends_on.is_(None), now.c.ends_on >= day),
    )
    order = (col(Duty.effective_from).desc(), col(DutyBatch.number).desc())
    rosters = (
        select(
            col(Duty.officer_id),
            func.dense_rank().over(partition_by=col(Duty.desk_id), order_by=order).label("newest"),
        )
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .join(Desk, col(Desk.id) == col(Duty.desk_id))
        .where(
            col(Duty.unit_id) == unit_id,
            col(Duty.effective_from) <= day,
            col(Desk.active),
            col(Desk.kind) != HALL,
            holds(),
        )
        .subquery()
    )
    of_the_day = (
        select(col(Duty.officer_id))
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .where(
            col(Duty.unit_id) == unit_id,
            col(Duty.day) == day,
            col(Duty.officer_id).is_not(None),
            holds(),
        )
    )
    named = union(select(rosters.c.officer_id).where(rosters.c.newest == 1), of_the_day)
    found = session.execute(
        select(col(Officer.key), col(Officer.name))
        .where(col(Officer.id).in_(named), col(Officer.id).not_in(placed))
        .order_by(col(Officer.name), col(Officer.id))
        .limit(MOST_NAMED)
    )
    return [Unplaced(row.key, row.name) for row in found]
