"""No few people come out of annexes that are subtracted from one another (method §9, §11)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.annex_rule import LEAST_FOR_ANNEX, People, annexes_allowed
from aggregation.months.period import Period
from survey.month import Month

JULY, AUGUST, SEPTEMBER = "2026-07", "2026-08", "2026-09"

Rule = Callable[[Sequence[People]], list[bool]]


def test_a_quarter_less_two_of_its_months_is_not_the_third_few() -> None:
    months = [{JULY: 200}, {AUGUST: 200}, {SEPTEMBER: 12}]
    quarter = {JULY: 200, AUGUST: 200, SEPTEMBER: 12}
    assert annexes_allowed([*months, quarter]) == [True, True, False, False]


def test_what_is_left_over_may_be_thirty() -> None:
    months = [{JULY: 200}, {AUGUST: 13}, {SEPTEMBER: 17}]
    quarter = {JULY: 200, AUGUST: 13, SEPTEMBER: 17}
    assert annexes_allowed([*months, quarter]) == [True, False, False, True]


def test_a_half_year_is_looked_at_less_its_months_where_the_quarter_has_no_annex() -> None:
    third = {JULY: 200, AUGUST: 200, SEPTEMBER: 12}
    months = [{JULY: 200}, {AUGUST: 200}, {SEPTEMBER: 12}, third, {"2026-10": 18}]
    assert annexes_allowed([*months, {**third, "2026-10": 18}])[-1]
    assert not annexes_allowed([*months, {**third, "2026-10": 17}])[-1]


@pytest.mark.parametrize(("added", "may"), [(0, True), (10, False), (29, False), (30, True)])
def test_a_revision_is_not_told_apart_from_the_release_before(added: int, *, may: bool) -> None:
    assert annexes_allowed([{JULY: 200}, {JULY: 200 + added}]) == [True, may]


def test_a_revision_is_held_against_the_newest_that_was_listed() -> None:
    assert annexes_allowed([{JULY: n} for n in (200, 210, 225, 230)]) == [True, False, False, True]


def test_a_month_that_grew_is_not_told_by_the_quarter_that_held_it_before() -> None:
    """What came to July, less the half of the quarter that July's own annex leaves: 15 for 15."""
    before = [{JULY: 15}, {AUGUST: 15}, {SEPTEMBER: 200}]
    quarter = {JULY: 15, AUGUST: 15, SEPTEMBER: 200}
    grown = [{JULY: 30}, {**quarter, JULY: 30}]
    assert annexes_allowed([*before, quarter, *grown]) == [False, False, True, True, False, False]


def released_year(closes: Sequence[tuple[int, int]]) -> list[People]:
    """Release a year: each month at its close with all periods that end, or added to later."""
    sizes: dict[str, int] = {}
    done: list[Period] = []
    releases: list[People] = []

    def release(periods: Sequence[Period]) -> None:
        releases.extend({str(m): sizes[str(m)] for m in each.months} for each in periods)

    for place, (number, more) in enumerate(closes):
        last, revised = Month(2026, place + 1), Month(2026, place // 2 + 1)
        sizes[str(last)] = number
        ending = Period.ending(last)
        done += ending
        release(ending)
        if more:
            sizes[str(revised)] += more
            release([each for each in done if revised in each.months])
    return releases


def few_left_over(releases: Sequence[People], rule: Rule) -> list[int]:
    """Return the sizes, 1 to 29, of what is left of a list less others: one, two or all parts."""
    listed = [
        frozenset((month, n) for month, count in each.items() for n in range(count))
        for each, may in zip(releases, rule(releases), strict=True)
        if may
    ]
    left = [whole - other for whole in listed for other in listed]
    left += [a - b - c for a in listed for b, c in combinations(listed, 2)]
    left += [a & b for a, b in combinations(listed, 2)]
    left += [a - frozenset[tuple[str, int]]().union(*(b for b in listed if b < a)) for a in listed]
    return [len(each) for each in left if 0 < len(each) < LEAST_FOR_ANNEX]


sizes = st.one_of(st.integers(0, 70), st.sampled_from([0, 12, 29, 30, 200]))
years = st.lists(st.tuples(sizes, st.sampled_from([0, 0, 10, 25, 30])), min_size=3, max_size=6)


@given(years)
def test_what_annexes_leave_over_is_nobody_or_thirty(closes: Sequence[tuple[int, int]]) -> None:
    assert few_left_over(released_year(closes), annexes_allowed) == []


def test_a_limit_on_each_list_alone_is_noticed() -> None:
    """A control: lists of thirty and more, each looked at by itself, give a few away."""

    def by_itself(releases: Sequence[Mapping[str, int]]) -> list[bool]:
        return [sum(each.values()) >= LEAST_FOR_ANNEX for each in releases]

    assert few_left_over(released_year([(200, 0), (200, 0), (12, 0)]), by_itself)
    assert few_left_over(released_year([(200, 10)]), by_itself)
