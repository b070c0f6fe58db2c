"""Signals that need visits or duties to be known: written as findings, again and again (§7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, select
from sqlmodel import Session, col

from aggregation.changes.open_months import closed_months, hold_months
from aggregation.closings import Closing
from aggregation.method.desk_hours import ServedSpan, closed_hours, more_than_served
from aggregation.screening.desk_facts import Serving, half_hours_of, served_spans, serving
from survey.channel import Channel
from survey.findings import note
from survey.first_look import forget_taps
from survey.models import Response
from survey.month import Month, midnight
from survey.screening import Signal
from survey.screening_models import Finding
from survey.units import local_today

Cells = Mapping[tuple[int, int], Collection[Signal]]
"""By desk and half hour: what is suspicious about all that was rated there then."""


def screen_month(session: Session, unit_id: int, month: Month, at: datetime) -> int:
    """Write down what duties and visits make suspicious; return how much of it is new.

    Doing it again adds nothing. The running day is left alone, because its visits and duties are
    still coming in. Of a closed month only what came late and was not admitted by a revision is
    looked at: the rest has been counted.
    """
    hold_months(session, unit_id, [month])
    found = unscreened(session, unit_id, month, at)
    note(session.connection(), unit_id, month, found, local_today(session, unit_id, at))
    forget_taps(session.connection(), at)
    return len(found)


def unscreened(
    session: Session, unit_id: int, month: Month, at: datetime
) -> list[tuple[UUID, Signal]]:
    """Return what `screen_month` would write now; it writes nothing."""
    ends = midnight(local_today(session, unit_id, at))
    counts = _counts(session, unit_id, month, ends)
    cells = suspicious(
        counts, serving(session, unit_id, month), served_spans(session, unit_id, month)
    )
    if not cells:
        return []
    known = _known(session, unit_id, month)
    only_late = month in closed_months(session, unit_id)
    rows = session.execute(
        select(col(Response.id), col(Response.desk_id), col(Response.half_hour)).where(
            *_timed(unit_id, month),
            col(Response.half_hour).in_({half_hour for _, half_hour in cells}),
            *((_uncounted(session, unit_id, month),) if only_late else ()),
        )
    )
    found = ((id_, signal) for id_, *cell in rows for signal in cells.get(tuple(cell), ()))
    return [each for each in found if each not in known]


def suspicious(
    counts: Mapping[int, Mapping[int, int]],
    served: Serving,
    visits: Mapping[int, Collection[ServedSpan]],
) -> Cells:
    """Return which desk half hours are suspicious, from counts alone.

    Parameters
    ----------
    counts
        How many rated each desk, by desk and half hour.
    """
    cells: defaultdict[tuple[int, int], set[Signal]] = defaultdict(set)
    for desk_id, by_half_hour in counts.items():
        closed = closed_hours(by_half_hour, half_hours_of(served, desk_id))
        beyond = more_than_served(by_half_hour, visits.get(desk_id, ()))
        _add(cells, desk_id, closed, Signal.CLOSED_HOURS)
        _add(cells, desk_id, beyond, Signal.MORE_THAN_SERVED)
    return cells


def _add(
    cells: defaultdict[tuple[int, int], set[Signal]],
    desk_id: int,
    half_hours: Iterable[int],
    signal: Signal,
) -> None:
    for half_hour in half_hours:
        cells[desk_id, half_hour].add(signal)


def _counts(session: Session, unit_id: int, month: Month, ends: int) -> dict[int, dict[int, int]]:
    rows = session.execute(
        select(col(Response.desk_id), col(Response.half_hour), func.count())
        .where(*_timed(unit_id, month), col(Response.half_hour) < ends)
        .group_by(col(Response.desk_id), col(Response.half_hour))
    )
    counts: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for desk_id, half_hour, count in rows:
        counts[desk_id][half_hour] = count
    return counts


def _timed(unit_id: int, month: Month) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of a response that a desk's clock can be held against."""
    return (
        col(Response.unit_id) == unit_id,
        col(Response.month) == month,
        col(Response.desk_id).is_not(None),
        col(Response.half_hour).is_not(None),
        col(Response.channel) != Channel.PAPER.value,
    )


def _uncounted(session: Session, unit_id: int, month: Month) -> ColumnElement[bool]:
    """Say of a response in a statement that neither the close nor a revision has counted it."""
    admitted_until = session.scalar(
        select(func.max(col(Closing.late_until))).where(
            col(Closing.unit_id) == unit_id, col(Closing.month) == month
        )
    )
    late = col(Response.late)
    if admitted_until is None:
        return and_(late)
    return and_(late, col(Response.received_on) >= admitted_until)


def _known(session: Session, unit_id: int, month: Month) -> set[tuple[UUID, Signal]]:
    rows = session.execute(
        select(col(Finding.response_id), col(Finding.reason)).where(
            col(Finding.unit_id) == unit_id, col(Finding.month) == month
        )
    )
    return {(response_id, Signal(reason)) for response_id, reason in rows}
