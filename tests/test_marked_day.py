import doctest
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.changes import open_months
from aggregation.duties import marked_day
from aggregation.duties.duty_lines import DayException, DutyLine, RosterLine
from aggregation.duties.duty_standing import Standing, first_free_day, standing
from aggregation.duties.marked_day import Mark, Stretch, marked_days, most_pressing
from aggregation.duties.roster import gaps, overlaps, who_served
from survey.month import HalfHour, Month, midnight

OCTOBER, NOVEMBER = Month(2026, 10), Month(2026, 11)
MONDAY = date(2026, 10, 5)
TODAY = date(2026, 10, 14)
START = date(2026, 10, 1)
L1, L2 = 1, 2
DESKS = (L1, L2)
LAST_WEEK = [date(2026, 10, 26) + timedelta(n) for n in range(7)]


@dataclass(frozen=True)
class Stopped:
    """An outage as the calendar asks for it."""

    desk_id: int | None
    starts: HalfHour
    ends: HalfHour
    reason: str = "Listrik padam"


def slots(draw: st.DrawFn) -> tuple[int, int]:
    first, end = sorted(draw(st.lists(st.integers(0, 48), min_size=2, max_size=2, unique=True)))
    return first, end


@st.composite
def rosters(draw: st.DrawFn) -> RosterLine:
    since = START + timedelta(draw(st.integers(-20, 40)))
    officer, weekday = draw(st.integers(1, 3)), draw(st.integers(1, 7))
    batch = draw(st.integers(1, 3))
    return RosterLine(draw(st.sampled_from(DESKS)), officer, weekday, since, *slots(draw), batch)


@st.composite
def exceptions(draw: st.DrawFn) -> DayException:
    day = START + timedelta(draw(st.integers(0, 40)))
    officer = draw(st.sampled_from([None, 1, 2, 3]))
    batch = draw(st.integers(1, 3))
    return DayException(draw(st.sampled_from(DESKS)), officer, day, *slots(draw), batch)


@st.composite
def outages(draw: st.DrawFn) -> Stopped:
    begins = midnight(START) + draw(st.integers(0, 40 * 48))
    ends = begins + draw(st.integers(1, 100))
    desk = draw(st.sampled_from([None, *DESKS]))
    return Stopped(desk, HalfHour(begins), HalfHour(ends), draw(st.sampled_from("ab")))


duties = st.lists(rosters() | exceptions(), max_size=12)


def slot_by_slot(stretches: Sequence[Stretch]) -> list[Stretch]:
    """A day's half hours, each with what its stretch says."""
    return [each for each in stretches for _ in range(each.first_slot, each.end_slot)]


def is_whole(stretches: Sequence[Stretch]) -> bool:
    """Say whether stretches hold every half hour of a day exactly once, in order."""
    edges = [0, *(each.end_slot for each in stretches)]
    in_order = all(before < after for before, after in pairwise(edges))
    return in_order and edges[-1] == 48 and [s.first_slot for s in stretches] == edges[:-1]


@given(duties, st.lists(outages(), max_size=4))
def test_every_half_hour_of_a_day_is_in_exactly_one_stretch(
    lines: list[DutyLine], stopped: list[Stopped]
) -> None:
    assert all(map(is_whole, marked_days(lines, stopped, DESKS, LAST_WEEK).values()))


@pytest.mark.parametrize("edges", [[(0, 16), (17, 48)], [(0, 17), (16, 48)], [(0, 47)], []])
def test_a_day_with_a_hole_or_a_double_is_noticed(edges: list[tuple[int, int]]) -> None:
    assert not is_whole([Stretch(first, end, Mark.OFF) for first, end in edges])


@given(duties, st.lists(outages(), max_size=4))
def test_neighbouring_stretches_differ(lines: list[DutyLine], stopped: list[Stopped]) -> None:
    for stretches in marked_days(lines, stopped, DESKS, LAST_WEEK).values():
        said = [(each.mark, each.officer_ids, each.outages) for each in stretches]
        assert all(one != other for one, other in pairwise(said))


@given(duties)
def test_joining_half_hours_to_stretches_loses_none_of_who_served(lines: list[DutyLine]) -> None:
    served = {
        (stretch.desk_id, half_hour): (stretch.officer_id,)
        for month in (OCTOBER, NOVEMBER)
        for stretch in who_served(lines, month)
        for half_hour in range(stretch.starts, stretch.ends)
    }
    for (desk, day), stretches in marked_days(lines, [], DESKS, LAST_WEEK).items():
        for slot, stretch in enumerate(slot_by_slot(stretches)):
            theirs = stretch.officer_ids if stretch.mark is Mark.SERVED else None
            assert served.get((desk, midnight(day) + slot)) == theirs


