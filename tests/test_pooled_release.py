"""A longer period never lets a hidden month be found by subtraction."""

from collections.abc import Callable
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.pooled_release import Pool, may_be_shown
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.months.period import NotAPeriod, Period

YEAR = [f"2026-{month:02d}" for month in range(1, 13)]
PERIODS = [
    *YEAR,
    *(f"2026-{part}" for part in ("Q1", "Q2", "Q3", "Q4", "S1", "S2")),
    "2026",
]
Counts = dict[str, int]


def months_of(period: str) -> list[str]:
    return [str(month) for month in Period.parse(period).months]


def shown(period: str, n: Counts) -> bool:
    return may_be_shown(Period.parse(period).pool(), n)


def careless(period: str, n: Counts) -> bool:
    return sum(n.get(month, 0) for month in months_of(period)) >= SMALLEST_CELL


def rank(vectors: list[list[int]]) -> int:
    """Return how many of the vectors are independent, by elimination."""
    rows = [[Fraction(value) for value in vector] for vector in vectors]
    found = 0
    for place in range(len(YEAR)):
        pivot = next((r for r in range(found, len(rows)) if rows[r][place]), None)
        if pivot is None:
            continue
        rows[found], rows[pivot] = rows[pivot], rows[found]
        for r in range(len(rows)):
            if r != found and rows[r][place]:
                factor = rows[r][place] / rows[found][place]
                rows[r] = [a - factor * b for a, b in zip(rows[r], rows[found], strict=True)]
        found += 1
    return found


def vector(months: list[str], n: Counts) -> list[int]:
    """Return which months that have anybody in them a sum is of."""
    return [int(month in months and n.get(month, 0) > 0) for month in YEAR]


def derived(shows: Callable[[str, Counts], bool], growing: list[Counts]) -> list[str]:
    """Return the hidden periods that follow from all that was ever shown."""
    at_last = growing[-1]
    released = [
        vector([month for month in months_of(period) if month in n], n)
        for n, period in product(growing, PERIODS)
        if shows(period, n)
    ]
    known = rank(released)
    small = [p for p in PERIODS if 0 < sum(at_last.get(m, 0) for m in months_of(p)) < SMALLEST_CELL]
    return [p for p in small if rank([*released, vector(months_of(p), at_last)]) == known]


def as_it_grows(n: Counts) -> list[Counts]:
    """Return what is closed after each month of the year."""
    return [{month: n[month] for month in YEAR[:end] if month in n} for end in range(1, 13)]


counts = st.lists(st.one_of(st.integers(0, 14), st.just(40)), min_size=1, max_size=12).map(
    lambda values: dict(zip(YEAR, values, strict=False))
)


@given(counts)
def test_no_hidden_period_follows_from_what_is_ever_shown(n: Counts) -> None:
    assert derived(shown, as_it_grows(n)) == []


def test_without_the_rule_a_hidden_month_is_found() -> None:
    n = dict(zip(YEAR, [40, 40, 4], strict=False))
    assert derived(careless, as_it_grows(n)) == ["2026-03"]
    assert derived(shown, as_it_grows(n)) == []


def test_an_office_with_few_questionnaires_a_month_still_has_a_quarter() -> None:
    n = dict(zip(YEAR, [8, 8, 8], strict=False))
    assert [shown(period, n) for period in ("2026-01", "2026-Q1")] == [False, True]


@pytest.mark.parametrize(
    ("n", "period", "expected"),
    [
        ([40, 40, 40], "2026-Q1", True),
        ([40, 40, 4], "2026-Q1", False),
        ([40, 4, 6], "2026-Q1", True),
        ([40, 0, 40], "2026-Q1", True),
        ([3, 3, 3], "2026-Q1", False),
        ([40, 40], "2026-Q1", True),
        ([8, 8], "2026-Q1", False),
        ([40, 40, 4, 40, 40, 4], "2026-S1", False),
        ([40, 40, 4, 40, 40, 7], "2026-S1", True),
        ([40, 4, 6, 40, 40, 4], "2026-S1", False),
        ([], "2026", False),
    ],
)
def test_what_is_left_over_is_nobody_or_at_least_ten(
    n: list[int], period: str, expected: bool
) -> None:
    assert shown(period, dict(zip(YEAR, n, strict=False))) is expected


@pytest.mark.parametrize(
    ("text", "months"),
    [("2026-10", 1), ("2026-Q4", 3), ("2026-S1", 6), ("2026", 12)],
)
def test_a_period_knows_its_months(text: str, months: int) -> None:
    period = Period.parse(text)
    assert len(period.months) == months
    assert period.pool().months() == [str(month) for month in period.months]
    assert set(period.months) <= {month for p in ("2026",) for month in Period.parse(p).months}


@pytest.mark.parametrize("period", PERIODS)
def test_a_period_is_made_of_the_next_smaller_ones(period: str) -> None:
    def names(pool: Pool) -> set[str]:
        return {pool.name}.union(*(names(part) for part in pool.parts))

    inside = {other for other in PERIODS if set(months_of(other)) <= set(months_of(period))}
    assert names(Period.parse(period).pool()) == inside


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-Q5", "2026-S3", "2026-Q", "26", "1999", "2026-10\n"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(NotAPeriod):
        Period.parse(text)
