"""When a citizen was served, told by a tablet whose clock may be wrong (method §4.4, §4.5)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.service_time import Contact, ServiceTime, service_time
from survey.month import Month

WIB = ZoneInfo("Asia/Jakarta")
NOON = datetime(2026, 10, 5, 5, 12, 44, tzinfo=UTC)
NOVEMBER = datetime(2026, 10, 31, 17, 0, tzinfo=UTC)
"""When November begins in Jakarta."""
SECOND, MINUTE, HOUR, DAY = (timedelta(seconds=n) for n in (1, 60, 3600, 86_400))


def told(
    served: datetime,
    *,
    between: tuple[timedelta, timedelta] = (HOUR, HOUR),
    lacks: timedelta = timedelta(0),
    later: timedelta | None = None,
    then: timedelta | None = None,
) -> ServiceTime:
    """Tell of a tap between two contacts.

    Parameters
    ----------
    between
        How long the first contact lies before the tap, the second after it.
    lacks, later, then
        What the clock lacked at the first contact, at the second, and at the tap.
    """
    later = lacks if later is None else later
    then = lacks if then is None else then
    first, second = Contact(served - between[0], lacks), Contact(served + between[1], later)
    return service_time(served - then, first, second, WIB)


@pytest.mark.parametrize("lacks", [0, 3 * 86_400, -3 * 86_400, 365 * 86_400, -365 * 86_400, 7])
def test_a_clock_that_is_steadily_wrong_is_corrected(lacks: int) -> None:
    known = told(NOON, lacks=lacks * SECOND)
    assert known == ServiceTime(NOON, half_hour_known=True, month_known=True)


def test_a_clock_that_loses_a_second_an_hour_is_still_believed() -> None:
    known = told(NOON, between=(DAY, DAY), lacks=5 * SECOND, later=53 * SECOND)
    assert known.half_hour_known
    assert abs(known.served_at - NOON) <= 53 * SECOND


@pytest.mark.parametrize("moved", [3 * DAY, -3 * DAY, 365 * DAY, -365 * DAY, 3 * MINUTE])
def test_a_clock_that_was_moved_in_between_tells_no_half_hour(moved: timedelta) -> None:
    known = told(NOON, lacks=timedelta(0), later=moved, then=moved)
    assert not known.half_hour_known
    assert known.month_known
    assert Month.of(known.served_at.astimezone(WIB)) == Month(2026, 10)


@pytest.mark.parametrize("moved", [3 * DAY, -3 * DAY, 365 * DAY, -365 * DAY])
def test_a_moved_clock_around_a_months_end_is_late_in_the_later_month(moved: timedelta) -> None:
    known = told(NOVEMBER - MINUTE, later=moved, then=moved)
    assert not known.month_known
    assert Month.of(known.served_at.astimezone(WIB)) == Month(2026, 11)


def test_a_clock_that_was_moved_and_put_back_is_noticed_where_it_left_the_bounds() -> None:
    known = told(NOON, lacks=timedelta(0), later=timedelta(0), then=2 * HOUR)
    assert not known.half_hour_known


@pytest.mark.parametrize("then", [-61 * MINUTE, 61 * MINUTE])
def test_a_little_outside_the_bounds_is_kept_within_them(then: timedelta) -> None:
    known = told(NOON, then=then)
    assert known.half_hour_known
    assert abs(known.served_at - NOON) == HOUR


@pytest.mark.parametrize("missing", ["first", "second", "both"])
def test_a_clock_that_nobody_measured_tells_no_half_hour(missing: str) -> None:
    first = Contact(NOON - HOUR, None if missing != "second" else timedelta(0))
    second = Contact(NOON + HOUR, None if missing != "first" else timedelta(0))
    known = service_time(NOON, first, second, WIB)
    assert not known.half_hour_known
    assert known.month_known


def test_the_month_is_that_of_the_units_own_zone() -> None:
    jayapura = ZoneInfo("Asia/Jayapura")
    at = datetime(2026, 10, 31, 15, 30, tzinfo=UTC)  # November in Jayapura, October in Jakarta
    bounds = Contact(at - HOUR, None), Contact(at + HOUR, None)
    assert service_time(at, *bounds, WIB).month_known
    assert not service_time(at, *bounds, jayapura).month_known


_span = st.timedeltas(min_value=timedelta(0), max_value=40 * DAY)
around = st.tuples(_span, _span)
errors = st.one_of(
    st.timedeltas(min_value=-3 * DAY, max_value=3 * DAY),
    st.timedeltas(min_value=-366 * DAY, max_value=366 * DAY),
    st.timedeltas(min_value=-3 * MINUTE, max_value=3 * MINUTE),
)
around_a_months_end = st.builds(
    lambda month, away: month.bounds(WIB)[0] + away,
    st.builds(Month, st.just(2026), st.integers(1, 12)),
    st.one_of(
        st.timedeltas(min_value=-2 * DAY, max_value=2 * DAY),
        st.timedeltas(min_value=-3 * MINUTE, max_value=3 * MINUTE),
    ),
)


def keeps_its_month(known: ServiceTime, served: datetime) -> bool:
    found, true = (Month.of(at.astimezone(WIB)) for at in (known.served_at, served))
    return found == true or not known.month_known


@given(
    served=around_a_months_end,
    between=around,
    lacks=errors,
    later=errors,
    moved_first=st.booleans(),
)
def test_no_response_leaves_its_month_without_a_late_mark(
    served: datetime,
    between: tuple[timedelta, timedelta],
    lacks: timedelta,
    later: timedelta,
    moved_first: bool,
) -> None:
    """The clock is wrong, and set to something else wrong between two contacts."""
    then = later if moved_first else lacks
    known = told(served, between=between, lacks=lacks, later=later, then=then)
    assert keeps_its_month(known, served)
    assert served - between[0] <= known.served_at <= served + between[1]


@given(served=around_a_months_end, between=around, lacks=errors)
def test_a_clock_that_nobody_moved_tells_the_very_moment(
    served: datetime, between: tuple[timedelta, timedelta], lacks: timedelta
) -> None:
    known = told(served, between=between, lacks=lacks)
    assert known == ServiceTime(served, half_hour_known=True, month_known=True)


@given(
    served=around_a_months_end, between=around, lacks=errors, later=errors, share=st.floats(0, 1)
)
def test_a_clock_that_drifts_leaves_no_month_either(
    served: datetime,
    between: tuple[timedelta, timedelta],
    lacks: timedelta,
    later: timedelta,
    share: float,
) -> None:
    then = lacks + (later - lacks) * share
    known = told(served, between=between, lacks=lacks, later=later, then=then)
    assert keeps_its_month(known, served)


def test_believing_the_tablets_clock_would_move_responses_to_another_month() -> None:
    """A control: without the contacts the month is simply the clock's."""
    served, lacks = NOVEMBER - DAY, -3 * DAY
    believed = ServiceTime(served - lacks, half_hour_known=True, month_known=True)
    assert not keeps_its_month(believed, served)


