"""The interval of an index, from its own responses only (method §5).

The only module that loads SciPy.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Self

from scipy.special import betaincinv

from aggregation.method.rounding import half_up
from survey.questionnaire import HIGHEST, LOWEST, Element

_PSEUDO_SUM = Fraction(5, 2)
_PSEUDO_SQUARES = Fraction(15, 2)
_SPAN = HIGHEST - LOWEST
_WIDEST_DESIGN_EFFECT = 2


class NobodyAnswered(ValueError):
    """There is no response, so there is nothing an interval could speak of."""


class DesignEffectUnusable(ValueError):
    """A design effect lies outside 1 to 2."""


class Level(Enum):
    """Two-sided levels, by the part left out in each tail."""

    P95 = Fraction(1, 40)
    P99 = Fraction(1, 200)


@dataclass(frozen=True, slots=True)
class Moments:
    """Number, sum and sum of squares of responses' values, exact; they add.

    Attributes
    ----------
    n
        Responses.
    total
        Σx, each x from 1 to 4.
    squares
        Σx².
    """

    n: int
    total: Fraction
    squares: Fraction

    @classmethod
    def of(cls, counts: Mapping[Fraction, int]) -> Self:
        """Sum up values with how often each occurred."""
        return cls(
            sum(counts.values()),
            sum((x * count for x, count in counts.items()), start=Fraction(0)),
            sum((x * x * count for x, count in counts.items()), start=Fraction(0)),
        )

    def __add__(self, other: Self) -> Self:
        """Pool two sets of responses."""
        return type(self)(self.n + other.n, self.total + other.total, self.squares + other.squares)


@dataclass(frozen=True, slots=True)
class Interval:
    """Lower and upper bound in index points, 25.00 to 100.00, two decimals each."""

    low: Decimal
    high: Decimal

    @property
    def half_width(self) -> Decimal:
        """Half the printed width, in index points, exact."""
        return (self.high - self.low) / 2


def interval(
    moments: Moments, level: Level = Level.P95, design_effect: Fraction = Fraction(1)
) -> Interval:
    """Return the interval of the raw index 25·Σx/n.

    A quarter of one pseudo-response is added at each of 1, 2, 3 and 4; the bounds are those of
    a Beta distribution on [1, 4] with the resulting mean and the variance of that mean.

    Parameters
    ----------
    moments
        Exact n, Σx and Σx² of values from 1 to 4.
    level
        95 % or 99 %.
    design_effect
        1 to 2; multiplies the variance where citizens cluster.

    Raises
    ------
    NobodyAnswered
        If n is 0.
    DesignEffectUnusable
        If the design effect lies outside 1 to 2.

    Notes
    -----
    ``M = (Σx + 2.5)/(n+1)``, ``Q = (Σx² + 7.5)/(n+1)``, ``V = (Q - M²)/(n+2)``. The
    pseudo-responses keep V above 0, so the interval exists from n = 1 on and has a width even
    when all answers are alike. At the very ends of the scale the raw index can then lie
    outside of it: when everybody answers 4 the raw index is 100.00 and the upper bound a
    little less.

    Examples
    --------
    >>> interval(Moments(30, Fraction(105), Fraction(375)))
    Interval(low=Decimal('81.52'), high=Decimal('91.18'))
    """
    if moments.n < 1:
        message = "no response, no interval"
        raise NobodyAnswered(message)
    if not 1 <= design_effect <= _WIDEST_DESIGN_EFFECT:
        message = f"a design effect lies from 1 to 2, not {design_effect}"
        raise DesignEffectUnusable(message)
    mean = (moments.total + _PSEUDO_SUM) / (moments.n + 1)
    spread = (moments.squares + _PSEUDO_SQUARES) / (moments.n + 1) - mean * mean
    below, above = _beta_on_scale(mean, spread / (moments.n + 2) * design_effect)
    return Interval(
        _points(betaincinv(below, above, float(level.value))),
        _points(betaincinv(below, above, float(1 - level.value))),
    )


def index_interval(
    totals: Mapping[int, int], level: Level = Level.P95, design_effect: Fraction = Fraction(1)
) -> Interval:
    """Return the interval of a satisfaction index (method §3).

    It rests on each sheet's mean of its nine ratings, so on equal weights.

    Parameters
    ----------
    totals
        Sum of a sheet's nine ratings, 9 to 36 → how many sheets.
    level, design_effect
        As in :func:`interval`.

    Raises
    ------
    NobodyAnswered
        If there is no sheet.
    """
    means = {Fraction(total, len(Element)): count for total, count in totals.items()}
    return interval(Moments.of(means), level, design_effect)


def _beta_on_scale(mean: Fraction, variance: Fraction) -> tuple[float, float]:
    """Return the two shapes of the Beta distribution on [1, 4] with this mean and variance."""
    share = (mean - LOWEST) / _SPAN
    weight = share * (1 - share) / (variance / _SPAN**2) - 1
    return float(share * weight), float((1 - share) * weight)


def _points(share: float) -> Decimal:
    return half_up(25 * (LOWEST + _SPAN * Fraction(float(share))), 2)
