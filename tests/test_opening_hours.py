"""Opening hours: what an office says of its week survives being stored, and nothing else is one."""

from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.models import ServiceUnit, table_of
from survey.opening_hours import (
    DAYS,
    LONGEST,
    NotHours,
    OpenDay,
    OpeningHours,
    read_hours,
    read_time,
)

MINUTES = st.integers(0, 24 * 60 - 1)


def at_minute(minute: int) -> time:
    return time(minute // 60, minute % 60)


days = st.lists(MINUTES, min_size=2, max_size=2, unique=True).map(
    lambda two: OpenDay(at_minute(min(two)), at_minute(max(two)))
)
weeks = (
    st.lists(st.none() | days, min_size=DAYS, max_size=DAYS)
    .filter(any)
    .map(lambda week: OpeningHours(tuple(week)))
)
OFFICE = OpeningHours((OpenDay(time(8), time(15)),) * 5 + (None, None))


@given(weeks)
def test_a_week_comes_back_as_it_was_stored(week: OpeningHours) -> None:
    assert read_hours(week.stored()) == week


@given(weeks)
def test_a_week_fits_into_a_unit_s_row(week: OpeningHours) -> None:
    room = table_of(ServiceUnit).c.opening_hours.type.length  # type: ignore[attr-defined]
    assert len(week.stored()) <= LONGEST == room


@given(weeks, st.datetimes())
def test_a_unit_is_open_from_the_minute_it_opens_to_the_one_before_it_closes(
    week: OpeningHours, local: datetime
) -> None:
    day = week.days[local.weekday()]
    since = week.open_since(local)
    if since is None:
        assert day is None or not day.opens <= local.time() < day.closes
    else:
        assert day is not None
        assert since.time() == day.opens
        assert timedelta() <= local - since < timedelta(days=1)
        assert local.time() < day.closes


@given(st.text(max_size=8))
def test_a_time_is_read_exactly_where_it_is_written_as_two_and_two_digits(text: str) -> None:
    try:
        found = read_time(text)
    except NotHours:
        assert text not in {f"{at_minute(each):%H:%M}" for each in range(24 * 60)}
    else:
        assert f"{found:%H:%M}" == text


def test_a_tablet_is_told_the_week_with_monday_first() -> None:
    assert OFFICE.told() == [["08:00", "15:00"]] * 5 + [None, None]


def test_days_alike_are_said_together_and_closed_ones_not_at_all() -> None:
    morning, whole = OpenDay(time(8), time(11, 30)), OpenDay(time(8), time(15))
    week = OpeningHours((whole, whole, None, whole, morning, None, None))
    assert str(week) == "Sen–Sel 08.00–15.00, Kam 08.00–15.00, Jum 08.00–11.30"


def test_a_unit_that_told_no_hours_has_none() -> None:
    assert read_hours(None) is None


@pytest.mark.parametrize(
    "stored",
    [
        "",
        "{}",
        "null",
        "[]",
        "[null,null,null,null,null,null,null]",
        '[["08:00","15:00"]]',
        '[["15:00","08:00"],null,null,null,null,null,null]',
        '[["08:00","08:00"],null,null,null,null,null,null]',
        '[["8:00","15:00"],null,null,null,null,null,null]',
        '[["08:00","24:00"],null,null,null,null,null,null]',
        '[["08:00"],null,null,null,null,null,null]',
        "[[8,15],null,null,null,null,null,null]",
        '[0,null,null,null,null,null,["08:00","15:00"]]',
        '["",null,null,null,null,null,["08:00","15:00"]]',
    ],
)
def test_what_is_no_week_of_an_office_is_refused(stored: str) -> None:
    with pytest.raises(NotHours):
        read_hours(stored)
