"""Placements: where officers belong from a day on, appended in batches and never edited."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import insert
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause, open_batch
from aggregation.models import Assignment, DutyBatch


@dataclass(frozen=True, slots=True)
class Belonging:
    """What a placement says beside who, where and from when."""

    ends_on: date | None
    job_group: str
    head_id: int | None
    assessor_id: int | None


@dataclass(frozen=True, slots=True)
class Placement:
    """An officer's place in a unit from a day on."""

    officer_id: int
    starts_on: date
    belonging: Belonging


def append_placements(
    session: Session, unit_id: int, placements: Sequence[Placement], cause: Cause
) -> None:
    """Append placements to a unit's, in one batch; none make no batch."""
    if not placements:
        return
    batch_id = open_batch(session, unit_id, cause)
    rows = [
        {
            "id": uuid4(),
            "batch_id": batch_id,
            "unit_id": unit_id,
            "officer_id": placement.officer_id,
            "starts_on": placement.starts_on,
            **asdict(placement.belonging),
        }
        for placement in placements
    ]
    session.execute(insert(Assignment), rows)


def belongings(
    session: Session, unit_id: int, officer_id: int | None = None
) -> dict[tuple[int, date], Belonging]:
    """Return what the newest batch of a unit says of each officer, or of one, and first day."""
    asked = (
        select(Assignment)
        .join(DutyBatch, col(DutyBatch.id) == col(Assignment.batch_id))
        .where(col(Assignment.unit_id) == unit_id)
        .order_by(col(DutyBatch.number))
    )
    if officer_id is not None:
        asked = asked.where(col(Assignment.officer_id) == officer_id)
    return {
        (row.officer_id, row.starts_on): Belonging(
            row.ends_on, row.job_group, row.head_id, row.assessor_id
        )
        for row in session.exec(asked)
    }
