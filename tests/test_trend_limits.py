import doctest
from collections.abc import Sequence
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method import trend_limits as module
from aggregation.method.trend_limits import LEAST_MONTHS, TrendLimits, trend_limits

PUBLISHED = ["82.90", "83.60", "82.40", "83.90", "84.30", "83.20", "84.80", "83.70"]


def points(least: int = 2500, most: int = 10_000) -> st.SearchStrategy[Decimal]:
    return st.integers(least, most).map(lambda cents: Decimal(cents).scaleb(-2))


def series(least: int = LEAST_MONTHS, most: int = 24) -> st.SearchStrategy[list[Decimal]]:
    return st.lists(points(), min_size=least, max_size=most)


def with_gaps() -> st.SearchStrategy[list[Decimal | None]]:
    return st.lists(st.none() | points(), max_size=24)


def by_floats(indices: Sequence[Decimal | None]) -> tuple[float, float, float]:
    """Compute the chart another way: loops and floats."""
    known = [float(index) for index in indices if index is not None]
    ranges = []
    for place in range(1, len(indices)):
        one, other = indices[place - 1], indices[place]
        if one is not None and other is not None:
            ranges.append(abs(float(other) - float(one)))
    centre = sum(known) / len(known)
    reach = 3 * (sum(ranges) / len(ranges)) / 1.128
    return centre, max(25.0, centre - reach), min(100.0, centre + reach)


def limits(indices: Sequence[Decimal | None]) -> TrendLimits:
    found = trend_limits(indices)
    assert found is not None
    return found


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(module).failed == 0


@given(series())
def test_limits_are_those_of_the_chart_for_individual_values(indices: list[Decimal]) -> None:
    found = limits(indices)
    for ours, theirs in zip((found.centre, found.low, found.high), by_floats(indices), strict=True):
        # 2.66 is 3/1.128 as tables print it.
        assert float(ours) == pytest.approx(theirs, abs=0.06)


@given(with_gaps())
def test_fewer_than_six_months_give_no_limits(indices: list[Decimal | None]) -> None:
    if sum(index is not None for index in indices) < 6:
        assert trend_limits(indices) is None


def test_six_months_in_a_row_give_limits_and_six_torn_apart_do_not() -> None:
    six: list[Decimal | None] = [Decimal(index) for index in PUBLISHED[:6]]
    assert trend_limits(six) is not None
    assert trend_limits([*six[:3], None, *six[3:]]) is None


@given(series(least=8))
def test_a_gap_is_no_zero(indices: list[Decimal]) -> None:
    torn = limits([*indices, None, *indices])
    as_zeros = limits([*indices, Decimal(0), *indices])
    assert torn.centre == limits(indices * 2).centre
    assert as_zeros.centre < torn.centre


@given(series())
def test_the_direction_of_time_does_not_matter(indices: list[Decimal]) -> None:
    assert limits(indices) == limits(indices[::-1])


@given(points(), st.integers(6, 24))
def test_months_that_are_all_alike_have_no_room_between_the_limits(
    index: Decimal, months: int
) -> None:
    found = limits([index] * months)
    assert (found.low, found.centre, found.high) == (index, index, index)
    assert found.cover(index)
    assert not found.cover(index - Decimal("0.01"))


@given(series())
def test_limits_stay_on_the_scale_and_around_the_centre(indices: list[Decimal]) -> None:
    found = limits(indices)
    assert Decimal(25) <= found.low <= found.centre <= found.high <= Decimal(100)


def test_a_sudden_drop_lies_beyond_the_limits() -> None:
    steady = [Decimal("84.00") + Decimal(place % 2) / 5 for place in range(12)]
    dropped = [*steady, Decimal("79.00")]
    assert not limits(dropped).cover(dropped[-1])
    assert all(limits(dropped).cover(index) for index in steady)
