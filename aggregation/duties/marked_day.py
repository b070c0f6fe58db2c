"""A desk's day as the calendar shows it: every half hour in exactly one marked stretch."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import pairwise
from typing import Protocol

from aggregation.duties.desk_claims import claims
from aggregation.duties.duty_lines import DutyLine
from aggregation.duties.roster import gaps
from survey.month import HALF_HOURS_A_DAY, HalfHour, Month, midnight, starts


class Mark(StrEnum):
    """What the duties say of a half hour, the most pressing first."""

    OVERLAP = "overlap"
    """Duties contradict each other: the half hour is nobody's."""
    GAP = "gap"
    """The desk is usually served, nobody is, and nothing says why."""
    DECLARED = "declared"
    """An exception says that nobody serves."""
    SERVED = "served"
    """It belongs to one officer."""
    OFF = "off"
    """No duty, and usually none."""


class Interruption(Protocol):
    """Half hours [starts, ends) in which a desk, or all desks, could not serve (method §5)."""

    @property
    def desk_id(self) -> int | None:
        """The desk; None for all of the unit's."""

    @property
    def starts(self) -> HalfHour:
        """The first half hour."""

    @property
    def ends(self) -> HalfHour:
        """The half hour after the last."""

    @property
    def reason(self) -> str:
        """Why, as it was declared."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Half hours [first_slot, end_slot) of a desk's day in which nothing changes.

    Attributes
    ----------
    first_slot, end_slot
        Half hours since midnight, 0 to 48.
    officer_ids
        Who serves; several where duties contradict each other.
    outages
        Why the desk could not serve, although somebody may have been there.
    """

    first_slot: int
    end_slot: int
    mark: Mark
    officer_ids: tuple[int, ...] = ()
    outages: tuple[str, ...] = ()


Days = Mapping[tuple[int, date], Sequence[Stretch]]
"""By desk and day."""


def marked_days(
    lines: Iterable[DutyLine],
    outages: Iterable[Interruption],
    desk_ids: Collection[int],
    days: Collection[date],
) -> Days:
    """Return the stretches of each of some days at each of some desks.

    Parameters
    ----------
    lines
        All duties that are in force in the months of those days: whether a half hour without
        duty is a gap follows from the month's rosters (see `gaps`).
    outages
        All that touch those days.

    Returns
    -------
    Mapping
        For each desk and day stretches from 0 to 48, as long as possible, without holes.

    Examples
    --------
    Sari serves on Mondays from 08.00 to 12.00; on 12 October the network was down from 11.00 on.

    >>> from aggregation.duties.duty_lines import RosterLine
    >>> roster = [RosterLine(3, 1, 1, date(2026, 10, 1), 16, 24)]
    >>> monday = date(2026, 10, 12)
    >>> for stretch in marked_days(roster, [], [3], [monday])[3, monday]:
    ...     print(stretch.first_slot, stretch.end_slot, stretch.mark, stretch.officer_ids)
    0 16 off ()
    16 24 served (1,)
    24 48 off ()
    """
    lines = list(lines)
    said = _said(lines, {Month.of(day) for day in days})
    stopped = _stopped(outages, desk_ids, set(days))
    return {
        (desk_id, day): tuple(_cut(said[desk_id, day], stopped[desk_id, day]))
        for desk_id in desk_ids
        for day in days
    }


def most_pressing(stretches: Iterable[Stretch]) -> Mark:
    """Return what a day is marked with as a whole."""
    order = list(Mark)
    return min((each.mark for each in stretches), key=order.index, default=Mark.OFF)


def by_day(begins: HalfHour, ends: HalfHour) -> Iterator[tuple[date, int, int]]:
    """Yield the days of half hours [begins, ends), each with its own first and end slot."""
    at: int = begins
    while at < ends:
        day = starts(HalfHour(at)).date()
        until = min(int(ends), midnight(day) + HALF_HOURS_A_DAY)
        yield day, at - midnight(day), until - midnight(day)
        at = until


_Spans = defaultdict[tuple[int, date], list[Stretch]]


def _said(lines: Sequence[DutyLine], months: Iterable[Month]) -> _Spans:
    """Return what claims and gaps say, by desk and day; they never meet in a half hour."""
    found: _Spans = defaultdict(list)
    for month in months:
        for claim in claims(lines, month):
            officers = tuple(sorted(each for each in claim.officers if each is not None))
            mark = _mark_of(claim.officers)
            for day, first, end in by_day(claim.starts, claim.ends):
                found[claim.desk_id, day].append(Stretch(first, end, mark, officers))
        for gap in gaps(lines, month):
            for day, first, end in () if gap.declared else by_day(gap.starts, gap.ends):
                found[gap.desk_id, day].append(Stretch(first, end, Mark.GAP))
    return found


def _mark_of(officers: frozenset[int | None]) -> Mark:
    if len(officers) > 1:
        return Mark.OVERLAP
    return Mark.DECLARED if None in officers else Mark.SERVED


def _stopped(
    outages: Iterable[Interruption], desk_ids: Collection[int], days: Collection[date]
) -> _Spans:
    found: _Spans = defaultdict(list)
    for outage in outages:
        stopped = desk_ids if outage.desk_id is None else {outage.desk_id} & set(desk_ids)
        for day, first, end in by_day(outage.starts, outage.ends):
            for desk_id in stopped if day in days else ():
                kept = Stretch(first, end, Mark.OFF, outages=(outage.reason,))
                found[desk_id, day].append(kept)
    return found


def _cut(said: Sequence[Stretch], stopped: Sequence[Stretch]) -> Iterator[Stretch]:
    edges = {0, HALF_HOURS_A_DAY}
    for each in (*said, *stopped):
        edges |= {each.first_slot, each.end_slot}
    whole: Stretch | None = None
    for first, end in pairwise(sorted(edges)):
        piece = _piece(first, end, said, stopped)
        if whole is not None and piece == replace(
            whole, first_slot=whole.end_slot, end_slot=piece.end_slot
        ):
            whole = replace(whole, end_slot=piece.end_slot)
        else:
            if whole is not None:
                yield whole
            whole = piece
    if whole is not None:
        yield whole


def _piece(first: int, end: int, said: Sequence[Stretch], stopped: Sequence[Stretch]) -> Stretch:
    here = next((s for s in said if s.first_slot <= first < s.end_slot), Stretch(0, 0, Mark.OFF))
    why = dict.fromkeys(
        reason for s in stopped if s.first_slot <= first < s.end_slot for reason in s.outages
    )
    return replace(here, first_slot=first, end_slot=end, outages=tuple(why))
