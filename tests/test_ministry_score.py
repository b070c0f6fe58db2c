"""What the ministry scores of follow-up: how much is finished, and how fast (method §11)."""

from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.improvements.ministry_score import (
    SPEEDS,
    Finished,
    finished,
    ministry_score,
    months_taken,
)
from aggregation.improvements.register import State
from aggregation.months.period import Period

QUARTER = Period.parse("2026-Q3")


@dataclass(frozen=True)
class Answer:
    state: State
    done_on: date | None = None
    period: Period = QUARTER


def within(*months: int) -> list[Answer]:
    """Return actions done so many calendar months after September 2026."""
    return [Answer(State.DONE, QUARTER.months[-1].shift(each).first_day) for each in months]


def open_ones(count: int) -> list[Answer]:
    return [Answer(State.PLANNED)] * count


@pytest.mark.parametrize(
    ("done", "planned", "expected"),
    [
        (0, 0, Finished.NOTHING),
        (0, 1, Finished.PLANNED),
        (1, 4, Finished.BELOW_30),
        (29, 100, Finished.BELOW_30),
        (3, 10, Finished.FROM_30_TO_80),
        (30, 100, Finished.FROM_30_TO_80),
        (4, 5, Finished.FROM_30_TO_80),
        (81, 100, Finished.ABOVE_80),
        (9, 10, Finished.ABOVE_80),
        (10, 10, Finished.ALL),
        (1, 1, Finished.ALL),
    ],
)
def test_the_share_has_the_ministrys_classes(done: int, planned: int, expected: Finished) -> None:
    assert finished(done, planned) is expected


@pytest.mark.parametrize(
    ("day", "months"),
    [
        (date(2026, 7, 1), 0),
        (date(2026, 9, 30), 0),
        (date(2026, 10, 1), 1),
        (date(2026, 10, 31), 1),
        (date(2026, 11, 1), 2),
        (date(2026, 12, 31), 3),
        (date(2027, 9, 30), 12),
        (date(2027, 10, 1), 13),
    ],
)
def test_time_runs_in_calendar_months_from_the_end_of_the_period(day: date, months: int) -> None:
    assert months_taken(QUARTER, day) == months


@pytest.mark.parametrize(
    ("months", "speed"),
    [(0, 1), (1, 1), (2, 3), (3, 3), (4, 6), (6, 6), (7, 9), (9, 9), (10, 12), (12, 12),
     (13, None)],
)  # fmt: skip
def test_speed_has_the_ministrys_classes(months: int, speed: int | None) -> None:
    assert ministry_score(within(months)).within == speed


def test_more_than_half_of_the_actions_decide_the_speed() -> None:
    assert ministry_score(within(1, 2, 9)).months == 2
    assert ministry_score(within(1, 2, 9, 12)).months == 9
    assert ministry_score([*within(1, 2), *open_ones(1)]).months == 2


def test_few_fast_ones_among_many_open_ones_are_no_speed() -> None:
    score = ministry_score([*within(1), *open_ones(1)])
    assert (score.finished, score.months, score.within) == (Finished.FROM_30_TO_80, None, None)


def test_late_and_running_ones_are_not_finished() -> None:
    score = ministry_score([*within(1), Answer(State.LATE), Answer(State.RUNNING)])
    assert (score.done, score.planned) == (1, 3)


def test_dropped_ones_are_left_out() -> None:
    score = ministry_score([*within(1), Answer(State.DROPPED)])
    assert (score.planned, score.finished) == (1, Finished.ALL)


def test_nothing_planned_has_no_speed() -> None:
    score = ministry_score([])
    assert (score.finished, score.months, score.within) == (Finished.NOTHING, None, None)


@given(st.lists(st.integers(0, 30), max_size=9), st.integers(0, 9))
def test_one_more_done_is_never_worse(taken: list[int], waiting: int) -> None:
    """Finishing an open action, however late, lowers neither figure."""
    before = ministry_score([*within(*taken), *open_ones(waiting + 1)])
    after = ministry_score([*within(*taken, 30), *open_ones(waiting)])
    order = list(Finished)
    assert order.index(after.finished) >= order.index(before.finished)
    assert before.months is None or after.months == before.months


@given(st.lists(st.integers(0, 12), min_size=1, max_size=9))
def test_the_class_holds_the_months(taken: list[int]) -> None:
    score = ministry_score(within(*taken))
    assert score.months is not None
    assert score.within == min(speed for speed in SPEEDS if speed >= score.months)
