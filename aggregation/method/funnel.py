"""What the index of a part of a unit may be by chance alone: the funnel (method §3)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import sqrt

from aggregation.method.rounding import half_up
from aggregation.method.satisfaction_index import INDEX_DECIMALS, POINTS_PER_RATING
from survey.questionnaire import Element

LEAST_QUESTIONNAIRES = 2
"""Full questionnaires of the unit that a spread needs."""

_LOWEST, _HIGHEST = Fraction(25), Fraction(100)


class Reach(Enum):
    """Two-sided limits of a mean, by their standard deviations."""

    INNER = Fraction("1.96")
    """95 % of the means of n questionnaires lie within."""
    OUTER = Fraction("3.09")
    """99.8 % do: beyond it a part differs from the unit by more than chance."""


class Place(Enum):
    """Where a part lies against the outer limits."""

    WITHIN = "within"
    BELOW = "below"
    ABOVE = "above"


class TooFewForAFunnel(ValueError):
    """Fewer than two questionnaires have no spread."""


@dataclass(frozen=True, slots=True)
class Funnel:
    """The mean of a unit's questionnaires and their spread, in index points.

    Attributes
    ----------
    mean
        The unit's exact index.
    variance
        Of single questionnaires' indices, exact.
    """

    mean: Fraction
    variance: Fraction

    def limits(self, n: int, reach: Reach) -> tuple[Decimal, Decimal]:
        """Return between what the index of n questionnaires lies, two decimals, 25.00 to 100.00."""
        distance = reach.value * Fraction(sqrt(self.variance / n))
        return (
            half_up(max(self.mean - distance, _LOWEST), INDEX_DECIMALS),
            half_up(min(self.mean + distance, _HIGHEST), INDEX_DECIMALS),
        )

    def place(self, index: Decimal, n: int) -> Place:
        """Say where a printed index of n questionnaires lies; on a limit it is within."""
        low, high = self.limits(n, Reach.OUTER)
        if low <= index <= high:
            return Place.WITHIN
        return Place.BELOW if index < low else Place.ABOVE


def funnel(totals: Mapping[int, int]) -> Funnel:
    """Return the funnel of a unit.

    Parameters
    ----------
    totals
        Of the whole unit: sum of a questionnaire's nine ratings, 9 to 36 → how many.

    Raises
    ------
    TooFewForAFunnel
        If there are fewer than two.

    Notes
    -----
    ``ȳ ± z · s / √n`` with ``y = 25 · total / 9``, ``s² = Σ(y - ȳ)² / (N - 1)`` over the unit's N
    questionnaires, z = 1.96 and 3.09 (D. J. Spiegelhalter, *Funnel plots for comparing
    institutional performance*, Statistics in Medicine 24, 2005).

    Examples
    --------
    >>> unit = funnel({27: 50, 36: 50})
    >>> unit.limits(25, Reach.INNER), unit.limits(100, Reach.OUTER)
    ((Decimal('82.58'), Decimal('92.42')), (Decimal('83.62'), Decimal('91.38')))
    >>> unit.place(Decimal("80.00"), 100)
    <Place.BELOW: 'below'>
    """
    n = sum(totals.values())
    if n < LEAST_QUESTIONNAIRES:
        message = f"{n} questionnaires have no spread"
        raise TooFewForAFunnel(message)
    points = {POINTS_PER_RATING * Fraction(t, len(Element)): c for t, c in totals.items()}
    mean = sum((y * count for y, count in points.items()), start=Fraction(0)) / n
    squares = sum(((y - mean) ** 2 * count for y, count in points.items()), start=Fraction(0))
    return Funnel(mean, squares / (n - 1))
