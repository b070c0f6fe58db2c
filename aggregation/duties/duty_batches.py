"""Duties as rows of a batch, and rows as duties; what they mean is decided elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, open_batch
from aggregation.duties.duty_lines import DayException, DutyLine, RosterLine
from aggregation.models import Duty
from survey.log import Act
from survey.merkle import Scalar


@dataclass(frozen=True, slots=True)
class Recording:
    """How a batch of duties is recorded.

    Attributes
    ----------
    act
        What the log calls it.
    of_past_days
        How many of its lines change days that have passed.
    needs_approval, checked_in
        As the batch keeps them.
    """

    act: str = "duties.recorded"
    of_past_days: int = 0
    needs_approval: bool = False
    checked_in: bool = False


def append_batch(
    session: Session, unit_id: int, lines: Sequence[DutyLine], cause: Cause, how: Recording
) -> UUID:
    """Append duties in one batch, note it in the log, and return the batch's id."""
    batch_id = open_batch(
        session,
        unit_id,
        cause,
        needs_approval=how.needs_approval,
        checked_in=how.checked_in,
    )
    if lines:
        session.execute(insert(Duty), [_row(unit_id, batch_id, line) for line in lines])
    exceptions = sum(isinstance(line, DayException) for line in lines)
    facts: dict[str, Scalar] = {
        "roster_lines": len(lines) - exceptions,
        "exceptions": exceptions,
        "of_past_days": how.of_past_days,
        "needs_approval": how.needs_approval,
    }
    act = Act(how.act, cause.actor, f"batch {batch_id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
    return batch_id


def line_of(duty: Duty, batch: int) -> DutyLine:
    """Return a row as what it says; `batch` is the number of its batch."""
    slots = (duty.first_slot, duty.end_slot, batch)
    if duty.day is not None:
        return DayException(duty.desk_id, duty.officer_id, duty.day, *slots)
    # The table's own rules promise the other three to a duty without a day.
    officer_id, weekday = cast(int, duty.officer_id), cast(int, duty.weekday)
    return RosterLine(duty.desk_id, officer_id, weekday, cast(date, duty.effective_from), *slots)


def _row(unit_id: int, batch_id: UUID, line: DutyLine) -> dict[str, Any]:
    when: dict[str, Any]
    if isinstance(line, DayException):
        when = {"day": line.day, "weekday": None, "effective_from": None}
    else:
        when = {"day": None, "weekday": line.weekday, "effective_from": line.effective_from}
    return {
        "id": uuid4(),
        "batch_id": batch_id,
        "unit_id": unit_id,
        "desk_id": line.desk_id,
        "officer_id": line.officer_id,
        "first_slot": line.first_slot,
        "end_slot": line.end_slot,
        **when,
    }
