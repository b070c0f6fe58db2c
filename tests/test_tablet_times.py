"""When a citizen was served, as the record has it after a tablet's batch (method §4.4, §4.5)."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from survey.month import Month, half_hour_of
from tests.record_factories import NOON, Office, an_office
from tests.tablet_factories import MadeTablet, enrolled, outcomes

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine, services=("KTP-EL",))


@pytest.fixture
def tablet(office: Office) -> MadeTablet:
    return enrolled(office.engine, office.desk.id)


def test_a_wrong_clock_is_corrected_by_the_stamps_around_the_tap(office: Office) -> None:
    tablet = enrolled(office.engine, office.desk.id, behind=365 * DAY)
    tablet.keep(at=NOON + HOUR)
    tablet.touch(NOON + 2 * HOUR)
    tablet.send(office.engine, at=NOON + 60 * DAY)
    [row] = office.responses
    assert row["half_hour"] == half_hour_of(NOON + HOUR, ZoneInfo("Asia/Jakarta"))
    assert (row["month"], row["late"]) == (Month(2026, 10), False)


def test_a_clock_that_was_reset_in_between_leaves_the_half_hour_unknown(
    office: Office, tablet: MadeTablet
) -> None:
    tablet.behind = 3 * DAY
    tablet.keep(at=NOON + HOUR)
    tablet.touch(NOON + 2 * HOUR)
    tablet.send(office.engine, at=NOON + 3 * HOUR)
    [row] = office.responses
    assert (row["half_hour"], row["month"], row["late"]) == (None, Month(2026, 10), False)


def test_around_a_months_end_a_reset_clock_makes_a_response_late(office: Office) -> None:
    tablet = enrolled(office.engine, office.desk.id, at=NOON)
    tablet.behind = -3 * DAY
    tablet.keep(at=NOON + DAY)
    tablet.send(office.engine, at=NOON + 30 * DAY)
    [row] = office.responses
    assert (row["half_hour"], row["month"], row["late"]) == (None, Month(2026, 11), True)


def test_what_comes_after_the_close_is_late_but_its_half_hour_is_known(
    office: Office, tablet: MadeTablet
) -> None:
    item = tablet.keep(at=NOON + HOUR)
    office.close()
    taken = tablet.send(office.engine, [item], at=NOON + 40 * DAY)
    [row] = office.responses
    assert (row["late"], row["month"]) == (True, Month(2026, 10))
    assert row["half_hour"] is not None
    again = tablet.send(office.engine, [item], at=NOON + 41 * DAY)
    assert again.results[0].receipt == taken.results[0].receipt


@pytest.mark.parametrize("stamp", ["", "x" * 64, "another tablet's"])
def test_a_stamp_that_is_not_this_tablets_says_nothing(
    office: Office, tablet: MadeTablet, stamp: str
) -> None:
    if stamp == "another tablet's":
        stamp = enrolled(office.engine, office.desk.id, behind=DAY).stamps[0]
    tablet.keep(at=NOON + HOUR)
    tablet.stamps[0] = stamp
    assert outcomes(tablet.send(office.engine, at=NOON + 2 * HOUR)) == ["recorded"]
    assert [row["half_hour"] for row in office.responses] == [None]


def test_without_a_stamp_the_running_number_tells_whether_a_report_lies_before(
    office: Office, tablet: MadeTablet
) -> None:
    early = tablet.item(at=NOON + HOUR)
    tablet.send(office.engine, [], at=NOON + 2 * HOUR)
    late = tablet.item(at=NOON + 3 * HOUR)
    tablet.send(office.engine, [early, late], at=NOON + 4 * HOUR)
    known = {str(row["id"]): row["half_hour"] is not None for row in office.responses}
    assert known == {early["id"]: False, late["id"]: True}
