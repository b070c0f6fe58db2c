import doctest
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, insert
from sqlmodel import Session
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause, open_batch
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.output import sample_meter as module
from aggregation.output.sample_meter import sample_meter
from aggregation.rules.rule_book import only
from aggregation.visits.models import Visit
from aggregation.visits.visit_totals import visits_in
from survey.database import writing
from survey.models import ServiceUnit
from survey.month import Month, midnight
from tests.month_factories import (
    AFTER_OCTOBER,
    NINE,
    OCTOBER,
    Seen,
    SmallOffice,
    at,
    small_office,
    store,
)
from tests.page_words import words
from tests.staff_factories import member, staff
from tests.test_dashboard import charts

NOVEMBER = Month(2026, 11)
FULL = dict.fromkeys(NINE, 3)


@pytest.fixture(autouse=True)
def fifth_of_november() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        yield


def seen(n: int, day: int = 5, channel: str = "kiosk", month: Month = OCTOBER) -> list[Seen]:
    received = date(month.year, month.month, day)
    half_hour = at(day, 9, month)
    return [Seen(half_hour, channel=channel, nine=FULL, received_on=received)] * n


def served(session: Session, office: SmallOffice, days: dict[date, int]) -> None:
    """Keep so many visits on each day."""
    row: dict[str, Any] = {
        "unit_id": office.unit_id,
        "desk_id": office.desks[0],
        "batch_id": open_batch(session, office.unit_id, Cause("uji", "", AFTER_OCTOBER)),
    }
    for day, n in days.items():
        on_day = {**row, "day": day, "half_hour": midnight(day) + 18}
        session.execute(insert(Visit), [{**on_day, "number": f"A{each}"} for each in range(n)])


def an_office(session: Session, visits: list[Seen], *, close: bool = True) -> SmallOffice:
    office = small_office(session)
    session.get_one(ServiceUnit, office.unit_id).code = "KANTOR"
    store(session, office, visits)
    if close:
        facts = {"closed_by": "Wati", "at": AFTER_OCTOBER, "rules": only(DEFAULT_RULE)}
        close_month(session, office.unit_id, OCTOBER, **facts)  # type: ignore[arg-type]
    return office


def page(engine: Engine, *roles: RoleIn) -> TestResponse:
    client: Client = member(staff(engine), engine, *roles)
    return client.get("/staff/unit/KANTOR")


def test_the_examples_in_the_docstring_hold() -> None:
    assert doctest.testmod(module).failed == 0


def test_the_visits_of_a_month_are_counted_in_its_own_unit_and_days(session: Session) -> None:
    office, neighbour = small_office(session), small_office(session)
    days = {date(2026, 9, 30): 3, date(2026, 10, 1): 4, date(2026, 10, 31): 5, date(2026, 11, 1): 6}
    served(session, office, days)
    served(session, neighbour, {date(2026, 10, 5): 70})
    assert visits_in(session, office.unit_id, OCTOBER) == 9
    assert visits_in(session, office.unit_id, Month(2026, 8)) == 0


@given(st.integers(1, 100_000), st.integers(0, 500), st.integers(0, 100_000))
def test_a_meter_is_full_exactly_when_nothing_is_missing(visits: int, n: int, rated: int) -> None:
    meter = sample_meter(visits, n, rated)
    assert meter is not None
    assert (meter.missing == 0) is (n >= meter.required)
    assert (meter.coverage is None) is (rated > visits)
    assert 0 <= meter.filled <= 100


def test_without_visits_there_is_no_meter() -> None:
    assert sample_meter(0, 412, 1046) is None


def test_the_page_reports_the_sample_against_the_required_one(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session, seen(60))
        served(session, office, {date(2026, 10, 5): 300})
    said = words(page(sqlite_engine))
    assert "Kuesioner lengkap 60 dari 169 yang disyaratkan, kurang 109" in said
    assert "Cakupan 20,0% 60 tanggapan dari 300 kunjungan" in said


def test_without_visits_the_page_says_what_is_missing_and_where_to_give_it(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        an_office(session, seen(60))
    answer = page(sqlite_engine)
    assert "jumlah kunjungan Oktober 2026 belum dicatat." in answer.text
    assert 'href="/staff/unit/KANTOR/kunjungan"' in answer.text
    assert "/kunjungan" not in page(sqlite_engine, RoleIn(Role.HR)).text


def test_ten_ratings_bring_the_first_chart(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session, [], close=False)
        store(session, office, seen(9, 5, month=NOVEMBER), NOVEMBER)
    nine = page(sqlite_engine)
    assert list(charts(nine)) == []
    assert "Grafik pertama muncul pada tanggapan kesepuluh." in nine.text
    with writing(sqlite_engine) as session:
        store(session, office, seen(1, 5, month=NOVEMBER), NOVEMBER)
    assert list(charts(page(sqlite_engine))) == ["sejauh-ini"]


def test_the_page_does_not_move_until_ten_more_came(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session, [], close=False)
        store(session, office, seen(12, 4, month=NOVEMBER), NOVEMBER)
    before = words(page(sqlite_engine))
    assert "Paling sedikit 10 tanggapan" in before
    assert "Empat wajah sampai 4 November 2026" in before
    with writing(sqlite_engine) as session:
        store(session, office, seen(7, 5, month=NOVEMBER), NOVEMBER)
    assert words(page(sqlite_engine)) == before


def test_an_officers_page_tells_nothing_of_today(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session, [], close=False)
        store(session, office, seen(30, 5, month=NOVEMBER), NOVEMBER)
    said = words(page(sqlite_engine, RoleIn(Role.OFFICER)))
    assert "Sampai kemarin belum ada sepuluh tanggapan." in said
    assert "Paling sedikit 30 tanggapan" in words(page(sqlite_engine))


def test_a_month_that_waits_to_be_closed_is_said(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        an_office(session, seen(30), close=False)
    address = 'href="/staff/unit/KANTOR/tutup/2026-10"'
    assert address in page(sqlite_engine).text
    officers = page(sqlite_engine, RoleIn(Role.OFFICER))
    assert address not in officers.text
    assert "Oktober 2026 sudah berakhir dan belum ditutup." in officers.text


def test_a_month_of_the_past_shows_no_running_one(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = an_office(session, seen(30), close=False)
        store(session, office, seen(30, 7, month=Month(2026, 9)), Month(2026, 9))
        for month in (Month(2026, 9), OCTOBER):
            facts = {"closed_by": "Wati", "at": AFTER_OCTOBER, "rules": only(DEFAULT_RULE)}
            close_month(session, office.unit_id, month, **facts)  # type: ignore[arg-type]
    client = member(staff(sqlite_engine), sqlite_engine)
    assert "sedang berjalan" in client.get("/staff/unit/KANTOR").text
    assert "sedang berjalan" not in client.get("/staff/unit/KANTOR?periode=2026-09").text
    assert "tren" in charts(client.get("/staff/unit/KANTOR"))
