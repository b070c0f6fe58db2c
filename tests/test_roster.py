import doctest
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregation.duties import roster
from aggregation.duties.duty_lines import DayException, DutyLine, NotADuty, RosterLine
from aggregation.duties.roster import DeskStretch, Gap, Overlap, gaps, overlaps, who_served
from survey.month import HalfHour, Month, midnight

OCTOBER = Month(2026, 10)
MONDAY = date(2026, 10, 5)
START = date(2026, 10, 1)
SARI, BUDI, WATI = 1, 2, 3
DESK = 7


def weekly(
    officer: int, first: int, end: int, *, start: date = START, weekday: int = 1, batch: int = 1
) -> RosterLine:
    return RosterLine(DESK, officer, weekday, start, first, end, batch)


def once(
    officer: int | None, first: int, end: int, *, day: date = MONDAY, batch: int = 2
) -> DayException:
    return DayException(DESK, officer, day, first, end, batch)


def at(slot: int, day: date = MONDAY) -> HalfHour:
    return HalfHour(midnight(day) + slot)


def on_monday(*lines: DutyLine, day: date = MONDAY) -> list[tuple[int, int, int]]:
    """The stretches of one day as (first slot, end slot, officer)."""
    return [
        (s.starts - at(0, day), s.ends - at(0, day), s.officer_id)
        for s in who_served(lines, OCTOBER)
        if at(0, day) <= s.starts < at(48, day)
    ]


def test_neighbouring_duties_share_no_half_hour() -> None:
    assert on_monday(weekly(SARI, 16, 24), weekly(BUDI, 24, 30)) == [(16, 24, 1), (24, 30, 2)]


def test_a_half_hour_of_two_officers_is_nobodys() -> None:
    assert on_monday(weekly(SARI, 16, 25), weekly(BUDI, 24, 30)) == [(16, 24, 1), (25, 30, 2)]


def test_an_exception_goes_before_the_roster_only_in_its_half_hours() -> None:
    found = on_monday(weekly(SARI, 16, 30), once(BUDI, 20, 22))
    assert found == [(16, 20, 1), (20, 22, 2), (22, 30, 1)]


def test_an_exception_without_officer_takes_the_half_hours_from_everybody() -> None:
    assert on_monday(weekly(SARI, 16, 30), once(None, 16, 24)) == [(24, 30, 1)]


def test_an_exception_serves_where_no_roster_does() -> None:
    assert on_monday(once(WATI, 36, 40)) == [(36, 40, 3)]


def test_a_later_exception_overrides_an_earlier_one() -> None:
    lines: list[DutyLine] = [
        weekly(SARI, 16, 30),
        once(None, 16, 30, batch=3),
        once(BUDI, 16, 24, batch=2),
    ]
    assert on_monday(*lines) == []
    assert on_monday(*lines, once(WATI, 20, 22, batch=4)) == [(20, 22, 3)]


def test_a_roster_holds_until_the_next_one_begins() -> None:
    lines = [weekly(SARI, 16, 30), weekly(BUDI, 16, 30, start=date(2026, 10, 12), batch=2)]
    assert on_monday(*lines) == [(16, 30, SARI)]
    assert on_monday(*lines, day=date(2026, 10, 12)) == [(16, 30, BUDI)]


def test_a_roster_that_begins_later_holds_even_against_a_newer_batch() -> None:
    newer_but_earlier = weekly(WATI, 16, 30, start=START, batch=9)
    lines = [weekly(BUDI, 16, 30, start=date(2026, 10, 12)), newer_but_earlier]
    assert on_monday(*lines, day=date(2026, 10, 12)) == [(16, 30, BUDI)]
    assert on_monday(*lines) == [(16, 30, WATI)]


def test_of_two_rosters_from_one_day_the_newer_batch_holds() -> None:
    assert on_monday(weekly(SARI, 16, 30), weekly(BUDI, 20, 22, batch=2)) == [(20, 22, BUDI)]


def test_a_new_roster_replaces_the_desks_whole_week() -> None:
    tuesday = weekly(SARI, 16, 30, weekday=2)
    new_week = weekly(BUDI, 16, 30, start=MONDAY, batch=2)
    after = who_served([tuesday, new_week], OCTOBER)
    assert {s.officer_id for s in after} == {BUDI}


