"""Whether the difference between two months is more than chance (method §3, §5).

A difference that the intervals of both figures cover is called steady and given no direction.
"""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from aggregation.method.interval import Interval


class Change(Enum):
    """What may be said of a figure against an earlier one."""

    RISE = "rise"
    FALL = "fall"
    STEADY = "steady"


@dataclass(frozen=True, slots=True)
class Estimate:
    """A printed index with its interval, all in index points, two decimals."""

    index: Decimal
    interval: Interval


def change_of(before: Estimate, now: Estimate) -> Change:
    """Tell whether a figure rose or fell by more than chance explains.

    Parameters
    ----------
    before, now
        Figures of two sets of responses that share none, with intervals of one level.

    Notes
    -----
    The half-width of a difference of two independent figures is the root of the sum of their
    squared half-widths; a difference has to exceed it.

    Examples
    --------
    >>> now = Estimate(Decimal("84.39"), Interval(Decimal("83.30"), Decimal("85.40")))
    >>> before = Estimate(Decimal("84.00"), Interval(Decimal("82.90"), Decimal("85.10")))
    >>> change_of(before, now)
    <Change.STEADY: 'steady'>
    """
    difference = now.index - before.index
    noise = now.interval.half_width**2 + before.interval.half_width**2
    if difference**2 <= noise:
        return Change.STEADY
    return Change.RISE if difference > 0 else Change.FALL