@given(duties)
def test_the_calendar_marks_what_the_check_before_a_close_finds(lines: list[DutyLine]) -> None:
    days = list(OCTOBER.days())
    marked = marked_days(lines, [], DESKS, days)
    found = {
        (desk, midnight(day) + slot, stretch.mark)
        for (desk, day), stretches in marked.items()
        for slot, stretch in enumerate(slot_by_slot(stretches))
    }
    for gap in gaps(lines, OCTOBER):
        mark = Mark.DECLARED if gap.declared else Mark.GAP
        assert {(gap.desk_id, h, mark) for h in range(gap.starts, gap.ends)} <= found
    for two in overlaps(lines, OCTOBER):
        assert {(two.desk_id, h, Mark.OVERLAP) for h in range(two.starts, two.ends)} <= found


@given(duties, st.lists(outages(), max_size=4))
def test_an_outage_changes_nobodys_duty(lines: list[DutyLine], stopped: list[Stopped]) -> None:
    with_them = marked_days(lines, stopped, DESKS, LAST_WEEK)
    without = marked_days(lines, [], DESKS, LAST_WEEK)
    for key, stretches in with_them.items():
        assert [(s.mark, s.officer_ids) for s in slot_by_slot(stretches)] == [
            (s.mark, s.officer_ids) for s in slot_by_slot(without[key])
        ]


@given(st.lists(outages(), max_size=4))
def test_an_outage_marks_its_own_half_hours_and_no_other(stopped: list[Stopped]) -> None:
    for (desk, day), stretches in marked_days([], stopped, DESKS, LAST_WEEK).items():
        for slot, stretch in enumerate(slot_by_slot(stretches)):
            at = midnight(day) + slot
            why = {
                s.reason for s in stopped if s.desk_id in {None, desk} and s.starts <= at < s.ends
            }
            assert set(stretch.outages) == why


def test_a_week_over_two_months_knows_the_gaps_of_both() -> None:
    """November's roster begins on its first Monday; in October there was none on Mondays."""
    lines = [
        RosterLine(L1, 1, 5, START, 16, 24),
        RosterLine(L1, 1, 7, date(2026, 11, 8), 16, 24, batch=2),
    ]
    marked = marked_days(lines, [], [L1], LAST_WEEK)
    marks = [most_pressing(marked[L1, day]) for day in LAST_WEEK]
    assert marks == [*[Mark.OFF] * 4, Mark.SERVED, Mark.OFF, Mark.GAP]


def test_a_day_is_marked_by_what_presses_most() -> None:
    lines: list[DutyLine] = [
        RosterLine(L1, 1, 1, START, 16, 25),
        RosterLine(L1, 2, 1, START, 24, 30),
        DayException(L1, None, MONDAY, 16, 18, batch=1),
    ]
    assert most_pressing(marked_days(lines, [], [L1], [MONDAY])[L1, MONDAY]) is Mark.OVERLAP
    assert most_pressing(marked_days(lines[::2], [], [L1], [MONDAY])[L1, MONDAY]) is Mark.DECLARED
    assert most_pressing([]) is Mark.OFF


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (DayException(L1, None, TODAY, 16, 18), Standing.AHEAD),
        (DayException(L1, None, TODAY - timedelta(1), 16, 18), Standing.PAST),
        (DayException(L1, None, date(2026, 9, 30), 16, 18), Standing.CLOSED),
        (RosterLine(L1, 1, 1, TODAY, 16, 18), Standing.AHEAD),
        (RosterLine(L1, 1, 1, TODAY - timedelta(1), 16, 18), Standing.PAST),
        (RosterLine(L1, 1, 1, date(2026, 8, 1), 16, 18), Standing.CLOSED),
    ],
)
def test_what_recording_a_duty_is_depends_on_today_and_on_what_is_closed(
    line: DutyLine, expected: Standing
) -> None:
    assert standing(line, {Month(2026, 9)}, TODAY) is expected


def test_a_roster_may_begin_after_the_last_closed_month() -> None:
    assert first_free_day({Month(2026, 8), Month(2026, 9)}) == START
    assert first_free_day(set()) is None


@pytest.mark.parametrize("module", [marked_day, open_months])
def test_the_examples_of_the_docstrings_are_true(module: object) -> None:
    assert doctest.testmod(module).failed == 0  # type: ignore[arg-type]
