"""What other pages read of the register: what the public is told, what is due, what was done."""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import Session

from aggregation.improvements.register import RegisterLine, State, register
from aggregation.months.period import Period
from survey.month import Month

DUE_SOON = timedelta(days=14)
_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Answered:
    """What citizens said and what was done, in public words: “Anda sampaikan – kami lakukan”."""

    said: str
    done: str
    done_in: Month


def public_improvements(session: Session, unit_id: int, period: Period) -> list[Answered]:
    """Return what the page of a period tells of what was done, the newest first.

    Actions that are done and told to the public, and that answer this period or one that ended
    within the twelve months before its end: what a quarter showed is mostly done in a later one.
    """
    last = period.months[-1]
    told = [
        line
        for line in register(session, unit_id, date.max)
        if line.state is State.DONE
        and line.is_public
        and line.said
        and last.shift(-_A_YEAR) < line.period.months[-1] <= last
    ]
    told.sort(key=lambda line: (line.done_on or date.min, line.number), reverse=True)
    return [Answered(line.said, line.told, Month.of(line.done_on)) for line in told if line.done_on]


def due_improvements(session: Session, unit_id: int, today: date) -> list[RegisterLine]:
    """Return the actions that are late or due within 14 days, by their day."""
    lines = register(session, unit_id, today)
    due = [line for line in lines if line.is_open and line.due_on <= today + DUE_SOON]
    return sorted(due, key=lambda line: (line.due_on, line.number))


def done_marks(session: Session, unit_id: int) -> list[tuple[date, int, str]]:
    """Return day, number and action of what was done, by day: what may explain a trend."""
    return sorted(
        (line.done_on, line.number, line.action)
        for line in register(session, unit_id, date.max)
        if line.done_on is not None
    )
