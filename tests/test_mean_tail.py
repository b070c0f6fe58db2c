from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import betainc

from aggregation.method.mean_tail import PSEUDO_RESPONSE, share_at_or_below
from tests.populations import RATINGS

COUNTS = st.tuples(*[st.integers(0, 40)] * 4)
BORDERS = st.floats(1.05, 3.95)


def tail(counts: tuple[int, ...], border: float) -> float:
    weights = np.array([counts]) + PSEUDO_RESPONSE
    return float(share_at_or_below(np.array([border]), RATINGS, weights)[0])


@given(st.integers(1, 300), st.integers(1, 300), BORDERS)
def test_with_ones_and_fours_alone_it_is_the_beta_distribution(
    ones: int, fours: int, border: float
) -> None:
    weights = np.array([[ones, fours]], dtype=float)
    found = share_at_or_below(np.array([border]), np.array([1.0, 4.0]), weights)
    assert found[0] == pytest.approx(betainc(fours, ones, (border - 1) / 3), rel=1e-5, abs=1e-300)


@given(COUNTS, BORDERS)
def test_drawing_the_weights_by_lot_gives_the_same(counts: tuple[int, ...], border: float) -> None:
    weights = np.array(counts) + PSEUDO_RESPONSE
    drawn = np.random.default_rng(7).dirichlet(weights, 20_000) @ RATINGS
    assert tail(counts, border) == pytest.approx((drawn <= border).mean(), abs=0.02)


@given(COUNTS, BORDERS, st.integers(0, 2))
def test_raising_a_rating_never_adds_to_the_tail(
    counts: tuple[int, ...], border: float, which: int
) -> None:
    low = list(counts)
    low[which] += 1
    raised = list(counts)
    raised[which + 1] += 1
    assert tail(tuple(raised), border) <= tail(tuple(low), border) * (1 + 1e-5)


def test_the_beta_of_the_interval_does_not_keep_that_order() -> None:
    """The control: of fifty, one who said 1 says 2, and the Beta is surer that it is too little."""
    assert beta_above((1, 0, 49, 0), 3.0644) < 0.006
    assert beta_above((1, 0, 49, 0), 3.0644) > 5 * beta_above((0, 1, 49, 0), 3.0644) > 0


def beta_above(counts: tuple[int, ...], border: float) -> float:
    n = sum(counts)
    mean = (sum(r * c for r, c in enumerate(counts, start=1)) + Fraction(5, 2)) / (n + 1)
    square = (sum(r * r * c for r, c in enumerate(counts, start=1)) + Fraction(15, 2)) / (n + 1)
    share, variance = (mean - 1) / 3, (square - mean**2) / (n + 2) / 9
    size = share * (1 - share) / variance - 1
    return float(1 - betainc(float(share * size), float((1 - share) * size), (border - 1) / 3))


@pytest.mark.parametrize(("border", "share"), [(0.5, 0), (1, 0), (4, 1), (4.2, 1)])
def test_at_the_ends_of_the_scale_there_is_nothing_to_weigh(border: float, share: float) -> None:
    assert tail((3, 0, 2, 9), border) == share


def test_rows_are_weighed_each_against_its_own_border() -> None:
    rows = [(9, 20, 40, 6), (0, 0, 5, 70), (2, 8, 30, 35)]
    borders = [3.0, 3.6, 4.1]
    weights = np.array(rows) + PSEUDO_RESPONSE
    together = share_at_or_below(np.array(borders), RATINGS, weights)
    assert list(together) == pytest.approx(list(map(tail, rows, borders)), rel=1e-9)
