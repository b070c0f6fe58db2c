"""What a month's duties say of each desk: which officers they name, half hour by half hour.

The rules, for one desk and one half hour of one day:

1. The roster in force is the one with the latest `effective_from` on or before the day; of
   several with the same date, the one of the newest batch. It replaces the whole week of the
   desk: an earlier roster's other weekdays do not live on.
2. Exceptions for the half hour go before the roster; of several, those of the newest batch.
3. Exactly one officer: the half hour is theirs. Nobody, or two: it belongs to nobody.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from aggregation.duties.duty_lines import DayException, DutyLine, RosterLine
from survey.month import HalfHour, Month, midnight


@dataclass(frozen=True, slots=True)
class Claim:
    """What the duties say of half hours in which nothing changes.

    `officers` holds None where an exception says that nobody serves.
    """

    desk_id: int
    starts: HalfHour
    ends: HalfHour
    officers: frozenset[int | None]


def claims(lines: Iterable[DutyLine], month: Month) -> Iterator[Claim]:
    """Yield what the duties say of a month, by desk and time, without half hours they leave out."""
    desks: defaultdict[int, list[DutyLine]] = defaultdict(list)
    for line in lines:
        desks[line.desk_id].append(line)
    for desk_id in sorted(desks):
        week = Rosters(desks[desk_id])
        exceptions = _by_day(desks[desk_id])
        for day in month.days():
            yield from _claims_of_day(desk_id, day, week.on(day), exceptions.get(day, ()))


def claims_on(lines: Iterable[DutyLine], day: date) -> Iterator[Claim]:
    """Yield what the duties say of one day, by desk and time."""
    desks: defaultdict[int, list[DutyLine]] = defaultdict(list)
    for line in lines:
        desks[line.desk_id].append(line)
    for desk_id, said in sorted(desks.items()):
        yield from _claims_of_day(desk_id, day, Rosters(said).on(day), _by_day(said).get(day, ()))


def _claims_of_day(
    desk_id: int, day: date, roster: Sequence[RosterLine], exceptions: Sequence[DayException]
) -> Iterator[Claim]:
    lines: list[DutyLine] = [*roster, *exceptions]
    edges = {slot for line in lines for slot in (line.first_slot, line.end_slot)}
    begins = midnight(day)
    for first, end in pairwise(sorted(edges)):
        officers = _officers_at(first, roster, exceptions)
        if officers:
            yield Claim(desk_id, HalfHour(begins + first), HalfHour(begins + end), officers)


def _officers_at(
    slot: int, roster: Sequence[RosterLine], exceptions: Sequence[DayException]
) -> frozenset[int | None]:
    said = [line for line in exceptions if line.covers(slot)]
    newest = max((line.batch for line in said), default=None)
    if newest is not None:
        return frozenset(line.officer_id for line in said if line.batch == newest)
    return frozenset(line.officer_id for line in roster if line.covers(slot))


def _by_day(lines: Iterable[DutyLine]) -> defaultdict[date, list[DayException]]:
    exceptions: defaultdict[date, list[DayException]] = defaultdict(list)
    for line in lines:
        if isinstance(line, DayException):
            exceptions[line.day].append(line)
    return exceptions


class Rosters:
    """A desk's rosters, each in force until the next begins."""

    def __init__(self, lines: Iterable[DutyLine]) -> None:
        """Take of each date the newest batch only."""
        weekly = [line for line in lines if isinstance(line, RosterLine)]
        newest: dict[date, int] = {}
        for line in weekly:
            newest[line.effective_from] = max(line.batch, newest.get(line.effective_from, 0))
        self._begins = sorted(newest)
        self._weeks: defaultdict[tuple[date, int], list[RosterLine]] = defaultdict(list)
        for line in weekly:
            if line.batch == newest[line.effective_from]:
                self._weeks[line.effective_from, line.weekday].append(line)

    def on(self, day: date) -> Sequence[RosterLine]:
        """Return the lines in force on a day."""
        place = bisect_right(self._begins, day)
        return self._weeks[self._begins[place - 1], day.isoweekday()] if place else ()