def test_another_desks_new_roster_changes_nothing_here() -> None:
    other = RosterLine(DESK + 1, BUDI, 1, START, 16, 30, batch=5)
    assert on_monday(weekly(SARI, 16, 30), other)[0] == (16, 30, SARI)


def test_a_duty_over_midnight_is_one_stretch() -> None:
    tuesday = MONDAY + timedelta(days=1)
    lines = [once(SARI, 44, 48), once(SARI, 0, 4, day=tuesday)]
    assert who_served(lines, OCTOBER) == [DeskStretch(DESK, at(44), at(4, tuesday), SARI)]


def test_duties_of_another_month_are_not_this_months() -> None:
    assert who_served([once(SARI, 16, 30, day=date(2026, 11, 2))], OCTOBER) == []
    assert who_served([weekly(SARI, 16, 30, start=date(2026, 11, 1))], OCTOBER) == []


def test_an_overlap_names_its_officers() -> None:
    lines = [once(SARI, 16, 25), once(BUDI, 24, 30)]
    assert overlaps(lines, OCTOBER) == [Overlap(DESK, at(24), at(25), (SARI, BUDI))]


def test_an_officer_and_nobody_in_one_batch_contradict_each_other() -> None:
    lines = [once(SARI, 16, 20), once(None, 16, 18)]
    assert overlaps(lines, OCTOBER) == [Overlap(DESK, at(16), at(18), (SARI,))]
    assert on_monday(*lines) == [(18, 20, SARI)]


def test_the_same_officer_twice_is_no_overlap() -> None:
    lines = [weekly(SARI, 16, 24), weekly(SARI, 20, 30)]
    assert (overlaps(lines, OCTOBER), on_monday(*lines)) == ([], [(16, 30, SARI)])


def test_a_lunch_break_is_no_gap_and_a_declared_closing_says_so() -> None:
    lines: list[DutyLine] = [weekly(SARI, 16, 24), weekly(SARI, 26, 30), once(None, 26, 30)]
    assert gaps(lines, OCTOBER) == [Gap(DESK, at(26), at(30), declared=True)]


def test_days_before_the_first_roster_are_gaps() -> None:
    found = gaps([weekly(SARI, 16, 30, start=date(2026, 10, 12))], OCTOBER)
    assert found == [Gap(DESK, at(16), at(30), declared=False)]


@pytest.mark.parametrize(("first", "end"), [(-1, 4), (4, 4), (5, 4), (0, 49)])
def test_a_duty_lies_within_its_day(first: int, end: int) -> None:
    with pytest.raises(NotADuty):
        weekly(SARI, first, end)
    with pytest.raises(NotADuty):
        once(SARI, first, end)


@pytest.mark.parametrize("weekday", [0, 8])
def test_a_week_has_seven_days(weekday: int) -> None:
    with pytest.raises(NotADuty):
        weekly(SARI, 16, 30, weekday=weekday)


def officers_by_loop(lines: Sequence[DutyLine], desk: int, day: date, slot: int) -> set[int | None]:
    """The rules again, for one half hour, in plain loops."""
    said = [
        line
        for line in lines
        if isinstance(line, DayException)
        and (line.desk_id, line.day) == (desk, day)
        and line.first_slot <= slot < line.end_slot
    ]
    if said:
        newest = max(line.batch for line in said)
        return {line.officer_id for line in said if line.batch == newest}
    begun = [
        line
        for line in lines
        if isinstance(line, RosterLine) and line.desk_id == desk and line.effective_from <= day
    ]
    in_force = max(((line.effective_from, line.batch) for line in begun), default=None)
    return {
        line.officer_id
        for line in begun
        if (line.effective_from, line.batch) == in_force
        and line.weekday == day.isoweekday()
        and line.first_slot <= slot < line.end_slot
    }


