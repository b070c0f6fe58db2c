"""Whether a duty may still be recorded: the one place that decides it (method §4.3)."""

from collections.abc import Collection
from datetime import date
from enum import StrEnum

from aggregation.duties.duty_lines import DayException, DutyLine
from survey.month import Month


class Standing(StrEnum):
    """What recording a duty now would be."""

    AHEAD = "ahead"
    """It changes nothing that has been served yet."""
    PAST = "past"
    """It changes who served on days that have passed: it needs a reason and a second person."""
    CLOSED = "closed"
    """It would be in force in a closed month: only a revision may change that."""


def standing(line: DutyLine, closed: Collection[Month], today: date) -> Standing:
    """Return what recording a duty today would be.

    Parameters
    ----------
    closed
        The unit's closed months.
    today
        The unit's own day. An exception is in force on its day, a roster line from its first
        day on.
    """
    if _touches(line, closed):
        return Standing.CLOSED
    return Standing.PAST if first_day(line) < today else Standing.AHEAD


def first_free_day(closed: Collection[Month]) -> date | None:
    """Return the first day on which a roster may begin; None if any day will do."""
    return max(closed).shift(1).first_day if closed else None


def first_day(line: DutyLine) -> date:
    """Return the first day that a duty says something of."""
    return line.day if isinstance(line, DayException) else line.effective_from


def _touches(line: DutyLine, closed: Collection[Month]) -> bool:
    if isinstance(line, DayException):
        return Month.of(line.day) in closed
    return any(month >= Month.of(line.effective_from) for month in closed)
