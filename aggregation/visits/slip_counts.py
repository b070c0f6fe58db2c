"""Numbered slips that were handed out: how an office without a queue machine knows its visits.

Append-only (method §10): what was wrong is withdrawn, and both stay readable.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit, open_batch
from aggregation.changes.open_months import closed_months, hold_months
from aggregation.models import DutyBatch
from aggregation.visits.models import SlipCount
from survey.log import Act
from survey.merkle import Scalar
from survey.models import Desk, ServiceUnit, Ticket
from survey.month import HalfHour, Month, half_hour_of, starts, time_zone

RECORDED = aliased(DutyBatch)
"""The batch that wrote slips down."""

WITHDRAWN = aliased(DutyBatch)
"""The batch that withdrew them, if one did."""


class NotASpan(ValueError):
    """It ends before it starts, or not on the day on which it starts."""


class NotHandedOutYet(ValueError):
    """It lies ahead."""


class NotNumbers(ValueError):
    """The last number is below the first, or the first is not at least 1."""


class MoreThanPrinted(ValueError):
    """No slip of the desk with so high a number was ever printed."""

    def __init__(self, printed: int) -> None:
        """Keep the highest number that was."""
        self.printed = printed
        super().__init__(printed)


class SlipsKnown(ValueError):
    """Some of the numbers are written down for the desk already."""

    def __init__(self, first: int, last: int) -> None:
        """Keep the numbers that stand."""
        self.first, self.last = first, last
        super().__init__(first, last)


class SlipsOfClosedMonth(ValueError):
    """The month is closed, and its visits with it."""


class SlipsUnexplained(ValueError):
    """Slips were withdrawn without a reason."""


class UnknownSlips(LookupError):
    """The unit has no such desk, or no such slips, or they were withdrawn already."""


@dataclass(frozen=True, slots=True)
class HandedOut:
    """Slips [first, last] that were handed out at a desk in half hours [starts, ends) of a day."""

    desk_id: int
    starts: HalfHour
    ends: HalfHour
    first: int
    last: int


def record_slips(session: Session, unit_id: int, slips: HandedOut, cause: Cause) -> UUID:
    """Write down which slips were handed out; return the row's id.

    Raises
    ------
    NotASpan, NotHandedOutYet, NotNumbers
        If hours or numbers cannot be.
    UnknownSlips
        If the unit has no such desk.
    MoreThanPrinted, SlipsKnown
        If the numbers were never printed for the desk, or are written down already.
    SlipsOfClosedMonth
        If the month is closed.
    """
    _require_hours(session, unit_id, slips, cause.at)
    if not 0 < slips.first <= slips.last:
        raise NotNumbers
    hold_unit(session, unit_id)
    _require_open(session, unit_id, slips.starts)
    _require_numbers(session, unit_id, slips)
    batch_id, slips_id = open_batch(session, unit_id, cause), uuid4()
    row = {
        "id": slips_id,
        "unit_id": unit_id,
        "desk_id": slips.desk_id,
        "starts": slips.starts,
        "ends": slips.ends,
        "first_number": slips.first,
        "last_number": slips.last,
        "batch_id": batch_id,
    }
    session.execute(insert(SlipCount), row)
    facts: dict[str, Scalar] = {"first": slips.first, "last": slips.last}
    act = Act("visits.slips_recorded", cause.actor, f"slips {slips_id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
    return slips_id


def withdraw_slips(session: Session, unit_id: int, slips_id: UUID, cause: Cause) -> None:
    """Take slips back; that they were written down, and by whom, stays readable.

    Raises
    ------
    UnknownSlips
        If the unit has none of that id, or they were withdrawn.
    SlipsUnexplained
        If there is no reason.
    SlipsOfClosedMonth
        If the month is closed.
    """
    hold_unit(session, unit_id)
    found = session.scalars(
        select(SlipCount).where(
            col(SlipCount.unit_id) == unit_id,
            col(SlipCount.id) == slips_id,
            col(SlipCount.withdrawn_by).is_(None),
        )
    ).one_or_none()
    if found is None:
        raise UnknownSlips
    if not cause.reason:
        raise SlipsUnexplained
    _require_open(session, unit_id, HalfHour(found.starts))
    batch_id = open_batch(session, unit_id, cause)
    session.execute(
        update(SlipCount).where(col(SlipCount.id) == slips_id).values(withdrawn_by=batch_id)
    )
    act = Act("visits.slips_withdrawn", cause.actor, f"slips {slips_id}", {}, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})


def slips_of(unit_id: int) -> Select[*tuple[Any, ...]]:
    """Return the statement of all slips that were ever written down for a unit."""
    found: Select[*tuple[Any, ...]] = (
        select(
            col(SlipCount.id),
            col(SlipCount.starts),
            col(SlipCount.ends),
            col(SlipCount.first_number),
            col(SlipCount.last_number),
            col(Desk.name).label("desk"),
            col(RECORDED.recorded_by),
            col(WITHDRAWN.recorded_by).label("withdrawn_by"),
            col(WITHDRAWN.reason).label("withdrawn_because"),
        )
        .join(RECORDED, col(RECORDED.id) == col(SlipCount.batch_id))
        .outerjoin(WITHDRAWN, col(WITHDRAWN.id) == col(SlipCount.withdrawn_by))
        .join(Desk, col(Desk.id) == col(SlipCount.desk_id))
        .where(col(SlipCount.unit_id) == unit_id)
    )
    return found


def _require_hours(session: Session, unit_id: int, slips: HandedOut, at: datetime) -> None:
    last = HalfHour(slips.ends - 1)
    if slips.ends <= slips.starts or starts(slips.starts).date() != starts(last).date():
        raise NotASpan
    zone = session.execute(select(col(ServiceUnit.time_zone)).where(col(ServiceUnit.id) == unit_id))
    if last > half_hour_of(at, time_zone(zone.scalar_one())):
        raise NotHandedOutYet


def _require_open(session: Session, unit_id: int, begins: HalfHour) -> None:
    month = Month.of(starts(begins).date())
    hold_months(session, unit_id, [month])
    if month in closed_months(session, unit_id):
        raise SlipsOfClosedMonth


def _require_numbers(session: Session, unit_id: int, slips: HandedOut) -> None:
    desk = select(col(Desk.id)).where(col(Desk.unit_id) == unit_id, col(Desk.id) == slips.desk_id)
    if session.execute(desk).first() is None:
        raise UnknownSlips
    highest = select(func.max(col(Ticket.number))).where(col(Ticket.desk_id) == slips.desk_id)
    printed = session.execute(highest).scalar() or 0
    if slips.last > printed:
        raise MoreThanPrinted(printed)
    standing = session.execute(
        select(col(SlipCount.first_number), col(SlipCount.last_number))
        .where(
            col(SlipCount.desk_id) == slips.desk_id,
            col(SlipCount.withdrawn_by).is_(None),
            col(SlipCount.first_number) <= slips.last,
            col(SlipCount.last_number) >= slips.first,
        )
        .order_by(col(SlipCount.first_number))
        .limit(1)
    ).first()
    if standing is not None:
        raise SlipsKnown(standing.first_number, standing.last_number)
