import doctest
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from math import sqrt
from random import Random
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method import funnel as module
from aggregation.method.funnel import Funnel, Place, Reach, TooFewForAFunnel, funnel

UNITS = st.dictionaries(st.integers(9, 36), st.integers(1, 300), min_size=1, max_size=28).filter(
    lambda totals: sum(totals.values()) > 1
)
Makes = Callable[[dict[int, int]], Funnel]


def test_the_examples_in_the_docstrings_hold() -> None:
    assert doctest.testmod(module).failed == 0


@given(UNITS, st.integers(10, 5000))
def test_the_limits_are_those_of_the_formula(totals: dict[int, int], n: int) -> None:
    points = [25 * total / 9 for total, count in totals.items() for _ in range(count)]
    for reach, z in ((Reach.INNER, 1.96), (Reach.OUTER, 3.09)):
        low, high = funnel(totals).limits(n, reach)
        distance = z * stdev(points) / sqrt(n)
        assert abs(float(low) - max(25, mean(points) - distance)) < 0.0051
        assert abs(float(high) - min(100, mean(points) + distance)) < 0.0051


@given(UNITS, st.integers(10, 1000))
def test_the_funnel_narrows_and_never_leaves_the_scale(totals: dict[int, int], n: int) -> None:
    shape = funnel(totals)
    for reach in Reach:
        low, high = shape.limits(n, reach)
        further_low, further_high = shape.limits(n * 2, reach)
        assert 25 <= low <= further_low <= further_high <= high <= 100
    inner, outer = (shape.limits(n, reach) for reach in (Reach.INNER, Reach.OUTER))
    assert outer[0] <= inner[0] <= inner[1] <= outer[1]


@given(UNITS, st.integers(1, 50), st.integers(10, 300))
def test_the_same_questionnaires_again_change_the_limits_by_next_to_nothing(
    totals: dict[int, int], times: int, n: int
) -> None:
    again = {total: count * times for total, count in totals.items()}
    assert funnel(again).mean == funnel(totals).mean
    assert funnel(again).variance <= funnel(totals).variance
    assert funnel(again).place(Decimal(100), n) in Place


def test_an_index_on_a_limit_is_within() -> None:
    shape = funnel({27: 50, 36: 50})
    low, high = shape.limits(100, Reach.OUTER)
    assert shape.place(low, 100) is shape.place(high, 100) is Place.WITHIN
    assert shape.place(low - Decimal("0.01"), 100) is Place.BELOW
    assert shape.place(high + Decimal("0.01"), 100) is Place.ABOVE


@pytest.mark.parametrize("totals", [{}, {30: 1}])
def test_one_questionnaire_has_no_spread(totals: dict[int, int]) -> None:
    with pytest.raises(TooFewForAFunnel):
        funnel(totals)


def false_alarms(make: Makes, runs: int = 250, desks: int = 6) -> float:
    """Return how often an office whose desks are truly alike has one outside the funnel."""
    drawn, alarms = Random(7), 0
    for _ in range(runs):
        parts = []
        for _ in range(desks):
            n = drawn.randint(10, 80)
            # Half of a questionnaire's spread is the citizen's: totals are wider than nine dice.
            moods = [drawn.choice((0.05, 0.2, 0.35)) for _ in range(n)]
            parts.append([sum(drawn.choices((4, 3, 2), (1 - m, m, m / 4), k=9)) for m in moods])
        shape = make(dict(Counter(total for part in parts for total in part)))
        places = [
            shape.place(
                Decimal(round(25 * sum(p) / 9 / len(p), 2)).quantize(Decimal("0.01")), len(p)
            )
            for p in parts
        ]
        alarms += any(place is not Place.WITHIN for place in places)
    return alarms / runs


def test_an_office_of_equal_desks_is_hardly_ever_told_of_one_that_differs() -> None:
    assert false_alarms(funnel) <= 0.04


def test_limits_of_95_percent_would_call_far_too_many() -> None:
    class Narrow(Funnel):
        def limits(self, n: int, reach: Reach) -> tuple[Decimal, Decimal]:
            del reach
            return super().limits(n, Reach.INNER)

    def narrow(totals: dict[int, int]) -> Funnel:
        found = funnel(totals)
        return Narrow(found.mean, found.variance)

    assert false_alarms(narrow) > 0.1
