"""Who served at a desk in each half hour: the standing roster and its exceptions (method §4.2).

Which duty goes before which is settled in :mod:`aggregation.duties.desk_claims`.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from aggregation.duties.desk_claims import Rosters, claims
from aggregation.duties.duty_lines import DutyLine
from survey.month import HalfHour, Month, midnight

_Stretch = TypeVar("_Stretch", "DeskStretch", "Gap", "Overlap")


@dataclass(frozen=True, slots=True, order=True)
class DeskStretch:
    """Half hours [starts, ends) of a desk that belong to exactly one officer."""

    desk_id: int
    starts: HalfHour
    ends: HalfHour
    officer_id: int


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """Rostered half hours [starts, ends) of a desk in which nobody serves.

    Attributes
    ----------
    declared
        Whether an exception says so; otherwise the roster has a hole.
    """

    desk_id: int
    starts: HalfHour
    ends: HalfHour
    declared: bool


@dataclass(frozen=True, slots=True, order=True)
class Overlap:
    """Half hours [starts, ends) of a desk whose duties contradict each other: they are nobody's."""

    desk_id: int
    starts: HalfHour
    ends: HalfHour
    officer_ids: tuple[int, ...]


def who_served(lines: Iterable[DutyLine], month: Month) -> list[DeskStretch]:
    """Return whose each desk half hour of a month is (method §4.2).

    Returns
    -------
    list
        Stretches as long as possible that do not overlap, by desk and time. Half hours that they
        leave out belong to nobody: what was rated then counts for desk and unit only.

    Examples
    --------
    Sari serves on Mondays from 08.00 to 12.00, Budi from 12.00 to 15.00. On Monday 5 October 2026
    Budi also stands in from 11.00 to 12.00.

    >>> from datetime import date
    >>> from aggregation.duties.duty_lines import DayException, RosterLine
    >>> from survey.month import starts
    >>> sari, budi, start = 1, 2, date(2026, 10, 1)
    >>> roster = [RosterLine(3, sari, 1, start, 16, 24), RosterLine(3, budi, 1, start, 24, 30)]
    >>> standing_in = DayException(3, budi, date(2026, 10, 5), 22, 24, batch=1)
    >>> for s in who_served([*roster, standing_in], Month(2026, 10))[:4]:
    ...     print(f"{starts(s.starts):%d %H.%M}-{starts(s.ends):%H.%M}", s.officer_id)
    05 08.00-11.00 1
    05 11.00-15.00 2
    12 08.00-12.00 1
    12 12.00-15.00 2

    If the sheet lets Sari stay until 12.30, the half hour of 12.00 has two officers, so none:

    >>> roster[0] = RosterLine(3, sari, 1, start, 16, 25)
    >>> for s in who_served(roster, Month(2026, 10))[:2]:
    ...     print(f"{starts(s.starts):%H.%M}-{starts(s.ends):%H.%M}", s.officer_id)
    08.00-12.00 1
    12.30-15.00 2
    """
    served = (
        DeskStretch(claim.desk_id, claim.starts, claim.ends, officer)
        for claim in claims(lines, month)
        for officer in claim.officers
        if officer is not None and len(claim.officers) == 1
    )
    return list(_joined(served))


def overlaps(lines: Iterable[DutyLine], month: Month) -> list[Overlap]:
    """Return where duties contradict each other, by desk and time.

    Two officers in a half hour, or an officer and the word that nobody serves, in one batch.
    """
    found = (
        Overlap(claim.desk_id, claim.starts, claim.ends, _named(claim.officers))
        for claim in claims(lines, month)
        if len(claim.officers) > 1
    )
    return list(_joined(found))


def gaps(lines: Iterable[DutyLine], month: Month) -> list[Gap]:
    """Return the half hours in which a desk is usually served and nobody is, by desk and time.

    A desk is usually served on a weekday in every half hour that any roster in force during the
    month has for that weekday. So the days before the first roster begins show as gaps, and so
    does every hour that a later roster gave up; a lunch break that no roster covers does not.

    Examples
    --------
    A roster for Thursdays that begins on 15 October leaves the first two Thursdays empty; the
    fourth is a holiday, declared by an exception.

    >>> from datetime import date
    >>> from aggregation.duties.duty_lines import DayException, RosterLine
    >>> from survey.month import starts
    >>> lines = [RosterLine(3, 1, 4, date(2026, 10, 15), 16, 30),
    ...          DayException(3, None, date(2026, 10, 22), 16, 30, batch=1)]
    >>> [(starts(gap.starts).day, gap.declared) for gap in gaps(lines, Month(2026, 10))]
    [(1, False), (8, False), (22, True)]
    """
    lines = list(lines)
    usual = _usual_slots(lines, month)
    said = {
        (claim.desk_id, half_hour): claim.officers
        for claim in claims(lines, month)
        for half_hour in range(claim.starts, claim.ends)
    }
    nobody = frozenset({None})
    empty = (
        Gap(desk_id, HalfHour(at), HalfHour(at + 1), bool(said.get((desk_id, at))))
        for desk_id in sorted(usual)
        for at in _half_hours(usual[desk_id], month)
        if said.get((desk_id, at), nobody) == nobody
    )
    return list(_joined(empty))


def _named(officers: frozenset[int | None]) -> tuple[int, ...]:
    return tuple(sorted(officer for officer in officers if officer is not None))


def _joined(stretches: Iterable[_Stretch]) -> Iterator[_Stretch]:
    """Join neighbours that differ in nothing but their time; the stretches come in order."""
    last: _Stretch | None = None
    for stretch in stretches:
        if last is None:
            last = stretch
        elif stretch == replace(last, starts=last.ends, ends=stretch.ends):
            last = replace(last, ends=stretch.ends)
        else:
            yield last
            last = stretch
    if last is not None:
        yield last


def _usual_slots(lines: Sequence[DutyLine], month: Month) -> dict[int, set[tuple[int, int]]]:
    """Return by desk the (weekday, slot) pairs that a roster in force during the month has."""
    usual: defaultdict[int, set[tuple[int, int]]] = defaultdict(set)
    desks: defaultdict[int, list[DutyLine]] = defaultdict(list)
    for line in lines:
        desks[line.desk_id].append(line)
    for desk_id, said in desks.items():
        rosters = Rosters(said)
        for day in month.days():
            for line in rosters.on(day):
                slots = range(line.first_slot, line.end_slot)
                usual[desk_id].update((line.weekday, slot) for slot in slots)
    return usual


def _half_hours(usual: set[tuple[int, int]], month: Month) -> Iterator[int]:
    for day in month.days():
        for slot in sorted(slot for weekday, slot in usual if weekday == day.isoweekday()):
            yield midnight(day) + slot
