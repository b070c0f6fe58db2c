"""Which batches of duties hold: those that need nobody's approval, and those that have it."""

from uuid import UUID

from sqlalchemy import ColumnElement, exists, not_, or_, select
from sqlmodel import Session, col

from aggregation.models import BatchDecision, DutyBatch


def holds(with_batch: UUID | None = None) -> ColumnElement[bool]:
    """Return the condition that a batch which was joined is in force (method §4.3).

    Parameters
    ----------
    with_batch
        A batch that is read as if it held, whether or not it was approved.
    """
    approved = exists().where(
        col(BatchDecision.batch_id) == col(DutyBatch.id), col(BatchDecision.approved)
    )
    found = or_(not_(col(DutyBatch.needs_approval)), approved)
    return found if with_batch is None else or_(found, col(DutyBatch.id) == with_batch)


def waits() -> ColumnElement[bool]:
    """Return the condition that nobody has decided on a batch that needs approval."""
    decided = exists().where(col(BatchDecision.batch_id) == col(DutyBatch.id))
    return col(DutyBatch.needs_approval) & ~decided


def is_waiting(session: Session, batch_id: UUID) -> bool:
    """Say whether a batch does not hold yet, because a second person has to look at it."""
    found = select(col(DutyBatch.id)).where(col(DutyBatch.id) == batch_id, waits())
    return session.execute(found).first() is not None
