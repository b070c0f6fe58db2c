"""How well k is suggested where the truth is known, beside plain moments (method §5)."""

from collections.abc import Iterator
from fractions import Fraction
from math import exp, inf, log, sqrt

import numpy as np

from aggregation.method.interval import Moments
from aggregation.method.suggest_k import LARGEST_K, SuggestedK, suggest_k
from tests.populations import RATINGS, Counts, Floats, most_even

OFFICERS = (4, 8, 20)
SPREADS = (0.30, 0.20, 0.13, 0.08)
"""Standard deviation of true means, in ratings."""

_RUNS = 250
_MEAN = 3.3
_ENDS = (1.1, 3.95)
_GRID = np.linspace(*_ENDS, 571)
_SHARES = np.array([most_even(mean) for mean in _GRID])
_TEN_PERCENT = 1.2816


def lines() -> Iterator[str]:
    """Draw histories of 40 to 400 citizens an officer; every line the same number of histories."""
    lot = np.random.default_rng(20261122)
    yield f"k suggested from {_RUNS} drawn histories each, 40 to 400 citizens an officer:"
    yield (
        "  officers  true k   median   80 % range holds it   wrong by ×    plain moments: "
        "range holds it   wrong by ×   no end"
    )
    reached = []
    for officers in OFFICERS:
        for spread in SPREADS:
            truth = true_k(spread)
            made = [_history(lot, officers, spread) for _ in range(_RUNS)]
            ours = [suggest_k([_moments(counts) for counts in each]) for each in made]
            plain = [plain_estimate(each) for each in made]
            held = sum(each.low <= truth <= each.high for each in ours) / _RUNS
            reached.append(held)
            yield (
                f"{officers:>10}{truth:>8.0f}{_median(ours):>9.0f}{held:>22.0%}"
                f"{_off([each.k for each in ours], truth):>13.1f}"
                f"{sum(low <= truth <= high for _, low, high in plain) / _RUNS:>31.0%}"
                f"{_off([k for k, _, _ in plain], truth):>13.1f}"
                f"{sum(k == inf for k, _, _ in plain) / _RUNS:>9.0%}"
            )
    yield (
        f"  the range held the truth in {min(reached):.0%} to {max(reached):.0%} of the histories, "
        f"{sum(reached) / len(reached):.0%} on average; it says 80 %"
    )


def true_k(spread: float) -> float:
    """Return the variance within ÷ that between officers, of very many officers."""
    means = _true_means(np.random.default_rng(1), 200_000, spread)
    within = _SHARES @ RATINGS**2 - (_SHARES @ RATINGS) ** 2
    return float(np.interp(means, _GRID, within).mean() / means.var())


def plain_estimate(counts: Counts) -> tuple[float, float, float]:
    """Return k by plain moments, with an 80 % range of their normal error: the control."""
    n = counts.sum(axis=1)
    means = counts @ RATINGS / n
    within = float((counts @ RATINGS**2 - n * means**2).sum() / (n.sum() - len(n)))
    typical = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    among = float((n * (means - np.average(means, weights=n)) ** 2).sum() / (len(n) - 1))
    between = (among - within) / typical
    error = _TEN_PERCENT * among / typical * sqrt(2 / (len(n) - 1))
    k, low, high = (
        within / each if each > 0 else inf for each in (between, between + error, between - error)
    )
    return k, low, high


def _history(lot: np.random.Generator, officers: int, spread: float) -> Counts:
    places = np.searchsorted(_GRID, _true_means(lot, officers, spread))
    return lot.multinomial(lot.integers(40, 401, officers), _SHARES[places])


def _true_means(lot: np.random.Generator, officers: int, spread: float) -> Floats:
    return np.clip(lot.normal(_MEAN, spread, officers), *_ENDS)


def _moments(counts: Counts) -> Moments:
    return Moments.of({Fraction(r): int(c) for r, c in enumerate(counts, start=1)})


def _median(found: list[SuggestedK]) -> float:
    return float(np.median([each.k for each in found]))


def _off(suggested: list[int] | list[float], truth: float) -> float:
    """Return by which factor suggestions miss, as the exponential of the root mean square log."""
    held = [min(max(each, 1), LARGEST_K) for each in suggested]
    return exp(sqrt(sum(log(each / truth) ** 2 for each in held) / len(held)))
