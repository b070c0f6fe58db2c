"""Months, half hours and days are those of the unit's own zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.month import (
    HALF_HOURS_A_DAY,
    HalfHour,
    Month,
    NotAMonth,
    UnknownTimeZone,
    half_hour_of,
    local_day,
    midnight,
    starts,
    time_zone,
)

HOURS = {"Asia/Jakarta": 7, "Asia/Makassar": 8, "Asia/Jayapura": 9}
ODD_ZONES = ["Asia/Kathmandu", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns"]

zones = st.sampled_from([*HOURS, *ODD_ZONES]).map(ZoneInfo)
instants = st.datetimes(datetime(1971, 1, 1), datetime(2199, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
months = st.builds(Month, st.integers(1, 9998), st.integers(1, 12))
recent_months = st.builds(Month, st.integers(1971, 2199), st.integers(1, 12))


@given(at=instants, place=st.sampled_from(sorted(HOURS)))
def test_a_local_month_is_what_the_clock_of_the_place_shows(at: datetime, place: str) -> None:
    shown = at.replace(tzinfo=None) + timedelta(hours=HOURS[place])
    assert Month.of(local_day(at, ZoneInfo(place))) == Month(shown.year, shown.month)


@given(at=instants, place=st.sampled_from(sorted(HOURS)))
def test_a_half_hour_is_what_the_clock_of_the_place_shows(at: datetime, place: str) -> None:
    shown = at.replace(tzinfo=None) + timedelta(hours=HOURS[place])
    begins = starts(half_hour_of(at, ZoneInfo(place)))
    assert begins == shown.replace(minute=shown.minute // 30 * 30, second=0, microsecond=0)


@given(month=recent_months, zone=zones)
def test_a_month_begins_where_the_one_before_ends(month: Month, zone: ZoneInfo) -> None:
    assert month.bounds(zone)[0] == month.shift(-1).bounds(zone)[1]


@given(at=instants, zone=zones)
def test_an_instant_lies_within_the_bounds_of_its_month(at: datetime, zone: ZoneInfo) -> None:
    begins, ends = Month.of(local_day(at, zone)).bounds(zone)
    assert begins <= at < ends


@given(at=instants, zone=zones)
def test_a_half_hour_lies_in_the_month_of_its_instant(at: datetime, zone: ZoneInfo) -> None:
    assert half_hour_of(at, zone) in Month.of(local_day(at, zone)).half_hours()


@given(at=instants, zone=zones)
def test_a_half_hour_begins_less_than_thirty_minutes_before(at: datetime, zone: ZoneInfo) -> None:
    local = at.astimezone(zone).replace(tzinfo=None)
    assert timedelta(0) <= local - starts(half_hour_of(at, zone)) < timedelta(minutes=30)


def test_the_last_second_of_october_is_october_in_each_zone_of_indonesia() -> None:
    for place, hours in HOURS.items():
        midnight_there = datetime(2026, 11, 1, tzinfo=UTC) - timedelta(hours=hours)
        second_before = midnight_there - timedelta(seconds=1)
        assert Month.of(local_day(second_before, ZoneInfo(place))) == Month(2026, 10)
        assert Month.of(local_day(midnight_there, ZoneInfo(place))) == Month(2026, 11)


def test_half_hours_of_a_month_are_48_a_day() -> None:
    assert len(Month(2026, 2).half_hours()) == 28 * HALF_HOURS_A_DAY
    assert Month(2026, 2).half_hours()[0] == midnight(date(2026, 2, 1))


def test_a_half_hour_counts_from_1970() -> None:
    assert starts(HalfHour(0)) == datetime(1970, 1, 1)  # noqa: DTZ001 - local civil time
    assert midnight(date(1970, 1, 2)) == HALF_HOURS_A_DAY


@given(month=months)
def test_a_month_reads_what_it_writes(month: Month) -> None:
    assert Month.parse(str(month)) == month
    assert Month.from_number(month.number) == month


@given(month=recent_months, steps=st.integers(-600, 600))
def test_a_shift_goes_back_where_it_came_from(month: Month, steps: int) -> None:
    assert month.shift(steps).shift(-steps) == month


@given(one=months, other=months)
def test_months_are_ordered_as_their_numbers_are(one: Month, other: Month) -> None:
    assert (one < other) == (one.number < other.number)


def test_the_days_of_a_month_are_all_of_them() -> None:
    days = list(Month(2028, 2).days())
    assert (days[0], days[-1], len(days)) == (date(2028, 2, 1), date(2028, 2, 29), 29)


@pytest.mark.parametrize(
    "text",
    ["2026-13", "2026-00", "2026-1", "26-10", "2026/10", "2026-10 ", " 2026-10", "2026-10\n",
     "٢٠٢٦-10", "0000-01", "9999-01", "", "Oktober 2026"],
)  # fmt: skip
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(NotAMonth):
        Month.parse(text)


@pytest.mark.parametrize("number", [0, 13, 202613, 202600, 999901, -202610])
def test_a_number_that_is_no_month_is_refused(number: int) -> None:
    with pytest.raises(NotAMonth):
        Month.from_number(number)


@pytest.mark.parametrize("name", [*HOURS, "Asia/Pontianak"])
def test_the_zones_of_indonesia_are_known(name: str) -> None:
    assert time_zone(name).key == name


@pytest.mark.parametrize(
    "name", ["", "Asia", "WIB", "Asia/Bogor", "../etc/passwd", "/etc/localtime", "A\0", "\ud800"]
)
def test_what_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimeZone):
        time_zone(name)
