"""Recording duties and reading them back: append-only batches (method §4.3)."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, insert, or_
from sqlmodel import Session, col, select

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, open_batch
from aggregation.duties.duty_lines import HALL, DayException, DutyLine, RosterLine
from aggregation.models import Duty, DutyBatch
from survey.database import hold_month
from survey.log import Act
from survey.models import ClosedMonth, Desk
from survey.month import Month


class DutyOfClosedMonth(ValueError):
    """A duty would change who served in a month that is closed; only a revision may."""


class ReasonMissing(ValueError):
    """A change of single days was recorded without a reason."""


def record_duties(session: Session, unit_id: int, lines: Sequence[DutyLine], cause: Cause) -> UUID:
    """Append roster lines and exceptions in one batch and return the batch's id.

    The roster lines replace the whole week of each desk they name, from each line's first day on.

    Raises
    ------
    ReasonMissing
        If there are exceptions and the cause gives no reason.
    DutyOfClosedMonth
        If a day lies in a month that is closed, or a roster line is in force in one.
    """
    exceptions = sum(isinstance(line, DayException) for line in lines)
    if exceptions and not cause.reason:
        raise ReasonMissing
    hold_open_months(session, unit_id, lines, Month.of(cause.at))
    closed = closed_months(session, unit_id)
    if any(touches_closed(line, closed) for line in lines):
        raise DutyOfClosedMonth
    batch_id = open_batch(session, unit_id, cause)
    if lines:
        session.execute(insert(Duty), [_row(unit_id, batch_id, line) for line in lines])
    facts = {"roster_lines": len(lines) - exceptions, "exceptions": exceptions}
    act = Act("duties.recorded", cause.actor, f"batch {batch_id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
    return batch_id


def duties_of(session: Session, unit_id: int, month: Month) -> list[DutyLine]:
    """Return the duties that say who serves a unit's desks in a month.

    A desk that is a whole hall is left out: it never attributes (method §4.2).
    """
    return _read(session, unit_id, _in_force_in(month), col(Desk.kind) != HALL)


def recorded_duties(session: Session, unit_id: int) -> list[DutyLine]:
    """Return all duties that were ever recorded for a unit's desks."""
    return _read(session, unit_id)


def closed_months(session: Session, unit_id: int) -> set[Month]:
    """Return the months of a unit that are closed."""
    closed = select(ClosedMonth).where(col(ClosedMonth.unit_id) == unit_id)
    return {row.month for row in session.exec(closed)}


def touches_closed(line: DutyLine, closed: Iterable[Month]) -> bool:
    """Say whether a duty would be in force in a closed month.

    An exception is in force in the month of its day, a roster line from its first day on.
    """
    if isinstance(line, DayException):
        return Month.of(line.day) in set(closed)
    return any(month >= Month.of(line.effective_from) for month in closed)


def hold_open_months(
    session: Session, unit_id: int, lines: Iterable[DutyLine], this_month: Month
) -> None:
    """Keep the months that duties touch from being closed until the transaction ends."""
    held: set[Month] = set()
    for line in lines:
        if isinstance(line, DayException):
            held.add(Month.of(line.day))
            continue
        month = Month.of(line.effective_from)
        held.add(month)
        while month < this_month:
            month = month.shift(1)
            held.add(month)
    for month in sorted(held):
        hold_month(session.connection(), unit_id, month)


def _read(session: Session, unit_id: int, *which: ColumnElement[bool]) -> list[DutyLine]:
    rows = session.exec(
        select(Duty, DutyBatch.number)
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .join(Desk, col(Desk.id) == col(Duty.desk_id))
        .where(col(Duty.unit_id) == unit_id, *which)
        .order_by(col(DutyBatch.number), col(Duty.desk_id))
    )
    return [_line(duty, number) for duty, number in rows]


def _in_force_in(month: Month) -> ColumnElement[bool]:
    first, after = month.first_day, month.shift(1).first_day
    return or_(
        col(Duty.effective_from) < after,
        and_(col(Duty.day) >= first, col(Duty.day) < after),
    )


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


def _line(duty: Duty, batch: int) -> DutyLine:
    slots = (duty.first_slot, duty.end_slot, batch)
    if duty.day is not None:
        return DayException(duty.desk_id, duty.officer_id, duty.day, *slots)
    # The table's own rules promise the other three to a duty without a day.
    officer_id, weekday = cast(int, duty.officer_id), cast(int, duty.weekday)
    return RosterLine(duty.desk_id, officer_id, weekday, cast(date, duty.effective_from), *slots)
