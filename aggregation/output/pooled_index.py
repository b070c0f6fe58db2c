"""A unit's index of a month, quarter, half-year or year, as it was released (method §3, §9)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from aggregation.months.closed_months import totals_of
from aggregation.months.period import Period
from aggregation.months.released import released
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.output.unit_month import Standing, standing
from survey.month import Month


@dataclass(frozen=True, slots=True)
class PooledIndex:
    """What a period says of a unit.

    Attributes
    ----------
    closed
        The months of the period that are closed, each with its newest revision, in order.
    missing
        Those that are not.
    n
        Full questionnaires of the closed months.
    is_released
        Whether the period's last month is closed, so that none can come in any more.
    standing
        The index with its interval; None if it is not released, or may not be shown.
    """

    closed: Sequence[tuple[Month, int]]
    missing: Sequence[Month]
    n: int
    is_released: bool
    standing: Standing | None


def pooled_index(session: Session, unit_id: int, period: Period) -> PooledIndex:
    """Return what a period released: its responses pooled, never a mean of indices."""
    first, last = period.months[0], period.months[-1]
    newest = newest_of_each_month(revisions(session, unit_id, first, last))
    closings = dict(sorted(newest.items()))
    totals = totals_of(session, [closing.id for closing in closings.values()])
    found = released(session, unit_id, period)
    whole = found.whole if found else None
    return PooledIndex(
        closed=[(month, closing.revision) for month, closing in closings.items()],
        missing=[month for month in period.months if month not in closings],
        n=whole.n if whole else sum(sum(each.values()) for each in totals.values()),
        is_released=found is not None,
        standing=standing(whole) if whole else None,
    )
