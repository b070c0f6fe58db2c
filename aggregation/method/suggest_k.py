"""Which k fits a unit, by its closed history (method §5).

k is the variance of ratings within an officer's citizens ÷ the variance between the officers' true
means: so many responses say as much of an officer as the unit's mean does. The variance between
few officers is known badly. So it is not estimated and then believed, but integrated over.
"""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from aggregation.method.interval import Moments

LEAST_OFFICERS = 3
"""Fewer say nothing of the variance between officers under a flat prior (Gelman 2006)."""

LEAST_RESPONSES = 10
"""Of each of these officers."""

LARGEST_K = 10_000
"""No rule holds a larger one."""

_WIDEST_SPREAD = 1.5
"""Standard deviation of true means that lie at 1 and 4, half each."""

_POINTS = 4001
_CENTRAL_80 = (0.1, 0.9)


class HistoryTooThin(ValueError):
    """The closed history cannot say which k fits; the sentence is for people."""


@dataclass(frozen=True, slots=True)
class SuggestedK:
    """A k as advice, with what is known of it.

    Attributes
    ----------
    k
        Median, 0 to 10 000.
    low, high
        Its central 80 % range.
    officers, responses
        What it rests on.
    """

    k: int
    low: int
    high: int
    officers: int
    responses: int


def suggest_k(officers: Collection[Moments], design_effect: Fraction = Fraction(1)) -> SuggestedK:
    """Suggest k from what each officer's citizens said over a unit's closed months.

    Parameters
    ----------
    officers
        Per officer n, Σx and Σx²; those without any response are left out.
    design_effect
        1 to 2, from the rule; multiplies the variance within.

    Raises
    ------
    HistoryTooThin
        If fewer than three officers have ten responses, or all citizens of each said the same.

    Notes
    -----
    Officer means are taken as normal around their true means, with the variance within pooled
    over the officers; true means as normal around the unit's. The unit's mean has a flat prior and
    is integrated out; so has the standard deviation between officers, on a grid from 0 to 1.5.
    Plain moment estimates come out as 0, so k without end, whenever officers happen to look
    alike, and their intervals hold the truth too seldom.

    Examples
    --------
    Four officers with 60 responses each and means of 3.2, 3.4, 3.5 and 3.7:

    >>> means = (Fraction(32, 10), Fraction(34, 10), Fraction(35, 10), Fraction(37, 10))
    >>> suggest_k([Moments(60, 60 * m, 60 * (m * m + Fraction(1, 2))) for m in means])
    SuggestedK(k=7, low=1, high=31, officers=4, responses=240)
    """
    heard = [each for each in officers if each.n]
    within = float(_variance_within(heard) * design_effect)
    n = np.array([each.n for each in heard], dtype=np.float64)
    means = np.array([float(each.total / each.n) for each in heard])
    spreads = np.linspace(0, _WIDEST_SPREAD, _POINTS)
    likelihood = _likelihood(spreads, within / n, means)
    wide, middle, narrow = (
        _quantile(spreads, likelihood, share) for share in (_CENTRAL_80[1], 0.5, _CENTRAL_80[0])
    )
    return SuggestedK(
        _k(within, middle),
        _k(within, wide),
        _k(within, narrow),
        len(heard),
        int(n.sum()),
    )


def _variance_within(heard: Collection[Moments]) -> Fraction:
    """Return the pooled variance of responses around their own officer's mean."""
    if sum(each.n >= LEAST_RESPONSES for each in heard) < LEAST_OFFICERS:
        message = (
            f"Saran k memerlukan paling sedikit {LEAST_OFFICERS} petugas dengan "
            f"{LEAST_RESPONSES} tanggapan atau lebih dalam bulan yang sudah ditutup."
        )
        raise HistoryTooThin(message)
    squares = sum((each.squares - each.total**2 / each.n for each in heard), start=Fraction(0))
    if not squares:
        message = "Semua tanggapan tiap petugas sama, jadi k tidak dapat diperkirakan."
        raise HistoryTooThin(message)
    return squares / (sum(each.n for each in heard) - len(heard))


def _likelihood(
    spreads: NDArray[np.float64], errors: NDArray[np.float64], means: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how well each standard deviation between officers explains their means.

    `errors` are the variances of the means themselves.
    """
    variances = spreads[:, None] ** 2 + errors
    trust = 1 / variances
    centre = (trust * means).sum(axis=1) / trust.sum(axis=1)
    misfit = (trust * (means - centre[:, None]) ** 2).sum(axis=1)
    logs = -(np.log(variances).sum(axis=1) + np.log(trust.sum(axis=1)) + misfit) / 2
    return np.asarray(np.exp(logs - logs.max()))


def _quantile(spreads: NDArray[np.float64], likelihood: NDArray[np.float64], share: float) -> float:
    below = np.concatenate([[0.0], np.cumsum((likelihood[1:] + likelihood[:-1]) / 2)])
    return float(np.interp(share * below[-1], below, spreads))


def _k(within: float, spread: float) -> int:
    return min(round(within / spread**2), LARGEST_K)
