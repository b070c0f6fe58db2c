"""Limits of the usual ups and downs of monthly indices: the XmR chart (method §3)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from aggregation.method.rounding import half_up
from aggregation.method.satisfaction_index import INDEX_DECIMALS

LEAST_MONTHS = 6
"""Closed months with an index that limits need at least."""

_PER_RANGE = Fraction("2.66")
_LOWEST, _HIGHEST = Fraction(25), Fraction(100)


@dataclass(frozen=True, slots=True)
class TrendLimits:
    """What a month's index usually lies between, in index points, two decimals.

    Attributes
    ----------
    centre
        Mean of the indices.
    low, high
        Beyond them a month differs by more than the usual ups and downs.
    """

    centre: Decimal
    low: Decimal
    high: Decimal

    def cover(self, index: Decimal) -> bool:
        """Say whether a printed index lies within the limits, or on one of them."""
        return self.low <= index <= self.high


def trend_limits(indices: Sequence[Decimal | None]) -> TrendLimits | None:
    """Return the natural limits of a series of monthly indices.

    Parameters
    ----------
    indices
        Printed indices of consecutive calendar months, the oldest first; None for a month without
        one, which is a gap and no value.

    Returns
    -------
    TrendLimits or None
        None below `LEAST_MONTHS` indices, or with fewer pairs of neighbouring months than so many
        months in a row give: the spread is only known from neighbours.

    Notes
    -----
    ``mean ± 2.66 · mean moving range``, the range being the difference of two neighbouring months
    without its sign (Shewhart's chart for individual values; 2.66 = 3/1.128; D. J. Wheeler,
    *Understanding Variation*, 1993). Limits never leave the scale of the index.

    Examples
    --------
    >>> months = ["82.90", "83.60", "82.40", "83.90", "84.30", "83.20"]
    >>> trend_limits([Decimal(index) for index in months])
    TrendLimits(centre=Decimal('83.38'), low=Decimal('80.78'), high=Decimal('85.99'))
    >>> trend_limits([Decimal(index) for index in months[1:]]) is None
    True
    """
    known = [Fraction(index) for index in indices if index is not None]
    ranges = [
        abs(Fraction(now) - Fraction(before))
        for before, now in pairwise(indices)
        if before is not None and now is not None
    ]
    if len(known) < LEAST_MONTHS or len(ranges) < LEAST_MONTHS - 1:
        return None
    centre = sum(known, start=Fraction(0)) / len(known)
    reach = _PER_RANGE * sum(ranges, start=Fraction(0)) / len(ranges)
    return TrendLimits(
        _printed(centre),
        _printed(max(centre - reach, _LOWEST)),
        _printed(min(centre + reach, _HIGHEST)),
    )


def _printed(points: Fraction) -> Decimal:
    return half_up(points, INDEX_DECIMALS)
