"""Half hours with more ratings than the desk can have earned, by counts alone (method §7)."""

from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.desk_hours import ServedSpan, closed_hours, more_than_served

HALF_HOURS = st.integers(0, 95)
COUNTS = st.dictionaries(HALF_HOURS, st.integers(1, 12), max_size=20)
SPANS = st.lists(
    st.builds(
        lambda starts, length, visits: ServedSpan(starts, min(starts + length, 96), visits),
        HALF_HOURS,
        st.integers(1, 6),
        st.integers(0, 9),
    ),
    max_size=12,
)


def test_ratings_beside_the_hours_of_service_are_graced_by_one_half_hour() -> None:
    morning = range(16, 24)
    assert closed_hours([14, 15, 16, 23, 24, 25], morning) == {14, 25}


def test_a_lunch_break_of_an_hour_is_all_grace_one_of_two_is_not() -> None:
    assert closed_hours(range(24, 26), [*range(16, 24), *range(26, 32)]) == set()
    assert closed_hours(range(24, 28), [*range(16, 24), *range(28, 32)]) == {25, 26}


def test_a_desk_without_a_roster_is_never_closed() -> None:
    assert closed_hours(range(48), []) == set()


def test_a_day_without_visits_says_nothing_of_another() -> None:
    assert more_than_served({16: 9, 64: 9}, [ServedSpan(16, 17, 3)]) == {16}


def test_a_family_of_three_on_one_number_is_let_pass() -> None:
    assert more_than_served({16: 3}, [ServedSpan(17, 18, 1)]) == set()
    assert more_than_served({16: 4}, [ServedSpan(17, 18, 1)]) == {16}


def test_slips_of_a_morning_stand_for_any_of_its_half_hours() -> None:
    assert more_than_served({16: 12, 20: 10, 30: 3}, [ServedSpan(16, 24, 10)]) == {30}


@given(COUNTS, SPANS)
def test_counted_slowly_it_is_the_same(responses: dict[int, int], spans: list[ServedSpan]) -> None:
    slow = set()
    for at, count in responses.items():
        known = any(at // 48 in (s.starts // 48, (s.ends - 1) // 48) for s in spans)
        near = [
            s for s in spans if any(h in range(s.starts, s.ends) for h in range(at - 1, at + 2))
        ]
        if known and count > 2 + sum(s.visits for s in near):
            slow.add(at)
    assert more_than_served(responses, spans) == slow