SLOTS = st.tuples(st.integers(0, 47), st.integers(1, 16)).map(lambda s: (s[0], min(48, sum(s))))
DAYS = st.integers(0, 40).map(lambda n: date(2026, 9, 26) + timedelta(days=n))
DESKS = st.integers(1, 2)
OFFICERS = st.integers(1, 3)
BATCHES = st.integers(1, 3)
ROSTER_LINES = st.builds(
    lambda desk, officer, weekday, start, slots, batch: RosterLine(
        desk, officer, weekday, start, slots[0], slots[1], batch
    ),
    DESKS, OFFICERS, st.integers(1, 7), DAYS, SLOTS, BATCHES,
)  # fmt: skip
EXCEPTIONS = st.builds(
    lambda desk, officer, day, slots, batch: DayException(
        desk, officer, day, slots[0], slots[1], batch
    ),
    DESKS, st.none() | OFFICERS, DAYS, SLOTS, BATCHES,
)  # fmt: skip
LINES = st.lists(ROSTER_LINES | EXCEPTIONS, max_size=14)


def half_hours(desks: Iterable[int]) -> Iterable[tuple[int, date, int]]:
    return ((d, day, slot) for d in desks for day in OCTOBER.days() for slot in range(48))


def half_hours_of(found: Iterable[DeskStretch | Overlap | Gap]) -> list[tuple[int, int]]:
    return [(s.desk_id, half_hour) for s in found for half_hour in range(s.starts, s.ends)]


@settings(max_examples=30)
@given(LINES)
def test_who_served_agrees_with_a_loop_over_every_half_hour(lines: list[DutyLine]) -> None:
    served = who_served(lines, OCTOBER)
    expected = {
        (desk, at(slot, day)): officer
        for desk, day, slot in half_hours((1, 2))
        if len(found := officers_by_loop(lines, desk, day, slot)) == 1
        for officer in found
        if officer is not None
    }
    assert {key: s.officer_id for s in served for key in half_hours_of([s])} == expected
    assert len(half_hours_of(served)) == len(expected)


@settings(max_examples=30)
@given(LINES)
def test_overlaps_agree_with_a_loop_over_every_half_hour(lines: list[DutyLine]) -> None:
    expected = [
        (desk, at(slot, day))
        for desk, day, slot in half_hours((1, 2))
        if len(officers_by_loop(lines, desk, day, slot)) > 1
    ]
    assert half_hours_of(overlaps(lines, OCTOBER)) == expected


@settings(max_examples=30)
@given(LINES)
def test_a_rostered_half_hour_is_served_or_overlapping_or_a_gap(lines: list[DutyLine]) -> None:
    served, overlapping = who_served(lines, OCTOBER), overlaps(lines, OCTOBER)
    found = half_hours_of([*served, *overlapping, *gaps(lines, OCTOBER)])
    roster_alone = [line for line in lines if isinstance(line, RosterLine)]
    rostered = {
        (desk, at(slot, day))
        for desk, day, slot in half_hours((1, 2))
        if officers_by_loop(roster_alone, desk, day, slot)
    }
    assert rostered <= set(found)
    assert len(found) == len(set(found))


@settings(max_examples=30)
@given(LINES)
def test_stretches_are_as_long_as_possible_and_in_order(lines: list[DutyLine]) -> None:
    served = who_served(lines, OCTOBER)
    assert served == sorted(served)
    ends = {(s.desk_id, s.ends, s.officer_id) for s in served}
    assert not any((s.desk_id, s.starts, s.officer_id) in ends for s in served)


@settings(max_examples=30)
@given(LINES.flatmap(lambda lines: st.tuples(st.just(lines), st.permutations(lines))))
def test_the_order_of_the_lines_never_matters(
    orders: tuple[list[DutyLine], list[DutyLine]],
) -> None:
    assert who_served(orders[0], OCTOBER) == who_served(orders[1], OCTOBER)


def test_the_loop_would_catch_a_rule_that_let_the_roster_go_first() -> None:
    lines: list[DutyLine] = [weekly(SARI, 16, 30), once(BUDI, 16, 30)]
    roster_goes_first = who_served(lines[:1], OCTOBER)[0].officer_id
    assert officers_by_loop(lines, DESK, MONDAY, 16) != {roster_goes_first}


def test_worked_examples_of_the_roster_hold() -> None:
    assert doctest.testmod(roster).failed == 0
