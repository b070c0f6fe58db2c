from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from math import exp, factorial, lgamma, log, prod, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import stdtrit

from aggregation.method.interval import (
    DesignEffectUnusable,
    Interval,
    Level,
    Moments,
    NobodyAnswered,
    index_interval,
    interval,
)
from survey.questionnaire import Element
from tests.questionnaires import many

FourCounts = tuple[int, int, int, int]
Shares = tuple[float, float, float, float]
Bounds = Callable[[FourCounts], tuple[float, float]]

EIGHTHS = st.integers(8, 32).map(lambda eighths: Fraction(eighths, 8))


def moments_of(counts: FourCounts) -> Moments:
    return Moments.of({Fraction(rating): count for rating, count in enumerate(counts, start=1)})


def share_below(share: float, a: float, b: float) -> float:
    """The regularised incomplete beta function by Lentz's continued fraction, in plain loops."""
    if share > (a + 1) / (a + b + 2):
        return 1 - share_below(1 - share, b, a)
    c, d = 1.0, 1 / (1 - (a + b) * share / (a + 1))
    fraction = d
    for m in range(1, 300):
        for step in (
            m * (b - m) * share / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * share / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / (1 + step * d)
            c = 1 + step / c
            fraction *= c * d
    front = lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(share) + b * log(1 - share)
    return exp(front) * fraction / a


# The bounds are what method §5 says.


@given(st.lists(EIGHTHS, min_size=1, max_size=60), st.sampled_from(Level), st.integers(4, 8))
def test_each_tail_beyond_the_bounds_holds_what_the_level_leaves(
    values: list[Fraction], level: Level, quarters: int
) -> None:
    n, effect = len(values), Fraction(quarters, 4)
    padded = [*values, *(Fraction(rating) for rating in (1, 2, 3, 4))]
    weights = [1.0] * n + [0.25] * 4
    mean = sum(w * float(x) for w, x in zip(weights, padded, strict=True)) / (n + 1)
    square = sum(w * float(x) ** 2 for w, x in zip(weights, padded, strict=True)) / (n + 1)
    share, variance = (mean - 1) / 3, (square - mean**2) / (n + 2) * float(effect) / 9
    size = share * (1 - share) / variance - 1

    bounds = interval(Moments(n, sum(values, Fraction(0)), _squares(values)), level, effect)

    tail = float(level.value)
    for bound, left in ((bounds.low, tail), (bounds.high, 1 - tail)):
        place = (float(bound) / 25 - 1) / 3
        below, above = max(place - 0.0001, 1e-12), min(place + 0.0001, 1 - 1e-12)
        assert share_below(below, share * size, (1 - share) * size) <= left + 1e-6
        assert share_below(above, share * size, (1 - share) * size) >= left - 1e-6


def _squares(values: list[Fraction]) -> Fraction:
    return sum((x * x for x in values), Fraction(0))


@given(st.lists(EIGHTHS, min_size=1, max_size=60))
def test_bounds_lie_on_the_scale_and_around_the_middle(values: list[Fraction]) -> None:
    bounds = interval(Moments(len(values), sum(values, Fraction(0)), _squares(values)))
    pulled = 25 * (sum(values, Fraction(0)) + Fraction(5, 2)) / (len(values) + 1)
    assert Decimal(25) <= bounds.low < pulled < bounds.high <= Decimal(100)


@given(st.lists(EIGHTHS, min_size=1, max_size=30))
def test_more_certainty_and_clustering_widen_the_interval(values: list[Fraction]) -> None:
    moments = Moments(len(values), sum(values, Fraction(0)), _squares(values))
    plain = interval(moments)
    for wider in (interval(moments, Level.P99), interval(moments, design_effect=Fraction(2))):
        assert wider.half_width >= plain.half_width


def test_more_responses_of_the_same_kind_narrow_the_interval() -> None:
    widths = [interval(moments_of((n, n, 3 * n, 5 * n))).half_width for n in (1, 2, 5, 20, 100)]
    assert widths == sorted(widths, reverse=True)


def test_pooled_moments_are_those_of_all_responses() -> None:
    assert moments_of((1, 0, 2, 4)) + moments_of((0, 3, 1, 5)) == moments_of((1, 3, 3, 9))


def test_when_all_answer_4_the_interval_still_has_a_width() -> None:
    assert interval(moments_of((0, 0, 0, 30))) == Interval(Decimal("94.69"), Decimal("99.99"))


def test_half_the_width_is_exact() -> None:
    assert Interval(Decimal("81.52"), Decimal("91.19")).half_width == Decimal("4.835")


def test_without_a_response_there_is_no_interval() -> None:
    with pytest.raises(NobodyAnswered):
        interval(Moments(0, Fraction(0), Fraction(0)))
    with pytest.raises(NobodyAnswered):
        index_interval({})


@pytest.mark.parametrize("effect", ["0.99", "2.01", "-1"])
def test_a_design_effect_lies_from_1_to_2(effect: str) -> None:
    with pytest.raises(DesignEffectUnusable):
        interval(moments_of((1, 1, 1, 1)), design_effect=Fraction(effect))


@given(many())
def test_an_index_has_the_interval_of_its_sheets_means(sheets: list[dict[Element, int]]) -> None:
    means = [Fraction(sum(sheet.values()), 9) for sheet in sheets]
    totals = [sum(sheet.values()) for sheet in sheets]
    expected = interval(Moments(len(means), sum(means, Fraction(0)), _squares(means)))
    assert index_interval({total: totals.count(total) for total in totals}) == expected


# Coverage, exactly: every possible sample of n ratings, weighted by its probability.


def samples(n: int) -> Iterator[FourCounts]:
    for ones in range(n + 1):
        for twos in range(n + 1 - ones):
            for threes in range(n + 1 - ones - twos):
                yield ones, twos, threes, n - ones - twos - threes


def coverage(n: int, shares: Shares, bounds: Bounds) -> float:
    true_index = 25 * sum(rating * share for rating, share in enumerate(shares, start=1))
    covered = 0.0
    for counts in samples(n):
        low, high = bounds(counts)
        if low <= true_index <= high:
            ways = factorial(n) // prod(map(factorial, counts))
            covered += ways * prod(s**c for s, c in zip(shares, counts, strict=True))
    return covered


def tilted(tilt: float) -> Shares:
    one, two, three, four = (exp(tilt * (rating - 4)) for rating in (1, 2, 3, 4))
    whole = one + two + three + four
    return one / whole, two / whole, three / whole, four / whole


def most_even(mean: float) -> Shares:
    """The distribution of maximum entropy on 1 to 4 with this mean."""
    low, high = -20.0, 20.0
    for _ in range(80):
        middle = (low + high) / 2
        reached = sum(rating * share for rating, share in enumerate(tilted(middle), start=1))
        low, high = (middle, high) if reached < mean else (low, middle)
    return tilted(low)


DISTRIBUTIONS = [most_even(mean / 10) for mean in range(26, 40)]


def ours(counts: FourCounts) -> tuple[float, float]:
    bounds = interval(moments_of(counts))
    return float(bounds.low), float(bounds.high)


def students(counts: FourCounts) -> tuple[float, float]:
    n = sum(counts)
    mean = sum(r * c for r, c in enumerate(counts, start=1)) / n
    spread = sum(c * (r - mean) ** 2 for r, c in enumerate(counts, start=1)) / (n - 1)
    half = float(stdtrit(n - 1, 0.975)) * sqrt(spread / n)
    return 25 * (mean - half), 25 * (mean + half)


def covers_well(bounds: Bounds) -> bool:
    """At n = 5 and 10: at least 88 and 92 % each, and 93 to 97 % on average (quality: fair)."""
    kept = True
    for n, least in ((5, 0.88), (10, 0.92)):
        known = {counts: bounds(counts) for counts in samples(n)}
        reached = [coverage(n, shares, known.__getitem__) for shares in DISTRIBUTIONS]
        kept &= min(reached) >= least and 0.93 <= sum(reached) / len(reached) <= 0.97
    return kept


def test_small_samples_are_covered_as_promised_where_students_t_fails() -> None:
    assert covers_well(ours)
    assert not covers_well(students)
