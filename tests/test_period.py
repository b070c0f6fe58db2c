"""Periods as they are written, and what they are made of."""

import pytest

from aggregation.method.pool import Pool
from aggregation.months.period import NotAPeriod, Period
from tests.subtraction import months

PERIODS = [
    *(f"2026-{month:02d}" for month in range(1, 13)),
    *(f"2026-{part}" for part in ("Q1", "Q2", "Q3", "Q4", "S1", "S2")),
    "2026",
]


@pytest.mark.parametrize(
    ("text", "count"), [("2026-10", 1), ("2026-Q4", 3), ("2026-S1", 6), ("2026", 12)]
)
def test_a_period_knows_its_months(text: str, count: int) -> None:
    period = Period.parse(text)
    assert len(period.months) == count
    assert period.pool().months() == [str(month) for month in period.months]
    assert set(months(text)) <= set(months("2026"))


def test_a_period_is_made_of_the_next_smaller_ones() -> None:
    def names(pool: Pool) -> set[str]:
        return {pool.name}.union(*(names(part) for part in pool.parts))

    for period in PERIODS:
        inside = {other for other in PERIODS if set(months(other)) <= set(months(period))}
        assert names(Period.parse(period).pool()) == inside


def test_a_month_ends_the_periods_it_is_the_last_one_of() -> None:
    for period in PERIODS:
        last = Period.parse(period).months[-1]
        assert period in [each.name for each in Period.ending(last)]
    assert sum(len(Period.ending(m)) for m in Period.parse("2026").months) == len(PERIODS)


@pytest.mark.parametrize(
    "text", ["", "2026-13", "2026-Q5", "2026-S3", "2026-Q", "26", "1999", "2026-10\n"]
)
def test_what_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(NotAPeriod):
        Period.parse(text)
