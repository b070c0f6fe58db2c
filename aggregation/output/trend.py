"""A unit's index month by month, with its limits, as values ready for a page (method §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from aggregation.method.satisfaction_index import index_of_totals
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.method.trend_limits import TrendLimits, trend_limits
from survey.month import Month

LONGEST_TREND = 24
"""Calendar months."""


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A calendar month of the trend.

    Attributes
    ----------
    n
        Full questionnaires; None if the month is not closed.
    index
        None is a gap: not closed, or too few questionnaires.
    outside
        Whether the index lies beyond the limits.
    """

    month: Month
    n: int | None
    index: Decimal | None
    outside: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """Neighbouring calendar months, the oldest first, and their limits if there are enough."""

    points: tuple[TrendPoint, ...]
    limits: TrendLimits | None

    @property
    def known(self) -> tuple[TrendPoint, ...]:
        """The months that have an index."""
        return tuple(point for point in self.points if point.index is not None)

    @property
    def outside(self) -> tuple[TrendPoint, ...]:
        """The months beyond the limits."""
        return tuple(point for point in self.points if point.outside)


def trend(totals: Mapping[Month, Mapping[int, int]], last: Month) -> Trend | None:
    """Return the trend that ends with a month.

    Parameters
    ----------
    totals
        By closed month: sum of a sheet's nine ratings → how many sheets.

    Returns
    -------
    Trend or None
        None with fewer than two indices, which show no way.
    """
    shown = [month for month in totals if last.shift(1 - LONGEST_TREND) <= month <= last]
    indices = {month: _index(totals[month]) for month in shown}
    first = min((month for month, index in indices.items() if index is not None), default=last)
    months = [last.shift(-back) for back in range(LONGEST_TREND)][::-1]
    months = [month for month in months if month >= first]
    limits = trend_limits([indices.get(month) for month in months])
    points = tuple(_point(month, totals, indices, limits) for month in months)
    found = Trend(points, limits)
    return found if len(found.known) > 1 else None


def _index(totals: Mapping[int, int]) -> Decimal | None:
    return index_of_totals(totals) if sum(totals.values()) >= SMALLEST_CELL else None


def _point(
    month: Month,
    totals: Mapping[Month, Mapping[int, int]],
    indices: Mapping[Month, Decimal | None],
    limits: TrendLimits | None,
) -> TrendPoint:
    index = indices.get(month)
    n = sum(totals[month].values()) if month in totals else None
    outside = index is not None and limits is not None and not limits.cover(index)
    return TrendPoint(month, n, index, outside)
