"""Batches: what is set about people's work is set by one act, with an author and a reason."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from aggregation.models import DutyBatch
from survey.models import ServiceUnit

LONGEST_REASON = 400
LONGEST_AUTHOR = 80


@dataclass(frozen=True, slots=True)
class Cause:
    """Who sets something, why and when.

    Attributes
    ----------
    by
        The author as the batch keeps it, up to 80 characters.
    reason
        Up to 400 characters; may be empty where no reason is asked for.
    at
        The moment of recording, aware.
    actor
        The author's key for the log, never a name.
    """

    by: str
    reason: str
    at: datetime
    actor: str = "cli"


def hold_unit(session: Session, unit_id: int) -> None:
    """Let nobody else open a batch of the unit until the transaction ends."""
    session.execute(
        select(col(ServiceUnit.id))
        .where(col(ServiceUnit.id) == unit_id)
        .with_for_update(key_share=True)
    )


def open_batch(
    session: Session,
    unit_id: int,
    cause: Cause,
    *,
    needs_approval: bool = False,
    checked_in: bool = False,
) -> UUID:
    """Begin a unit's next batch and return its id.

    Batches of a unit are numbered one after the other, because a later one goes before; the unit
    is held so that two authors do not take the same number.

    Parameters
    ----------
    needs_approval
        It holds only once a second person has approved it (method §4.3).
    checked_in
        An officer set it at the desk, for the running day.
    """
    hold_unit(session, unit_id)
    newest = session.execute(
        select(func.max(col(DutyBatch.number))).where(col(DutyBatch.unit_id) == unit_id)
    ).scalar()
    batch_id = uuid4()
    row = {
        "id": batch_id,
        "unit_id": unit_id,
        "number": (newest or 0) + 1,
        "recorded_at": cause.at,
        "recorded_by": cause.by,
        "reason": cause.reason,
        "needs_approval": needs_approval,
        "checked_in": checked_in,
    }
    session.execute(insert(DutyBatch), row)
    return batch_id
