"""What an officer's statement rests on: the window as it stood when the figures were computed."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.duties.roster import DeskStretch
from aggregation.method.combination import CombinationCounts, projected, voice
from aggregation.method.rule import Rule
from aggregation.months.officer_results import OwnCounts, is_personal, own_counts
from aggregation.months.revisions import earlier_closings
from aggregation.months.tally import Cell
from aggregation.months.window import WindowMonth, closed_month, frozen_stretches
from aggregation.visits.outages import outages_between
from survey.models import Desk
from survey.month import HalfHour, Month


class Aside(StrEnum):
    """Why a response of the officer's own half hours is in no figure of the officer."""

    LATE = "late"
    QUARANTINED = "quarantined"
    CHANNEL = "channel"
    SILENT = "silent"
    """It answered none of the officer's elements."""
    OUTAGE = "outage"
    """An outage was declared, and the rule leaves those half hours out."""


@dataclass(frozen=True, slots=True)
class StatedOutage:
    """An outage that touched the officer's half hours.

    Attributes
    ----------
    desk
        Its name; None if all desks of the unit stood still.
    """

    desk: str | None
    starts: HalfHour
    ends: HalfHour
    reason: str


@dataclass(frozen=True, slots=True)
class StatementWindow:
    """The months behind an officer's figures, and what became of each response in them.

    Attributes
    ----------
    months
        The oldest first; the statement's own month is the last.
    own
        What counts for persons, the statement's own month first.
    received
        Responses of the officer's own half hours.
    aside
        Those that are in no figure, by the first reason that applies.
    in_outage
        Those that would count, from half hours of outages.
    nobodys
        Responses at the officer's desks in half hours that were nobody's.
    """

    months: tuple[Month, ...]
    own: Sequence[OwnCounts]
    received: int
    aside: Mapping[Aside, int]
    in_outage: int
    nobodys: int
    outages: tuple[StatedOutage, ...]


def statement_window(
    session: Session, computed: Closing, officer_id: int, rule: Rule
) -> StatementWindow:
    """Return an officer's window as it stood when a revision computed the figures.

    Each earlier month is read in the newest revision of that moment, so that a statement reads the
    same for ever.
    """
    closings = [
        computed,
        *earlier_closings(
            session, computed.unit_id, computed.month, rule.window_months, computed.closed_at
        ),
    ]
    window = [closed_month(session, closing, rule.codes) for closing in closings]
    stretches = [
        stretch
        for closing in closings
        for stretch in frozen_stretches(session, closing, officer_id)
    ]
    fate = _fates(window, officer_id, rule)
    return StatementWindow(
        tuple(month.month for month in reversed(window)),
        own_counts([officer_id], rule, window)[officer_id],
        sum(fate.values()),
        {reason: fate[reason] for reason in Aside if fate[reason]},
        _in_outage(window, officer_id, rule),
        _nobodys(window, {stretch.desk_id for stretch in stretches}, rule),
        _outages(session, computed.unit_id, stretches),
    )


def _fates(window: Iterable[WindowMonth], officer_id: int, rule: Rule) -> Counter[Aside | None]:
    """Count the officer's responses by why they are set aside; None for those that count."""
    fates: Counter[Aside | None] = Counter()
    for cell, counts in _cells(window, rule):
        if cell.officer_id == officer_id:
            for combination, count in counts.items():
                fates[_fate(cell, combination, rule)] += count
    return fates


def _fate(cell: Cell, combination: str, rule: Rule) -> Aside | None:
    reasons = {
        Aside.LATE: cell.late,
        Aside.QUARANTINED: cell.quarantined,
        Aside.CHANNEL: cell.channel not in rule.channels,
        Aside.SILENT: voice(combination, rule) is None,
        Aside.OUTAGE: cell.outage and not rule.outages_counted,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _in_outage(window: Iterable[WindowMonth], officer_id: int, rule: Rule) -> int:
    return sum(
        count
        for cell, counts in _cells(window, rule)
        if cell.officer_id == officer_id and cell.outage and is_personal(cell, rule)
        for combination, count in counts.items()
        if voice(combination, rule) is not None
    )


def _nobodys(window: Iterable[WindowMonth], desk_ids: set[int], rule: Rule) -> int:
    return sum(
        sum(counts.values())
        for cell, counts in _cells(window, rule)
        if cell.officer_id is None and cell.desk_id in desk_ids and is_personal(cell, rule)
    )


def _cells(window: Iterable[WindowMonth], rule: Rule) -> Iterable[tuple[Cell, CombinationCounts]]:
    for month in window:
        for cell, counts in month.cells.items():
            yield cell, projected(counts, month.codes, rule.codes)


def _outages(
    session: Session, unit_id: int, stretches: Sequence[DeskStretch]
) -> tuple[StatedOutage, ...]:
    if not stretches:
        return ()
    first, after = min(each.starts for each in stretches), max(each.ends for each in stretches)
    found: dict[UUID, StatedOutage] = {}
    names = dict(
        session.execute(
            select(col(Desk.id), col(Desk.name)).where(col(Desk.unit_id) == unit_id)
        ).all()
    )
    for each in outages_between(session, unit_id, first, after):
        if any(_touches(each.desk_id, each.starts, each.ends, own) for own in stretches):
            desk = None if each.desk_id is None else names[each.desk_id]
            found[each.id] = StatedOutage(desk, each.starts, each.ends, each.reason)
    return tuple(found.values())


def _touches(desk_id: int | None, starts: int, ends: int, own: DeskStretch) -> bool:
    return desk_id in {None, own.desk_id} and starts < own.ends and own.starts < ends
