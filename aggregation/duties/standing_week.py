"""A desk's standing week: who serves it on which weekday, from a day on (method §1, §4)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from uuid import UUID

from sqlmodel import Session

from aggregation.changes.batch import Cause, hold_unit
from aggregation.duties.desk_claims import Rosters
from aggregation.duties.duty_lines import DutyLine, RosterLine
from aggregation.duties.recorded_duties import duties_of_desk, record_duties

WEEKDAYS = range(1, 8)
"""Monday to Sunday."""


class EmptyWeek(ValueError):
    """A week without any duty: it would not replace the one before it."""


class WeekReplaced(Exception):
    """Somebody else has recorded another week of the desk since it was looked at."""


class StretchesOverlap(ValueError):
    """Two stretches of one weekday share a half hour, which would then be nobody's."""


@dataclass(frozen=True, slots=True, order=True)
class WeekStretch:
    """Half hours [first_slot, end_slot) of a weekday, 1 to 7, and who serves then."""

    weekday: int
    first_slot: int
    end_slot: int
    officer_id: int


@dataclass(frozen=True, slots=True)
class StandingWeek:
    """A desk's week, and the day from which it holds."""

    since: date
    stretches: Sequence[WeekStretch]


@dataclass(frozen=True, slots=True)
class WeekdayChange:
    """What a new week changes on one weekday."""

    weekday: int
    before: tuple[WeekStretch, ...]
    after: tuple[WeekStretch, ...]


def week_on(lines: Iterable[DutyLine], day: date) -> tuple[WeekStretch, ...]:
    """Return the standing week of one desk's duties that is in force on a day, by time.

    Examples
    --------
    >>> monday = RosterLine(3, 1, 1, date(2026, 10, 1), 16, 24)
    >>> week_on([monday], date(2026, 10, 7))
    (WeekStretch(weekday=1, first_slot=16, end_slot=24, officer_id=1),)
    >>> week_on([monday], date(2026, 9, 30))
    ()
    """
    # Later rosters are left out, so that each of the seven days asks the one of the first day.
    begun = (x for x in lines if isinstance(x, RosterLine) and x.effective_from <= day)
    rosters = Rosters(begun)
    return tuple(
        sorted(
            WeekStretch(line.weekday, line.first_slot, line.end_slot, line.officer_id)
            for ahead in range(len(WEEKDAYS))
            for line in rosters.on(day + timedelta(days=ahead))
        )
    )


def later_weeks(lines: Iterable[DutyLine], since: date) -> list[date]:
    """Return the days after one on which other weeks of the desk begin, in order."""
    rosters = (line for line in lines if isinstance(line, RosterLine))
    return sorted({line.effective_from for line in rosters if line.effective_from > since})


def week_changes(
    before: Iterable[WeekStretch], after: Iterable[WeekStretch]
) -> list[WeekdayChange]:
    """Return the weekdays on which two weeks differ, Monday first."""
    weeks = sorted(before), sorted(after)
    days = (
        WeekdayChange(weekday, *(tuple(s for s in week if s.weekday == weekday) for week in weeks))
        for weekday in WEEKDAYS
    )
    return [day for day in days if day.before != day.after]


def overlapping(stretches: Iterable[WeekStretch]) -> list[WeekStretch]:
    """Return the stretches that begin before an earlier one of their weekday has ended.

    Examples
    --------
    >>> [s.officer_id for s in overlapping([WeekStretch(1, 16, 24, 1), WeekStretch(1, 23, 30, 2)])]
    [2]
    """
    found = []
    for _, day in groupby(sorted(stretches), key=lambda each: each.weekday):
        ended = 0
        for stretch in day:
            if stretch.first_slot < ended:
                found.append(stretch)
            ended = max(ended, stretch.end_slot)
    return found


def newest_batch(lines: Iterable[DutyLine]) -> int:
    """Return the number of the batch that set the newest of a desk's weeks; 0 if none is set."""
    return max((line.batch for line in lines if isinstance(line, RosterLine)), default=0)


def set_week(
    session: Session,
    unit_id: int,
    desk_id: int,
    week: StandingWeek,
    cause: Cause,
    *,
    seen: str | None = None,
) -> UUID:
    """Let a desk be served like this every week from a day on; return the batch's id.

    The whole week before it is replaced, weekdays that are not named included.

    Parameters
    ----------
    seen
        The `newest_batch` that the author had before him, as a form carries it; None for whatever
        there is.

    Raises
    ------
    EmptyWeek
        If nothing is named. A desk that is no longer served is switched off.
    StretchesOverlap
        If half hours would have two officers, so none.
    WeekReplaced
        If the desk's newest week is not the one that was seen.
    ReasonMissing, DutyOfClosedMonth
        As :func:`record_duties`.
    """
    if not week.stretches:
        raise EmptyWeek
    if overlapping(week.stretches):
        raise StretchesOverlap
    hold_unit(session, unit_id)
    if seen not in {None, str(newest_batch(duties_of_desk(session, unit_id, desk_id)))}:
        raise WeekReplaced
    return record_duties(session, unit_id, roster_lines(desk_id, week), cause)


def roster_lines(desk_id: int, week: StandingWeek) -> list[RosterLine]:
    """Return a desk's week as duties."""
    return [
        RosterLine(desk_id, s.officer_id, s.weekday, week.since, s.first_slot, s.end_slot)
        for s in sorted(week.stretches)
    ]