def test_correcting_by_one_contact_alone_would_move_responses_to_another_month() -> None:
    """A control: a clock that was reset after the tap is corrected by the wrong difference."""
    served, then, at_the_batch = NOVEMBER - DAY, timedelta(0), 3 * DAY
    corrected = ServiceTime(served - then + at_the_batch, half_hour_known=True, month_known=True)
    assert not keeps_its_month(corrected, served)
    assert keeps_its_month(told(served, between=(HOUR, 2 * DAY), later=at_the_batch), served)


@given(tapped=st.datetimes(datetime(1970, 1, 2), datetime(2099, 12, 30)), lacks=errors)  # noqa: DTZ001
def test_whatever_a_tablet_says_the_time_lies_between_its_contacts(
    tapped: datetime, lacks: timedelta
) -> None:
    bounds = Contact(NOON, lacks), Contact(NOON + HOUR, lacks)
    known = service_time(tapped.replace(tzinfo=UTC), *bounds, WIB)
    assert NOON <= known.served_at <= NOON + HOUR


@given(served=around_a_months_end, apart=st.timedeltas(min_value=SECOND, max_value=DAY))
def test_contacts_in_the_wrong_order_tell_no_half_hour(served: datetime, apart: timedelta) -> None:
    known = told(served, between=(-apart, -apart))
    assert not known.half_hour_known
    assert served - apart <= known.served_at <= served + apart
