"""Which months still take changes: only a revision may move a closed one (method §8)."""

from collections.abc import Iterable

from sqlmodel import Session, col, select

from survey.database import hold_month
from survey.models import ClosedMonth
from survey.month import HalfHour, Month, starts


def closed_months(session: Session, unit_id: int) -> set[Month]:
    """Return the months of a unit that are closed."""
    closed = select(ClosedMonth).where(col(ClosedMonth.unit_id) == unit_id)
    return {row.month for row in session.exec(closed)}


def hold_months(session: Session, unit_id: int, months: Iterable[Month]) -> None:
    """Keep months from being closed until the transaction ends."""
    for month in sorted(set(months)):
        hold_month(session.connection(), unit_id, month)


def months_of(first: HalfHour, after: HalfHour) -> list[Month]:
    """Return the months that half hours [first, after) lie in.

    Examples
    --------
    >>> from datetime import date
    >>> from survey.month import midnight
    >>> begins, ends = midnight(date(2026, 10, 31)), midnight(date(2026, 11, 1))
    >>> list(map(str, months_of(begins, ends)))
    ['2026-10']
    >>> list(map(str, months_of(begins, HalfHour(ends + 1))))
    ['2026-10', '2026-11']
    """
    month, last = Month.of(starts(first)), Month.of(starts(HalfHour(after - 1)))
    found = [month]
    while month < last:
        month = month.shift(1)
        found.append(month)
    return found
