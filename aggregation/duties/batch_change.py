"""What a batch of duties changes: whose each half hour is now, and whose it would be."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from uuid import UUID

from sqlmodel import Session

from aggregation.duties.desk_claims import Claim, claims
from aggregation.duties.duty_lines import DayException, DutyLine
from aggregation.duties.duty_standing import first_day
from aggregation.duties.marked_day import by_day
from aggregation.duties.recorded_duties import duties_of_desks, lines_of_batch
from survey.month import Month

Officers = frozenset[int | None]
"""Whom the duties name in a half hour: nobody, one, or several, which then is nobody's. None
stands for the word that nobody serves."""

_WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class DayChange:
    """Half hours [first_slot, end_slot) of a desk's day that a batch gives to somebody else."""

    desk_id: int
    day: date
    first_slot: int
    end_slot: int
    before: Officers
    after: Officers


def batch_changes(session: Session, unit_id: int, batch_id: UUID, today: date) -> list[DayChange]:
    """Return what a batch changes in who serves, by desk and time, as duties stand now.

    A weekly roster goes on for ever: of the days to come the next seven are looked at, which is
    its whole week.
    """
    lines = lines_of_batch(session, unit_id, batch_id)
    if not lines:
        return []
    desk_ids = {line.desk_id for line in lines}
    begins, ends = _span(lines, today)
    months = _months(begins, ends)
    now = _said(duties_of_desks(session, unit_id, desk_ids, months), months)
    then = _said(duties_of_desks(session, unit_id, desk_ids, months, batch_id), months)
    return [
        change
        for desk_id in sorted(desk_ids)
        for day in _days(begins, ends)
        for change in _changes_of_day(desk_id, day, now[desk_id, day], then[desk_id, day])
    ]


def whose_half_hours(session: Session, unit_id: int, batch_id: UUID, today: date) -> set[int]:
    """Return the officers who would gain or lose half hours by a batch."""
    changes = batch_changes(session, unit_id, batch_id, today)
    return {id_ for each in changes for id_ in each.before ^ each.after if id_ is not None}


def _span(lines: Sequence[DutyLine], today: date) -> tuple[date, date]:
    """Return the first day that lines say something of, and the one after the last looked at."""
    last = max(
        line.day if isinstance(line, DayException) else max(today, line.effective_from) + _WEEK
        for line in lines
    )
    return min(map(first_day, lines)), last + timedelta(days=1)


def _days(begins: date, ends: date) -> Iterator[date]:
    for ahead in range((ends - begins).days):
        yield begins + timedelta(days=ahead)


def _months(begins: date, ends: date) -> list[Month]:
    return sorted({Month.of(day) for day in _days(begins, ends)})


_Said = defaultdict[tuple[int, date], list[tuple[int, int, Officers]]]


def _said(lines: Sequence[DutyLine], months: Iterable[Month]) -> _Said:
    found: _Said = defaultdict(list)
    for claim in _claims(lines, months):
        for day, first, end in by_day(claim.starts, claim.ends):
            found[claim.desk_id, day].append((first, end, claim.officers))
    return found


def _claims(lines: Sequence[DutyLine], months: Iterable[Month]) -> Iterator[Claim]:
    for month in months:
        yield from claims(lines, month)


def _changes_of_day(
    desk_id: int,
    day: date,
    now: Sequence[tuple[int, int, Officers]],
    then: Sequence[tuple[int, int, Officers]],
) -> Iterator[DayChange]:
    edges = {edge for first, end, _ in (*now, *then) for edge in (first, end)}
    last: DayChange | None = None
    for first, end in pairwise(sorted(edges)):
        before, after = _at(now, first), _at(then, first)
        if before == after:
            continue
        if last is not None and (last.end_slot, last.before, last.after) == (first, before, after):
            last = DayChange(desk_id, day, last.first_slot, end, before, after)
            continue
        if last is not None:
            yield last
        last = DayChange(desk_id, day, first, end, before, after)
    if last is not None:
        yield last


def _at(said: Sequence[tuple[int, int, Officers]], slot: int) -> Officers:
    return next((who for first, end, who in said if first <= slot < end), frozenset())
