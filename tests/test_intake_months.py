"""Each response lies in its unit's month, or is late (method §4.5)."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from survey.month import Month
from tests.record_factories import (
    NOON,
    OCTOBER,
    Office,
    an_office,
    day,
    visit,
)


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine, services=["KK", "KIA"])


def test_a_response_received_after_the_close_of_its_month_is_late(office: Office) -> None:
    office.close()
    office.send(visit(), at=NOON + timedelta(days=40))
    assert [row["late"] for row in office.responses] == [True]


def test_a_response_before_the_close_is_not_late(office: Office) -> None:
    office.close(OCTOBER.shift(-1))
    office.send(visit(), at=NOON + timedelta(days=40))
    assert [row["late"] for row in office.responses] == [False]


def test_another_units_close_makes_nothing_late(office: Office) -> None:
    an_office(office.engine).close()
    office.send(visit())
    assert [row["late"] for row in office.responses] == [False]


@pytest.mark.parametrize(
    ("zone", "midnight"),
    [
        ("Asia/Jakarta", datetime(2026, 10, 31, 17, 0, tzinfo=UTC)),
        ("Asia/Makassar", datetime(2026, 10, 31, 16, 0, tzinfo=UTC)),
        ("Asia/Jayapura", datetime(2026, 10, 31, 15, 0, tzinfo=UTC)),
    ],
)
def test_a_month_ends_at_the_units_own_midnight(
    engine: Engine, zone: str, midnight: datetime
) -> None:
    office = an_office(engine, zone=zone)
    before, after = visit(served_at=midnight - timedelta(seconds=1)), visit(served_at=midnight)
    office.send(before)
    office.send(after)
    months = {row["id"]: row["month"] for row in office.responses}
    assert months == {before.id: OCTOBER, after.id: Month(2026, 11)}


def test_the_day_received_is_the_units_day(engine: Engine) -> None:
    office = an_office(engine, zone="Asia/Jayapura")
    office.send(visit(), at=datetime(2026, 10, 5, 15, 0, tzinfo=UTC))
    assert [row["received_on"] for row in office.responses] == [day("2026-10-06")]
