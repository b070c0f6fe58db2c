"""What a second person decides on a change of days that have passed (method §4.3)."""

from datetime import date
from uuid import UUID

from sqlalchemy import insert, select
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.changes.open_months import closed_months
from aggregation.duties.batch_change import whose_half_hours
from aggregation.duties.duty_standing import Standing, standing
from aggregation.duties.recorded_duties import hold_open_months, lines_of_batch
from aggregation.models import BatchDecision, DutyBatch
from survey.log import Act
from survey.month import Month
from survey.units import local_today


class UnknownBatch(LookupError):
    """The unit has no such batch, or it needs nobody's approval."""


class DecidedAlready(ValueError):
    """Somebody has decided on it before."""


class OwnBatch(ValueError):
    """Who recorded it does not decide on it."""


class OwnHalfHours(ValueError):
    """It changes half hours of whoever decides: nothing is decided by somebody about himself."""


class MonthClosedMeanwhile(ValueError):
    """It changes a closed month; only a revision brings that into force."""


class RefusalUnexplained(ValueError):
    """A change was refused without a reason."""


def decide_batch(
    session: Session,
    unit_id: int,
    batch_id: UUID,
    approved: bool,  # noqa: FBT001 - what is decided
    cause: Cause,
    *,
    officer_id: int | None = None,
) -> None:
    """Approve or refuse a change of days that have passed; once.

    Parameters
    ----------
    cause
        Who decides; a refusal needs its reason.
    officer_id
        The officer who decides, if it is one. An officer has one account at most, so two accounts
        are never the same officer.

    Raises
    ------
    UnknownBatch, DecidedAlready
        If there is nothing to decide.
    OwnBatch, OwnHalfHours
        If it is not for this person to decide.
    MonthClosedMeanwhile
        If any of it lies in a closed month.
    RefusalUnexplained
        If it is refused and there is no reason.
    """
    hold_unit(session, unit_id)
    batch = _waiting(session, unit_id, batch_id)
    if batch.recorded_by in {cause.by, cause.actor}:
        raise OwnBatch
    today = local_today(session, unit_id, cause.at)
    _require_open(session, unit_id, batch_id, today)
    if officer_id is not None and officer_id in whose_half_hours(session, unit_id, batch_id, today):
        raise OwnHalfHours
    if not approved and not cause.reason:
        raise RefusalUnexplained
    note_decision(session, unit_id, batch_id, approved=approved, cause=cause)


def note_decision(
    session: Session, unit_id: int, batch_id: UUID, *, approved: bool, cause: Cause
) -> None:
    """Store what was decided on a batch; who may decide is for the caller to know.

    A correction of a closed month is approved with the revision that brings it into force.
    """
    row = {
        "batch_id": batch_id,
        "decided_at": cause.at,
        "decided_by": cause.by,
        "approved": approved,
        "reason": cause.reason,
    }
    session.execute(insert(BatchDecision), row)
    name = "duties.approved" if approved else "duties.refused"
    act = Act(name, cause.actor, f"batch {batch_id}", {}, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})


def _waiting(session: Session, unit_id: int, batch_id: UUID) -> DutyBatch:
    batch = session.scalars(
        select(DutyBatch).where(
            col(DutyBatch.id) == batch_id,
            col(DutyBatch.unit_id) == unit_id,
            col(DutyBatch.needs_approval),
        )
    ).one_or_none()
    if batch is None:
        raise UnknownBatch
    decided = select(col(BatchDecision.batch_id)).where(col(BatchDecision.batch_id) == batch_id)
    if session.execute(decided).first() is not None:
        raise DecidedAlready
    return batch


def _require_open(session: Session, unit_id: int, batch_id: UUID, today: date) -> None:
    lines = lines_of_batch(session, unit_id, batch_id)
    hold_open_months(session, unit_id, lines, Month.of(today))
    closed = closed_months(session, unit_id)
    if any(standing(line, closed, today) is Standing.CLOSED for line in lines):
        raise MonthClosedMeanwhile
