"""The rules of screening themselves: blind to the value, blind to the address (method §7)."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.screening import LOCAL, bursts, is_fast, is_straight_line, minute_of

NINE_O_CLOCK = datetime(2026, 10, 5, 2, tzinfo=UTC)
SECONDS = st.lists(st.integers(0, 3600), max_size=40)
RATINGS = st.lists(st.integers(1, 4), max_size=9)
TOOK = st.integers(-5, 20).map(lambda seconds: timedelta(seconds=seconds))


def after(seconds: float) -> datetime:
    return NINE_O_CLOCK + timedelta(seconds=seconds)


@pytest.mark.parametrize(("seconds", "fast"), [(0, True), (4.9, True), (5, False), (15, False)])
def test_a_tap_within_five_seconds_of_the_one_before_is_a_childs(
    seconds: float, fast: bool
) -> None:
    assert is_fast(NINE_O_CLOCK, after(seconds)) is fast


def test_the_first_tap_at_a_tablet_follows_none() -> None:
    assert not is_fast(None, NINE_O_CLOCK)


def test_a_family_of_three_within_a_minute_counts() -> None:
    family = [after(0), after(15), after(30)]
    assert bursts(family) == set()
    assert not any(is_fast(one, other) for one, other in pairwise(family))


@pytest.mark.parametrize(("taps", "found"), [(7, 0), (8, 8), (15, 15)])
def test_eight_at_a_desk_in_ten_minutes_are_a_burst(taps: int, found: int) -> None:
    assert len(bursts([after(20 * n) for n in range(taps)])) == found


def test_a_burst_leaves_out_who_came_long_before_and_long_after() -> None:
    taps = [after(0), *(after(3600 + 20 * n) for n in range(8)), after(7200)]
    assert bursts(taps) == set(range(1, 9))


def test_one_every_minute_and_a_half_is_a_queue() -> None:
    assert bursts([after(95 * n) for n in range(60)]) == set()


@given(SECONDS)
def test_whoever_has_seven_others_within_ten_minutes_is_in_a_burst(seconds: list[int]) -> None:
    taps = [after(second) for second in sorted(seconds)]
    found = bursts(taps)
    for first, tap in enumerate(taps):
        within = [n for n, other in enumerate(taps) if tap <= other <= tap + LOCAL.burst_time]
        if len(within) >= LOCAL.burst:
            assert first in found
    for place in found:
        near = [t for t in taps if abs(minute_of(t) - minute_of(taps[place])) <= LOCAL.burst_time]
        assert len(near) >= LOCAL.burst


@pytest.mark.parametrize("rating", [1, 2, 3, 4])
def test_nine_equal_answers_within_ten_seconds_were_not_read(rating: int) -> None:
    assert is_straight_line([rating] * 9, timedelta(seconds=9))
    assert not is_straight_line([rating] * 9, timedelta(seconds=10))
    assert not is_straight_line([rating] * 8, timedelta(seconds=2))


@given(RATINGS, TOOK)
def test_turning_all_ratings_over_changes_nothing(ratings: list[int], took: timedelta) -> None:
    assert is_straight_line(ratings, took) == is_straight_line([5 - r for r in ratings], took)


def test_a_rule_that_peeks_at_the_value_is_noticed() -> None:
    def only_praise(ratings: Collection[int], took: timedelta) -> bool:
        return is_straight_line(ratings, took) and set(ratings) == {4}

    ratings, took = [4] * 9, timedelta(seconds=3)
    assert only_praise(ratings, took) != only_praise([5 - r for r in ratings], took)
