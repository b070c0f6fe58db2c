"""Shrinking an officer's mean towards the unit's, simple enough for a calculator (method §5)."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from aggregation.method.interval import Moments
from aggregation.method.rounding import half_up
from aggregation.method.satisfaction_index import INDEX_DECIMALS, POINTS_PER_RATING
from survey.questionnaire import HIGHEST, LOWEST

MEAN_DECIMALS = 4
RELIABILITY_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Pull:
    """What a score is shrunk with.

    Attributes
    ----------
    mu
        Mean of the rule's officers in the unit, 1 to 4, four decimals, frozen at the close.
    k
        Pseudo-responses at that mean, from the rule.
    offset
        What the officer's mix of services takes off the mean, four decimals, negative if the mix
        is harder than the unit's; 0 unless the rule applies it.
    """

    mu: Decimal
    k: int
    offset: Decimal = Decimal(0)


def printed_mean(moments: Moments) -> Decimal | None:
    """Return Σx/n, four decimals; None if nobody answered."""
    return half_up(moments.total / moments.n, MEAN_DECIMALS) if moments.n else None


def shrunk_index(printed_sum: Decimal, n: int, pull: Pull) -> Decimal:
    """Return 25·m*, with m* = (n·m + k·μ)/(n + k), two decimals, rounded once.

    Parameters
    ----------
    printed_sum
        Σx as printed, four decimals; n·m is this sum.
    n
        Responses, 1 or more.

    Notes
    -----
    Given μ, one citizen moves the result by at most 75/(n + k) points before rounding, and raising
    a rating never lowers it. With an offset the mean that is shrunk stays within 1 and 4.

    Examples
    --------
    >>> shrunk_index(Decimal("139.8333"), 40, Pull(Decimal("3.2850"), 30))
    Decimal('85.14')
    """
    total = Fraction(printed_sum) - n * Fraction(pull.offset)
    held = min(max(total, Fraction(LOWEST * n)), Fraction(HIGHEST * n))
    pulled = (held + pull.k * Fraction(pull.mu)) / (n + pull.k)
    return half_up(POINTS_PER_RATING * pulled, INDEX_DECIMALS)


def reliability(n: int, k: int) -> Decimal:
    """Return n/(n + k), two decimals, 0.00 to 1.00: how much of the index is the officer's own.

    Examples
    --------
    >>> reliability(40, 30)
    Decimal('0.57')
    """
    return half_up(Fraction(n, n + k), RELIABILITY_DECIMALS) if n else Decimal("0.00")
