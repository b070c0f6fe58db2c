"""No row of the record can tell who was there, or when exactly (method §9)."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from survey.channel import Channel
from tests.record_factories import NOON, Office, an_office, everything_in, visit

RANDOM = {"id", "receipt_digest", "salt", "leaf"}


@pytest.fixture
def office(engine: Engine) -> Office:
    return an_office(engine)


def without_chance(row: dict[str, Any]) -> dict[str, Any]:
    return {column: value for column, value in row.items() if column not in RANDOM}


def test_two_visits_of_one_half_hour_differ_by_chance_only(office: Office) -> None:
    begins = NOON.replace(minute=0, second=0)
    for after in (timedelta(0), timedelta(minutes=29, seconds=59, microseconds=999_999)):
        office.send(visit(served_at=begins + after), at=begins + timedelta(hours=1) + after)
    first, second = office.responses
    assert without_chance(first) == without_chance(second)


def test_visits_of_two_half_hours_differ_by_the_half_hour(office: Office) -> None:
    office.send(visit(served_at=NOON))
    office.send(visit(served_at=NOON + timedelta(minutes=30)))
    halves = sorted(row["half_hour"] for row in office.responses)
    assert halves[1] - halves[0] == 1


@pytest.mark.parametrize("channel", [Channel.KIOSK, Channel.KIOSK_QR, Channel.DESK_QR])
def test_the_minute_of_a_visit_stands_nowhere_in_the_database(
    office: Office, channel: Channel
) -> None:
    exact = NOON.replace(minute=47, second=38, microsecond=123_456)
    before = everything_in(office.engine)
    office.send(visit(served_at=exact), at=exact + timedelta(minutes=4), channel=channel)
    after = everything_in(office.engine)
    added = "".join(row for table in after for row in set(after[table]) - set(before[table]))
    for trace in ("47:38", "51:38", "123456", str(int(exact.timestamp())), "microsecond"):
        assert trace not in added


def test_a_rows_key_is_the_senders_random_id_and_no_running_number(office: Office) -> None:
    sent = [visit() for _ in range(5)]
    for one in sent:
        office.send(one)
    assert {row["id"] for row in office.responses} == {one.id for one in sent}
    assert all(isinstance(row["id"], UUID) for row in office.responses)


@pytest.mark.parametrize("table", ["known_response", "response", "followup", "private_text"])
def test_sqlite_numbers_no_row_in_order_of_arrival(sqlite_engine: Engine, table: str) -> None:
    with sqlite_engine.connect() as connection, pytest.raises(OperationalError, match="rowid"):
        connection.exec_driver_sql(f"SELECT rowid FROM {table}")
