"""Outages: half hours in which a desk could not serve, declared before scores are seen (method §5).

Append-only: an outage is never edited. One that was wrong is withdrawn, and both stay readable.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import insert, or_, select, update
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit, open_batch
from aggregation.changes.open_months import closed_months, hold_months, months_of
from aggregation.visits.models import Outage
from aggregation.visits.seen_scores import scores_seen
from survey.log import Act
from survey.month import HALF_HOURS_A_DAY, HalfHour, Month

LONGEST_REASON = 200
MOST_DAYS = 31
"""What lasts longer is no outage: the desk is closed, or an exception of the roster says so."""


class OutageOfClosedMonth(ValueError):
    """The outage touches a month that is closed; only a revision may change what counts there."""


class OutageAfterScores(ValueError):
    """Somebody has looked at the figures of one of its months: it would be set to suit them."""


class NotAnOutage(ValueError):
    """It ends before it starts, or lasts longer than a month."""


class OutageUnexplained(ValueError):
    """An outage was declared or withdrawn without a reason."""


class OutageKnown(ValueError):
    """The same outage stands already."""


class UnknownOutage(LookupError):
    """The unit has no such outage, or it was withdrawn already."""


@dataclass(frozen=True, slots=True)
class DeclaredOutage:
    """An outage that stands.

    Attributes
    ----------
    desk_id
        None if it holds for all of the unit's desks.
    starts, ends
        Local half hours [starts, ends).
    """

    id: UUID
    desk_id: int | None
    starts: HalfHour
    ends: HalfHour
    reason: str


def declare_outage(
    session: Session,
    unit_id: int,
    desk_id: int | None,
    span: tuple[HalfHour, HalfHour],
    cause: Cause,
) -> UUID:
    """Declare that a desk of the unit, or all of them, could or will not serve; return its id.

    Parameters
    ----------
    span
        Local half hours [starts, ends).
    cause
        Its reason is the outage's.

    Raises
    ------
    NotAnOutage
        If the span is empty, or longer than 31 days.
    OutageUnexplained
        If there is no reason.
    OutageOfClosedMonth, OutageAfterScores
        If any of it lies in a closed month, or in one whose dry run was opened.
    OutageKnown
        If the same span of the same desk is declared already.
    """
    begins, ends = span
    if not 0 < ends - begins <= MOST_DAYS * HALF_HOURS_A_DAY:
        raise NotAnOutage
    if not cause.reason:
        raise OutageUnexplained
    hold_unit(session, unit_id)
    _require_open(session, unit_id, begins, ends)
    for each in outages_between(session, unit_id, begins, ends):
        if (each.desk_id, each.starts, each.ends) == (desk_id, begins, ends):
            raise OutageKnown
    batch_id, outage_id = open_batch(session, unit_id, cause), uuid4()
    row = {
        "id": outage_id,
        "unit_id": unit_id,
        "desk_id": desk_id,
        "starts": begins,
        "ends": ends,
        "reason": cause.reason,
        "batch_id": batch_id,
    }
    session.execute(insert(Outage), row)
    _log(session, "outage.declared", unit_id, outage_id, cause)
    return outage_id


def withdraw_outage(session: Session, unit_id: int, outage_id: UUID, cause: Cause) -> None:
    """Take an outage back; that it was declared, and by whom, stays readable.

    Raises
    ------
    UnknownOutage
        If the unit has none of that id, or it was withdrawn.
    OutageUnexplained
        If there is no reason.
    OutageOfClosedMonth, OutageAfterScores
        If any of it lies in a closed month, or in one whose dry run was opened.
    """
    hold_unit(session, unit_id)
    found = session.scalars(
        select(Outage).where(
            col(Outage.unit_id) == unit_id,
            col(Outage.id) == outage_id,
            col(Outage.withdrawn_by).is_(None),
        )
    ).one_or_none()
    if found is None:
        raise UnknownOutage
    if not cause.reason:
        raise OutageUnexplained
    _require_open(session, unit_id, HalfHour(found.starts), HalfHour(found.ends))
    batch_id = open_batch(session, unit_id, cause)
    session.execute(update(Outage).where(col(Outage.id) == outage_id).values(withdrawn_by=batch_id))
    _log(session, "outage.withdrawn", unit_id, outage_id, cause)


def outages_in(session: Session, unit_id: int, month: Month) -> list[DeclaredOutage]:
    """Return the outages that stand and touch a month, by time."""
    half_hours = month.half_hours()
    return outages_between(session, unit_id, HalfHour(half_hours.start), HalfHour(half_hours.stop))


def outages_between(
    session: Session,
    unit_id: int,
    first: HalfHour,
    after: HalfHour,
    desk_ids: Collection[int] | None = None,
) -> list[DeclaredOutage]:
    """Return the outages that stand and touch half hours [first, after), by time.

    Parameters
    ----------
    desk_ids
        Only those of these desks, and those of all desks.
    """
    which = select(Outage).where(
        col(Outage.unit_id) == unit_id,
        col(Outage.withdrawn_by).is_(None),
        col(Outage.starts) < after,
        col(Outage.ends) > first,
    )
    if desk_ids is not None:
        which = which.where(or_(col(Outage.desk_id).is_(None), col(Outage.desk_id).in_(desk_ids)))
    rows = session.scalars(which.order_by(col(Outage.starts), col(Outage.id)))
    return [
        DeclaredOutage(row.id, row.desk_id, HalfHour(row.starts), HalfHour(row.ends), row.reason)
        for row in rows
    ]


def _require_open(session: Session, unit_id: int, begins: HalfHour, ends: HalfHour) -> None:
    months = months_of(begins, ends)
    hold_months(session, unit_id, months)
    if not closed_months(session, unit_id).isdisjoint(months):
        raise OutageOfClosedMonth
    if scores_seen(session, unit_id, months):
        raise OutageAfterScores


def _log(session: Session, name: str, unit_id: int, outage_id: UUID, cause: Cause) -> None:
    act = Act(name, cause.actor, f"outage {outage_id}", {}, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
