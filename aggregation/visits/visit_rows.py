"""Visits as they are kept, and what handing one in means: new, known, changed or refused.

A visit is known by unit, day and queue number, so the same file handed in twice changes nothing.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlmodel import Session, col

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit, open_batch
from aggregation.changes.open_months import closed_months, hold_months
from aggregation.visits.models import Visit
from survey.log import Act
from survey.models import table_of
from survey.month import Month

LONGEST_NUMBER = 20
_OF_A_PERSON = re.compile(r"(?:[0-9][ .-]?){16}")


class NotAQueueNumber(ValueError):
    """The text is empty, too long, or may be the number of a citizen (NIK)."""


class Verdict(StrEnum):
    """What handing a visit in does."""

    NEW = "new"
    KNOWN = "known"
    """It says what is kept already."""
    CHANGED = "changed"
    """The number is known with another desk, service or half hour; the new ones hold."""
    DOUBLED = "doubled"
    """The number stands twice in what is handed in, with different content."""
    CLOSED = "closed"
    """It would move the counts of a closed month, which are frozen with it (method §8)."""


@dataclass(frozen=True, slots=True)
class VisitRow:
    """A visit by the keys of what it names.

    Attributes
    ----------
    day, half_hour
        In the unit's own time; the half hour counts from 1970, as everywhere.
    number
        The queue number, as :func:`queue_number` spells it.
    """

    day: date
    number: str
    desk_id: int
    service_id: int | None
    half_hour: int


def queue_number(text: str) -> str:
    """Return a queue number in its one spelling: capitals, single blanks.

    Raises
    ------
    NotAQueueNumber
        If it is empty, longer than 20 signs, or has 16 digits in a row, as only a NIK has.

    Examples
    --------
    >>> queue_number(" a-001 ")
    'A-001'
    """
    found = " ".join(text.split()).upper()
    bad = not found or len(found) > LONGEST_NUMBER or not found.isprintable()
    if bad or _OF_A_PERSON.search(found):
        raise NotAQueueNumber
    return found


def judge(session: Session, unit_id: int, rows: Sequence[VisitRow]) -> list[Verdict]:
    """Return what handing each visit in would do; nothing is written.

    Nobody else hands in visits of the unit, and none of their months is closed, until the
    transaction ends.
    """
    hold_unit(session, unit_id)
    days = {row.day for row in rows}
    hold_months(session, unit_id, map(Month.of, days))
    closed = closed_months(session, unit_id)
    kept = _kept(session, unit_id, days)
    handed_in: dict[tuple[date, str], VisitRow] = {}
    verdicts = []
    for row in rows:
        key = row.day, row.number
        earlier = handed_in.setdefault(key, row)
        if earlier is not row:
            verdicts.append(Verdict.KNOWN if earlier == row else Verdict.DOUBLED)
        elif kept.get(key) == row:
            verdicts.append(Verdict.KNOWN)
        elif Month.of(row.day) in closed:
            verdicts.append(Verdict.CLOSED)
        else:
            verdicts.append(Verdict.CHANGED if key in kept else Verdict.NEW)
    return verdicts


def keep(
    session: Session,
    unit_id: int,
    judged: Iterable[tuple[VisitRow, Verdict]],
    cause: Cause,
) -> Counter[Verdict]:
    """Store what is new or changed, in one batch, and count the verdicts.

    The log keeps counts only; if nothing is new or changed, nothing at all is written.
    """
    judged = list(judged)
    counts = Counter(verdict for _, verdict in judged)
    if counts[Verdict.NEW] or counts[Verdict.CHANGED]:
        batch_id = open_batch(session, unit_id, cause)
        values = {"unit_id": unit_id, "batch_id": batch_id}
        _execute(session, _INSERT, [
            {**values, **_columns(row)} for row, verdict in judged if verdict is Verdict.NEW
        ])  # fmt: skip
        _execute(session, _UPDATE, [
            {f"its_{name}": value for name, value in {**values, **_columns(row)}.items()}
            for row, verdict in judged
            if verdict is Verdict.CHANGED
        ])  # fmt: skip
        facts = {each.value: counts[each] for each in (Verdict.NEW, Verdict.CHANGED)}
        act = Act("visits.recorded", cause.actor, f"batch {batch_id}", facts, unit_id)
        record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
    return counts


_VISIT = table_of(Visit)
_INSERT = insert(_VISIT)
_UPDATE = (
    update(_VISIT)
    .where(
        _VISIT.c.unit_id == bindparam("its_unit_id"),
        _VISIT.c.day == bindparam("its_day"),
        _VISIT.c.number == bindparam("its_number"),
    )
    .values(
        desk_id=bindparam("its_desk_id"),
        service_id=bindparam("its_service_id"),
        half_hour=bindparam("its_half_hour"),
        batch_id=bindparam("its_batch_id"),
    )
)


def _execute(session: Session, statement: Any, rows: list[dict[str, Any]]) -> None:  # noqa: ANN401
    if rows:
        session.connection().execute(statement, rows)


def _columns(row: VisitRow) -> dict[str, Any]:
    return {
        "day": row.day,
        "number": row.number,
        "desk_id": row.desk_id,
        "service_id": row.service_id,
        "half_hour": row.half_hour,
    }


def _kept(session: Session, unit_id: int, days: Iterable[date]) -> dict[tuple[date, str], VisitRow]:
    rows = session.execute(
        select(
            col(Visit.day),
            col(Visit.number),
            col(Visit.desk_id),
            col(Visit.service_id),
            col(Visit.half_hour),
        ).where(col(Visit.unit_id) == unit_id, col(Visit.day).in_(days))
    )
    return {(row.day, row.number): VisitRow(*row) for row in rows}
