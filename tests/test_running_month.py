import doctest
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from aggregation.method import live_release
from aggregation.method.live_release import STEP, in_steps, released_through
from aggregation.months.running_month import RunningMonth, running_month
from survey.month import Month
from tests.month_factories import NINE, Seen, SmallOffice, at, small_office, store

NOVEMBER = Month(2026, 11)
FIRST = NOVEMBER.first_day
FULL = dict.fromkeys(NINE, 3)
Release = Callable[[Mapping[date, int], date], date | None]


def day(number: int) -> date:
    return date(2026, 11, number)


def days() -> st.SearchStrategy[dict[date, int]]:
    """How many ratings each day of a month brought."""
    return st.lists(st.integers(0, 25), max_size=30).map(
        lambda counts: {FIRST + timedelta(days=place): n for place, n in enumerate(counts) if n}
    )


def seen_by_watching(ratings: Mapping[date, int], release: Release) -> list[int]:
    """Return how many ratings the figures rest on, day after day, of somebody who looks often."""
    seen = [0]
    for today in (FIRST + timedelta(days=place) for place in range(31)):
        so_far = {each: n for each, n in ratings.items() if each <= today}
        through = release(so_far, today)
        count = 0 if through is None else sum(n for d, n in so_far.items() if d <= through)
        if count != seen[-1]:
            seen.append(count)
    return seen


def every_evening(ratings: Mapping[date, int], today: date) -> date | None:
    """Release whatever is there from ten on, as a careless page would."""
    over = {each: n for each, n in ratings.items() if each < today}
    return max(over) if sum(over.values()) >= STEP else None


def steps(seen: list[int]) -> list[int]:
    return [after - before for before, after in pairwise(seen)]


def running(
    session: Session, office: SmallOffice, today: date, *, with_today: bool = True
) -> RunningMonth:
    return running_month(session, office.unit_id, NOVEMBER, today, with_today=with_today)


def rated(ratings: Iterable[int], on: date, nine: Mapping[str, int] | None = None) -> list[Seen]:
    half_hour = at(on.day, 9, NOVEMBER)
    return [Seen(half_hour, overall=r, nine=nine or {}, received_on=on) for r in ratings]


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(live_release).failed == 0


@given(days())
def test_whoever_looks_every_day_sees_figures_move_by_ten_ratings_or_more(
    ratings: dict[date, int],
) -> None:
    assert all(step >= STEP for step in steps(seen_by_watching(ratings, released_through)))


def test_a_release_that_moves_by_less_is_noticed() -> None:
    ratings = {day(2): 10, day(3): 1}
    assert steps(seen_by_watching(ratings, every_evening)) == [10, 1]
    assert steps(seen_by_watching(ratings, released_through)) == [10]


@given(days(), st.integers(0, 40))
def test_the_current_day_changes_no_figure(ratings: dict[date, int], more: int) -> None:
    today = FIRST + timedelta(days=len(ratings))
    busier = ratings | {today: ratings.get(today, 0) + more}
    assert released_through(busier, today) == released_through(ratings, today)


@given(st.integers(0, 10_000))
def test_counts_are_told_in_tens_and_never_too_high(count: int) -> None:
    told = in_steps(count)
    assert told % STEP == 0
    assert told <= count < told + STEP


def test_nine_responses_tell_nothing_and_the_tenth_tells_ten(session: Session) -> None:
    office = small_office(session)
    store(session, office, rated([4] * 9, day(2)), NOVEMBER)
    assert running(session, office, day(2)).responses == 0
    store(session, office, rated([1], day(2)), NOVEMBER)
    found = running(session, office, day(2))
    assert (found.responses, found.questionnaires, found.faces) == (10, 0, None)


def test_faces_follow_when_the_day_is_over(session: Session) -> None:
    office = small_office(session)
    store(session, office, rated([4] * 7 + [2] * 5, day(2)), NOVEMBER)
    faces = running(session, office, day(3)).faces
    assert faces is not None
    assert (faces.through, faces.n, faces.counts) == (day(2), 12, {1: 0, 2: 5, 3: 0, 4: 7})


def test_faces_stay_as_they_are_until_ten_more_came(session: Session) -> None:
    office = small_office(session)
    store(session, office, rated([4] * 12, day(2)), NOVEMBER)
    before = running(session, office, day(3)).faces
    store(session, office, rated([1] * 9, day(3)), NOVEMBER)
    assert running(session, office, day(4)).faces == before
    store(session, office, rated([1], day(4)), NOVEMBER)
    after = running(session, office, day(5)).faces
    assert after is not None
    assert (after.through, after.counts[1]) == (day(4), 10)


def test_an_officer_is_told_nothing_of_the_current_day(session: Session) -> None:
    office = small_office(session)
    store(session, office, rated([4] * 11, day(2), FULL), NOVEMBER)
    yesterday = running(session, office, day(3), with_today=False)
    store(session, office, rated([4] * 25, day(3), FULL), NOVEMBER)
    assert running(session, office, day(3), with_today=False) == yesterday
    whole = running(session, office, day(3))
    assert (whole.responses, whole.questionnaires) == (30, 30)


@pytest.mark.parametrize(
    "other",
    [
        Seen(at(2, 9, NOVEMBER), late=True, nine=FULL),
        Seen(at(2, 9, NOVEMBER), overall=None, nine={**FULL, "biaya": 0}),
    ],
)
def test_late_responses_are_not_counted_and_half_sheets_are_no_questionnaires(
    session: Session, other: Seen
) -> None:
    office = small_office(session)
    nine = {name: rating for name, rating in other.nine.items() if rating}
    store(session, office, rated([4] * 19, day(2), FULL), NOVEMBER)
    store(session, office, [Seen(**{**vars(other), "nine": nine})], NOVEMBER)
    found = running(session, office, day(3))
    assert (found.responses, found.questionnaires) == (10 if other.late else 20, 10)


def test_another_units_and_another_months_responses_stay_with_them(session: Session) -> None:
    office, neighbour = small_office(session), small_office(session)
    store(session, neighbour, rated([4] * 30, day(2)), NOVEMBER)
    store(session, office, rated([4] * 30, day(2)), Month(2026, 10))
    assert running(session, office, day(3)) == RunningMonth(NOVEMBER, 0, 0, None)
