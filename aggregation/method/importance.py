"""How much an element matters to citizens: how closely its rating follows the overall one (§3)."""

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate
from math import sqrt

from aggregation.method.rounding import half_up
from survey.questionnaire import RATINGS

LEAST_SHEETS = 50
"""Full questionnaires with the quick question answered that an importance needs at least."""

DECIMALS = 2


def importance(joint: Mapping[tuple[int, int], int]) -> Decimal | None:
    """Return Spearman's rank correlation of two ratings, -1.00 to 1.00 (method §3).

    Parameters
    ----------
    joint
        (overall rating, rating of the element) → how many gave both.

    Returns
    -------
    Decimal or None
        None below `LEAST_SHEETS`, and where everybody gave one of the two the same rating.

    Examples
    --------
    >>> importance({(4, 4): 30, (3, 3): 20, (1, 2): 10})
    Decimal('1.00')
    >>> importance({(4, 4): 49}) is None
    True
    """
    n = sum(joint.values())
    if n < LEAST_SHEETS:
        return None
    first, second = _ranks(joint, 0), _ranks(joint, 1)
    centre = Fraction(n + 1, 2)
    spread = [_spread(joint, ranks, place, centre) for place, ranks in enumerate((first, second))]
    together = sum(
        count * (first[one] - centre) * (second[other] - centre)
        for (one, other), count in joint.items()
    )
    if not all(spread):
        return None
    return half_up(Fraction(float(together) / sqrt(spread[0] * spread[1])), DECIMALS)


def _ranks(joint: Mapping[tuple[int, int], int], place: int) -> dict[int, Fraction]:
    """Return the rank of each rating; those who gave the same one share the mean of their ranks."""
    given = {r: sum(n for pair, n in joint.items() if pair[place] == r) for r in RATINGS}
    below = [0, *accumulate(given.values())]
    return {r: before + Fraction(given[r] + 1, 2) for r, before in zip(given, below, strict=False)}


def _spread(
    joint: Mapping[tuple[int, int], int],
    ranks: Mapping[int, Fraction],
    place: int,
    centre: Fraction,
) -> Fraction:
    return sum(
        (count * (ranks[pair[place]] - centre) ** 2 for pair, count in joint.items()),
        start=Fraction(0),
    )
