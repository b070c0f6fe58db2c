"""The tests behind inquiries: how often an honest office is asked, and who is found (method §7)."""

from collections.abc import Mapping
from math import comb

import numpy as np
import pytest

from aggregation.method.inquiry_signals import (
    FALSE_ALARM,
    Invited,
    RatedHalfHour,
    at_least,
    holm,
    invitation_skew,
    trading,
)

OFFICERS, DAYS, SLOTS = 6, 20, 14
MONTHS = 400


def half_hours(marks: np.ndarray) -> list[RatedHalfHour]:
    """Return what a matrix of days and slots says: 1 all best, 0 not all best, -1 unrated."""
    return [
        RatedHalfHour(day, day * 48 + 16 + slot, bool(mark))
        for day, row in enumerate(marks)
        for slot, mark in enumerate(row)
        if mark >= 0
    ]


def month_of_pairs(random: np.random.Generator, share: np.ndarray) -> dict[int, np.ndarray]:
    """Draw officers whose half hours are all-best as the day has it, each on their own."""
    found = {}
    for officer in range(OFFICERS):
        marks = (random.random((DAYS, SLOTS)) < share[:, None]).astype(int)
        marks[random.random((DAYS, SLOTS)) < 0.3] = -1
        found[officer] = marks
    return found


def traded(marks: Mapping[int, np.ndarray]) -> list[tuple[int, int]]:
    return trading({officer: half_hours(each) for officer, each in marks.items()})


def test_officers_who_have_good_and_bad_days_together_are_not_taken_for_traders() -> None:
    random = np.random.default_rng(7)
    alarms = sum(
        bool(traded(month_of_pairs(random, random.choice([0.2, 0.5, 0.9], DAYS))))
        for _ in range(MONTHS)
    )
    assert alarms / MONTHS <= FALSE_ALARM + 3 * (FALSE_ALARM / MONTHS) ** 0.5


def test_without_days_of_their_own_such_an_office_would_be_accused() -> None:
    """A control: the same months as if they were one long day."""
    random = np.random.default_rng(7)

    def as_one_day(marks: np.ndarray) -> list[RatedHalfHour]:
        return [RatedHalfHour(0, e.half_hour, e.all_best) for e in half_hours(marks)]

    alarms = 0
    for _ in range(20):
        month = month_of_pairs(random, random.choice([0.2, 0.5, 0.9], DAYS))
        alarms += bool(trading({officer: as_one_day(m) for officer, m in month.items()}))
    assert alarms > 10


def test_two_who_trade_every_other_half_hour_are_found() -> None:
    random = np.random.default_rng(8)
    found = 0
    for _ in range(50):
        marks = month_of_pairs(random, np.full(DAYS, 0.5))
        together = random.random((DAYS, SLOTS)) < 0.4
        for officer in (1, 4):
            marks[officer][together] = 1
            marks[officer][~together & (random.random((DAYS, SLOTS)) < 0.5)] = 0
        found += (1, 4) in traded(marks)
    assert found >= 48


def test_a_pair_that_is_seldom_rated_together_is_not_tested() -> None:
    few = half_hours(np.ones((1, 19), dtype=int))
    assert trading({1: few, 2: few}) == []


def month_of_visits(random: np.random.Generator, coverage: np.ndarray) -> dict[int, Invited]:
    found = {}
    for officer in range(OFFICERS):
        visits = int(random.integers(150, 500))
        responses = int(random.binomial(visits, coverage[officer]))
        found[officer] = Invited(visits, responses, int(random.binomial(responses, 0.6)))
    return found


def test_few_citizens_alone_are_no_reason_to_ask() -> None:
    random = np.random.default_rng(9)
    coverage = np.array([0.08, *[0.35] * (OFFICERS - 1)])
    alarms = sum(bool(invitation_skew(month_of_visits(random, coverage))) for _ in range(MONTHS))
    assert alarms / MONTHS <= FALSE_ALARM + 3 * (FALSE_ALARM / MONTHS) ** 0.5


def test_happy_citizens_alone_are_no_reason_to_ask() -> None:
    officers = {n: Invited(300, 100, 50) for n in range(1, OFFICERS)}
    assert invitation_skew({**officers, 0: Invited(300, 100, 99)}) == []


def test_who_invites_only_the_happy_is_found() -> None:
    random = np.random.default_rng(10)
    found = 0
    for _ in range(100):
        month = month_of_visits(random, np.full(OFFICERS, 0.35))
        month[2] = Invited(month[2].visits, n := int(month[2].visits * 0.12), n - n // 20)
        found += invitation_skew(month) == [2]
    assert found >= 90


def test_without_visits_nobody_is_asked() -> None:
    assert invitation_skew({1: Invited(0, 0, 0), 2: Invited(99, 1, 1), 3: Invited(0, 0, 0)}) == []


@pytest.mark.parametrize("seen", range(9))
def test_the_tail_is_that_of_counting_all_draws(seen: int) -> None:
    drawn, marked, total = 8, 11, 20
    ways = sum(comb(marked, n) * comb(total - marked, drawn - n) for n in range(seen, drawn + 1))
    assert at_least(seen, drawn, marked, total) == pytest.approx(ways / comb(total, drawn))


def test_of_many_subjects_each_has_to_be_rarer() -> None:
    assert holm({"a": 0.004, "b": 0.009}, among=2) == ["a", "b"]
    assert holm({"a": 0.004, "b": 0.009}, among=3) == []
