"""Recording duties and reading them back: append-only batches (method §4.3)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause, hold_unit
from aggregation.changes.open_months import closed_months, hold_months
from aggregation.duties.batch_force import holds
from aggregation.duties.duty_batches import Recording, append_batch, line_of
from aggregation.duties.duty_lines import HALL, DayException, DutyLine
from aggregation.duties.duty_standing import Standing, standing
from aggregation.duties.past_changes import is_correction, needs_second_person
from aggregation.models import Duty, DutyBatch
from survey.models import Desk
from survey.month import Month
from survey.units import local_today


class DutyOfClosedMonth(ValueError):
    """A duty would change who served in a month that is closed; only a revision may."""


class ReasonMissing(ValueError):
    """A change of single days, or of days that have passed, was recorded without a reason."""


class NotACorrection(ValueError):
    """It is no change of single days of closed months."""


def record_duties(session: Session, unit_id: int, lines: Sequence[DutyLine], cause: Cause) -> UUID:
    """Append roster lines and exceptions in one batch and return the batch's id.

    The roster lines replace the whole week of each desk they name, from each line's first day on.
    What changes days that have passed does not hold before a second person has approved the batch;
    the log says how many lines do.

    Raises
    ------
    ReasonMissing
        If the cause gives no reason, and there are exceptions or duties of days that have passed.
    DutyOfClosedMonth
        If a day lies in a month that is closed, or a roster line is in force in one.
    """
    today = local_today(session, unit_id, cause.at)
    hold_open_months(session, unit_id, lines, Month.of(cause.at))
    closed = closed_months(session, unit_id)
    found = Counter(standing(line, closed, today) for line in lines)
    if found[Standing.CLOSED]:
        raise DutyOfClosedMonth
    has_exceptions = any(isinstance(line, DayException) for line in lines)
    if (has_exceptions or found[Standing.PAST]) and not cause.reason:
        raise ReasonMissing
    how = Recording(
        of_past_days=found[Standing.PAST],
        needs_approval=needs_second_person(session, unit_id, lines, closed, today),
    )
    return append_batch(session, unit_id, lines, cause, how)


def record_correction(
    session: Session, unit_id: int, lines: Sequence[DutyLine], cause: Cause
) -> UUID:
    """Append exceptions of closed months in one batch and return the batch's id.

    It comes into force only through a revision, which somebody else approves (method §8.4).

    Raises
    ------
    ReasonMissing
        If the cause gives no reason.
    NotACorrection
        If there are none, or a line is a roster's or of a day whose month is open.
    """
    if not cause.reason:
        raise ReasonMissing
    hold_unit(session, unit_id)
    closed = closed_months(session, unit_id)
    if not lines or not all(is_correction(line, closed) for line in lines):
        raise NotACorrection
    how = Recording("duties.correction_recorded", len(lines), needs_approval=True)
    return append_batch(session, unit_id, lines, cause, how)


def duties_of(
    session: Session, unit_id: int, month: Month, with_batch: UUID | None = None
) -> list[DutyLine]:
    """Return the duties in force that say who serves a unit's desks in a month.

    A desk that is a whole hall is left out: it never attributes (method §4.2).

    Parameters
    ----------
    with_batch
        A batch that waits for approval and is read as if it had it.
    """
    in_force = _in_force(month.first_day, month.shift(1).first_day)
    return _read(session, unit_id, in_force, col(Desk.kind) != HALL, with_batch=with_batch)


def duties_of_desks(
    session: Session,
    unit_id: int,
    desk_ids: Collection[int],
    months: Collection[Month],
    with_batch: UUID | None = None,
) -> list[DutyLine]:
    """Return the duties in force that say who serves some desks in neighbouring months.

    Parameters
    ----------
    with_batch
        As in :func:`duties_of`.
    """
    in_force = _in_force(min(months).first_day, max(months).shift(1).first_day)
    some_desks = col(Duty.desk_id).in_(desk_ids)
    return _read(session, unit_id, in_force, some_desks, with_batch=with_batch)


def duties_of_desk(session: Session, unit_id: int, desk_id: int) -> list[DutyLine]:
    """Return all duties that were ever recorded for a desk and hold."""
    return _read(session, unit_id, col(Duty.desk_id) == desk_id)


def recorded_duties(session: Session, unit_id: int) -> list[DutyLine]:
    """Return all duties that were ever recorded for a unit's desks and hold."""
    return _read(session, unit_id)


def hold_open_months(
    session: Session, unit_id: int, lines: Iterable[DutyLine], this_month: Month
) -> None:
    """Keep the months that duties touch from being closed until the transaction ends.

    The unit is held before its months, as outages and visits do: whoever took the two in the other
    order would wait for somebody who waits for him as soon as a close stands in line.
    """
    hold_unit(session, unit_id)
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
    hold_months(session, unit_id, held)


def lines_of_batch(session: Session, unit_id: int, batch_id: UUID) -> list[DutyLine]:
    """Return what a batch says, whether or not it holds."""
    return _read(session, unit_id, col(DutyBatch.id) == batch_id, with_batch=batch_id)


def _read(
    session: Session,
    unit_id: int,
    *which: ColumnElement[bool],
    with_batch: UUID | None = None,
) -> list[DutyLine]:
    rows = session.exec(
        select(Duty, DutyBatch.number)
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .join(Desk, col(Desk.id) == col(Duty.desk_id))
        .where(col(Duty.unit_id) == unit_id, holds(with_batch), *which)
        .order_by(col(DutyBatch.number), col(Duty.desk_id))
    )
    return [line_of(duty, number) for duty, number in rows]


def _in_force(first: date, after: date) -> ColumnElement[bool]:
    return or_(
        col(Duty.effective_from) < after,
        and_(col(Duty.day) >= first, col(Duty.day) < after),
    )
