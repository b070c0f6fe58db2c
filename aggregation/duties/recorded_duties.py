"""Recording duties and reading them back: append-only batches (method §4.3)."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, and_, insert, or_
from sqlmodel import Session, col, select

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit, open_batch
from aggregation.changes.open_months import closed_months, hold_months
from aggregation.duties.duty_lines import HALL, DayException, DutyLine, RosterLine
from aggregation.duties.duty_standing import Standing, standing
from aggregation.models import Duty, DutyBatch
from survey.log import Act
from survey.models import Desk, ServiceUnit
from survey.month import Month, local_day, time_zone


class DutyOfClosedMonth(ValueError):
    """A duty would change who served in a month that is closed; only a revision may."""


class ReasonMissing(ValueError):
    """A change of single days, or of days that have passed, was recorded without a reason."""


def record_duties(session: Session, unit_id: int, lines: Sequence[DutyLine], cause: Cause) -> UUID:
    """Append roster lines and exceptions in one batch and return the batch's id.

    The roster lines replace the whole week of each desk they name, from each line's first day on.
    The log says how many of them change days that have passed.

    Raises
    ------
    ReasonMissing
        If the cause gives no reason, and there are exceptions or duties of days that have passed.
    DutyOfClosedMonth
        If a day lies in a month that is closed, or a roster line is in force in one.
    """
    today = _today(session, unit_id, cause)
    hold_open_months(session, unit_id, lines, Month.of(cause.at))
    closed = closed_months(session, unit_id)
    found = Counter(standing(line, closed, today) for line in lines)
    exceptions = sum(isinstance(line, DayException) for line in lines)
    if found[Standing.CLOSED]:
        raise DutyOfClosedMonth
    if (exceptions or found[Standing.PAST]) and not cause.reason:
        raise ReasonMissing
    batch_id = open_batch(session, unit_id, cause)
    if lines:
        session.execute(insert(Duty), [_row(unit_id, batch_id, line) for line in lines])
    facts = {
        "roster_lines": len(lines) - exceptions,
        "exceptions": exceptions,
        "of_past_days": found[Standing.PAST],
    }
    act = Act("duties.recorded", cause.actor, f"batch {batch_id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
    return batch_id


def duties_of(session: Session, unit_id: int, month: Month) -> list[DutyLine]:
    """Return the duties that say who serves a unit's desks in a month.

    A desk that is a whole hall is left out: it never attributes (method §4.2).
    """
    in_force = _in_force(month.first_day, month.shift(1).first_day)
    return _read(session, unit_id, in_force, col(Desk.kind) != HALL)


def duties_of_desks(
    session: Session, unit_id: int, desk_ids: Collection[int], months: Collection[Month]
) -> list[DutyLine]:
    """Return the duties that say who serves some desks in neighbouring months."""
    in_force = _in_force(min(months).first_day, max(months).shift(1).first_day)
    return _read(session, unit_id, in_force, col(Duty.desk_id).in_(desk_ids))


def duties_of_desk(session: Session, unit_id: int, desk_id: int) -> list[DutyLine]:
    """Return all duties that were ever recorded for a desk."""
    return _read(session, unit_id, col(Duty.desk_id) == desk_id)


def recorded_duties(session: Session, unit_id: int) -> list[DutyLine]:
    """Return all duties that were ever recorded for a unit's desks."""
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


def _read(session: Session, unit_id: int, *which: ColumnElement[bool]) -> list[DutyLine]:
    rows = session.exec(
        select(Duty, DutyBatch.number)
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .join(Desk, col(Desk.id) == col(Duty.desk_id))
        .where(col(Duty.unit_id) == unit_id, *which)
        .order_by(col(DutyBatch.number), col(Duty.desk_id))
    )
    return [_line(duty, number) for duty, number in rows]


def _today(session: Session, unit_id: int, cause: Cause) -> date:
    """Return the unit's own day of a cause: what lies before it is past."""
    zone = session.execute(select(ServiceUnit.time_zone).where(col(ServiceUnit.id) == unit_id))
    return local_day(cause.at, time_zone(zone.scalar_one()))


def _in_force(first: date, after: date) -> ColumnElement[bool]:
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
