from fractions import Fraction
from math import exp, inf, log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.method.interval import Moments
from aggregation.method.suggest_k import LARGEST_K, HistoryTooThin, suggest_k
from tests.populations import RATINGS, most_even

COUNTS = st.tuples(*[st.integers(3, 60)] * 4)
UNITS = st.lists(COUNTS, min_size=3, max_size=8)


def moments(counts: tuple[int, ...]) -> Moments:
    return Moments.of({Fraction(r): int(c) for r, c in enumerate(counts, start=1)})


def spread_out(step: int, n: int = 60, officers: int = 4) -> list[Moments]:
    """Officers with means of 3 and up, each so many hundredths better than the one before."""
    means = [3 + Fraction(step * place, 100) for place in range(officers)]
    return [Moments(n, n * m, n * (m * m + Fraction(1, 2))) for m in means]


# What the suggestion is.


@given(UNITS)
def test_the_range_holds_the_suggestion_and_says_what_it_rests_on(
    unit: list[tuple[int, ...]],
) -> None:
    found = suggest_k([moments(counts) for counts in unit])
    assert 0 <= found.low <= found.k <= found.high <= LARGEST_K
    assert (found.officers, found.responses) == (len(unit), sum(map(sum, unit)))


@settings(max_examples=15)
@given(UNITS)
def test_a_coarse_sum_over_the_spread_between_officers_gives_the_same(
    unit: list[tuple[int, ...]],
) -> None:
    found = suggest_k([moments(counts) for counts in unit])
    for share, k in ((0.9, found.low), (0.5, found.k), (0.1, found.high)):
        assert k == pytest.approx(k_at(unit, share), rel=0.04, abs=1.01)


def k_at(unit: list[tuple[int, ...]], share: float) -> float:
    """The same integral in plain loops: k where so much of the spread's likelihood lies below."""
    n = [sum(counts) for counts in unit]
    means = [sum(r * c for r, c in enumerate(counts, 1)) / sum(counts) for counts in unit]
    around = sum(
        c * (r - mean) ** 2
        for counts, mean in zip(unit, means, strict=True)
        for r, c in enumerate(counts, 1)
    )
    within = around / (sum(n) - len(n))
    spreads = [(place + 0.5) * 1.5 / 3000 for place in range(3000)]
    heights = []
    for spread in spreads:
        variances = [spread**2 + within / each for each in n]
        trust = sum(1 / v for v in variances)
        centre = sum(m / v for m, v in zip(means, variances, strict=True)) / trust
        misfit = sum((m - centre) ** 2 / v for m, v in zip(means, variances, strict=True))
        heights.append(exp(-(sum(map(log, variances)) + log(trust) + misfit) / 2))
    wanted, reached = share * sum(heights), 0.0
    for spread, height in zip(spreads, heights, strict=True):
        reached += height
        if reached >= wanted:
            return min(within / spread**2, LARGEST_K)
    return inf


@given(UNITS, st.data())
def test_the_order_of_officers_never_matters(
    unit: list[tuple[int, ...]], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(unit))
    assert suggest_k(list(map(moments, shuffled))) == suggest_k(list(map(moments, unit)))


def test_the_further_apart_officers_are_the_smaller_is_k() -> None:
    suggested = [suggest_k(spread_out(step)).k for step in (5, 15, 30)]
    assert suggested == sorted(suggested, reverse=True)
    assert len(set(suggested)) == 3


def test_longer_history_narrows_the_range() -> None:
    short, long = suggest_k(spread_out(10, 30, 6)), suggest_k(spread_out(10, 3000, 6))
    assert long.high / long.low < short.high / short.low


def test_officers_who_look_alike_do_not_make_k_endless() -> None:
    found = suggest_k(spread_out(0))
    assert 10 < found.low < found.k < LARGEST_K


def test_citizens_in_clusters_make_k_larger() -> None:
    assert suggest_k(spread_out(10), Fraction(2)).k > suggest_k(spread_out(10)).k


def test_who_was_never_rated_is_left_out() -> None:
    nobody = Moments.of({})
    assert suggest_k([*spread_out(10), nobody]) == suggest_k(spread_out(10))


# When history is too thin.


def test_two_officers_say_nothing_of_how_officers_differ() -> None:
    few = moments((1, 1, 1, 2))
    with pytest.raises(HistoryTooThin, match="3 petugas dengan 10 tanggapan"):
        suggest_k([*spread_out(10)[:2], few, few])


def test_without_any_officer_there_is_no_suggestion() -> None:
    with pytest.raises(HistoryTooThin):
        suggest_k([])


def test_where_each_officers_citizens_all_said_the_same_there_is_no_suggestion() -> None:
    with pytest.raises(HistoryTooThin, match="sama"):
        suggest_k([moments((0, 0, 20, 0)), moments((0, 0, 0, 20)), moments((0, 0, 0, 30))])


# On known truth: the range holds it about as often as it says, where the plain estimate's does not.


def histories(officers: int, spread: float, runs: int) -> list[list[tuple[int, ...]]]:
    lot = np.random.default_rng(20261122)
    return [
        [
            tuple(lot.multinomial(lot.integers(40, 400), most_even(mean)))
            for mean in np.clip(lot.normal(3.3, spread, officers), 1.2, 3.95)
        ]
        for _ in range(runs)
    ]


def true_k(spread: float) -> float:
    """By a very long history: the variance within ÷ that between officers."""
    means = np.clip(np.random.default_rng(1).normal(3.3, spread, 2000), 1.2, 3.95)
    shares = [most_even(mean) for mean in means]
    within = [share @ RATINGS**2 - (share @ RATINGS) ** 2 for share in shares]
    return float(np.mean(within) / means.var())


def plain_range(unit: list[tuple[int, ...]]) -> tuple[float, float]:
    """The control: the moment estimate of the variance between, and 1.28 of its errors around."""
    counts = np.array(unit)
    n = counts.sum(axis=1)
    means = counts @ RATINGS / n
    within = float((counts @ RATINGS**2 - n * means**2).sum() / (n.sum() - len(n)))
    typical = (n.sum() - (n**2).sum() / n.sum()) / (len(n) - 1)
    among = float((n * (means - np.average(means, weights=n)) ** 2).sum() / (len(n) - 1))
    error = among / typical * (2 / (len(n) - 1)) ** 0.5
    ends = [(among - within) / typical + side * 1.2816 * error for side in (1, -1)]
    low, high = (within / end if end > 0 else inf for end in ends)
    return low, high


def test_with_four_officers_the_range_holds_the_truth_as_often_as_it_says() -> None:
    truth, made = true_k(0.13), histories(4, 0.13, 150)
    ours = [suggest_k([moments(each) for each in unit]) for unit in made]
    assert held(truth, [(each.low, each.high) for each in ours]) >= 0.75
    assert held(truth, [plain_range(unit) for unit in made]) < 0.7


def held(truth: float, ranges: list[tuple[float, float]]) -> float:
    return sum(low <= truth <= high for low, high in ranges) / len(ranges)
