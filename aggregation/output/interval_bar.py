"""Where officers' intervals lie against target and excellence, as positions for a drawing.

All bars of a list share one axis, so that they can be compared by eye (method §5).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from aggregation.method.interval import Interval
from aggregation.method.rounding import half_up
from aggregation.method.rule import HIGHEST_INDEX, LOWEST_INDEX

USUAL_START = Decimal(60)
"""Where the axis begins if nothing lies below: from 25 on, all would crowd at one end."""
_STEP = Decimal(10)


@dataclass(frozen=True, slots=True)
class IntervalBar:
    """A bar: interval, index and the two borders, in percent of the drawing's width."""

    left: Decimal
    width: Decimal
    index_at: Decimal
    target_at: Decimal
    excellence_at: Decimal


def axis_start(points: Iterable[Decimal]) -> Decimal:
    """Return where the axis begins that all of these points fit on, up to 100.

    Examples
    --------
    >>> axis_start([Decimal("72.10"), Decimal("88.31")]), axis_start([Decimal("59.99")])
    (Decimal('60'), Decimal('50'))
    """
    lowest = min(points, default=USUAL_START)
    return min(USUAL_START, max(LOWEST_INDEX, lowest // _STEP * _STEP))


def interval_bar(
    index: Decimal, interval: Interval, borders: tuple[Decimal, Decimal], start: Decimal
) -> IntervalBar:
    """Place an index and its interval beside target and excellence.

    Parameters
    ----------
    borders
        Target and excellence, in index points.
    start
        Where the axis begins.

    Examples
    --------
    >>> interval_bar(Decimal("80.00"), Interval(Decimal("76.00"), Decimal("84.00")),
    ...              (Decimal("76.61"), Decimal("88.31")), Decimal(60))
    ... # doctest: +NORMALIZE_WHITESPACE
    IntervalBar(left=Decimal('40.00'), width=Decimal('20.00'), index_at=Decimal('50.00'),
                target_at=Decimal('41.53'), excellence_at=Decimal('70.78'))
    """
    left, right = place(interval.low, start), place(interval.high, start)
    target, excellence = borders
    return IntervalBar(
        left, right - left, place(index, start), place(target, start), place(excellence, start)
    )


def place(points: Decimal, start: Decimal) -> Decimal:
    """Return where index points lie between the start of an axis and 100, in percent."""
    share = Fraction(points - start) / Fraction(HIGHEST_INDEX - start)
    return half_up(100 * min(max(share, Fraction(0)), Fraction(1)), 2)
