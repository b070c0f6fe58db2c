"""Closing, the officer's own page and a full unit's page in a real browser."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import cycle, islice

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine, insert
from sqlmodel import Session

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause, open_batch
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from aggregation.visits.models import Visit
from survey.database import writing
from survey.models import ServiceUnit
from survey.month import Month, midnight
from tests.month_factories import NINE, Seen, Shift, SmallOffice, assign, small_office, store
from tests.staff_browser import Opens, look_everywhere, windows
from tests.staff_factories import make_account, staff

UNIT = "/unit/DISDUKCAPIL-CONTOH"
NOVEMBER_9 = datetime(2026, 11, 9, 5, 0, tzinfo=UTC)
MONTHS = [Month(2025, 12).shift(each) for each in range(11)]
CHANNELS = ("kiosk", "kiosk", "ticket", "ticket", "kiosk_qr", "kiosk")
OFFICES = tuple(Shift(0, 0, weekday, 16, 24) for weekday in range(1, 6)) + tuple(
    Shift(1, 1, weekday, 16, 24) for weekday in (1, 2)
)


def visits_of(month: Month, n: int, best: int = 6) -> Iterator[Seen]:
    """Yield visits over all days of a month; of eight citizens `best` give the highest rating."""
    days = cycle(list(month.days())[:28])
    ratings = cycle([4] * best + [3] * (7 - best) + [2])
    channels = cycle(CHANNELS)
    for place in range(n):
        rating, half_hour = next(ratings), midnight(next(days)) + 18
        nine = dict.fromkeys(NINE, rating) if place % 2 else {"perilaku": 4, "kompetensi": rating}
        channel, desk = next(channels), int(place % 5 == 0)
        yield Seen(half_hour, desk=desk, channel=channel, overall=rating, nine=nine)


def full_year(session: Session) -> SmallOffice:
    """Make an office that has closed ten months; October is over, November runs."""
    office = small_office(session, OFFICES)
    unit = session.get_one(ServiceUnit, office.unit_id)
    unit.code, unit.name = "DISDUKCAPIL-CONTOH", "Disdukcapil Kota Contoh"
    assign(session, office, 0, 1)
    best = cycle((5, 6, 5, 4, 6, 5))
    for month in MONTHS:
        store(session, office, visits_of(month, 9 if month == MONTHS[3] else 90, next(best)), month)
        if month != MONTHS[-1]:
            at = datetime(*month.shift(1).first_day.timetuple()[:3], tzinfo=UTC) + timedelta(days=4)
            facts = {"closed_by": "Wati", "at": at, "rules": only(DEFAULT_RULE)}
            close_month(session, office.unit_id, month, **facts)  # type: ignore[arg-type]
    store(session, office, islice(visits_of(Month(2026, 11), 64), 64), Month(2026, 11))
    served(session, office, MONTHS[-2], 300)
    return office


def served(session: Session, office: SmallOffice, month: Month, n: int) -> None:
    batch_id = open_batch(session, office.unit_id, Cause("uji", "", NOVEMBER_9))
    row = {"unit_id": office.unit_id, "day": date(month.year, month.month, 3), "batch_id": batch_id}
    half_hour = midnight(row["day"]) + 18  # type: ignore[arg-type]
    row |= {"desk_id": office.desks[0], "half_hour": half_hour}
    session.execute(insert(Visit), [{**row, "number": f"A{each}"} for each in range(n)])


@pytest.fixture
def office(sqlite_engine: Engine) -> Iterator[SmallOffice]:
    """Give a year of closed months, on 9 November."""
    with time_machine.travel(NOVEMBER_9, tick=True), writing(sqlite_engine) as session:
        made = full_year(session)
    with time_machine.travel(NOVEMBER_9, tick=True):
        yield made


@pytest.fixture
def app(sqlite_engine: Engine, office: SmallOffice) -> Flask:
    assert office.unit_id
    return staff(sqlite_engine)


@pytest.fixture
def heads(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    """Open windows of somebody who heads the unit and is HR."""
    roles = (RoleIn(Role.UNIT_HEAD), RoleIn(Role.HR))
    with windows(browser, app, sqlite_engine, *roles) as window:
        yield window


@pytest.fixture(params=["linked", "unlinked"])
def officers(
    request: pytest.FixtureRequest, browser: Browser, app: Flask, office: SmallOffice
) -> Iterator[Opens]:
    """Open windows of an officer whose account is linked, or is not."""
    engine: Engine = request.getfixturevalue("sqlite_engine")
    officer_id = office.officers[0] if request.param == "linked" else None
    with writing(engine) as session:
        role = RoleIn(Role.OFFICER, office.unit_id)
        account_id = make_account(session, role, name="Sari", officer_id=officer_id)
    with windows(browser, app, engine, account_id=account_id) as window:
        yield window


def test_a_heads_screens_are_readable_for_everyone(heads: Opens) -> None:
    screens = {
        "unit-year": UNIT,
        "unit-gap": f"{UNIT}?bulan=2026-03",
        "closing-months": f"{UNIT}/tutup",
        "closing-check": f"{UNIT}/tutup/2026-10",
        "closing-refused": f"{UNIT}/tutup/2026-11",
        "closing-already": f"{UNIT}/tutup/2026-09",
    }
    look_everywhere(heads, screens)


def test_an_officers_screens_are_readable_for_everyone(
    request: pytest.FixtureRequest, officers: Opens
) -> None:
    linked = "unlinked" not in request.node.name
    own = {"own-score" if linked else "own-score-unlinked": "/saya"}
    look_everywhere(officers, own | {"officers-unit": UNIT})


def test_an_uneventful_month_closes_in_two_clicks(heads: Opens) -> None:
    page = heads().open(f"{UNIT}/tutup")
    page.get_by_role("link", name="Periksa dan tutup").click()
    page.get_by_role("button", name="Tutup bulan Oktober 2026").click()
    expect(page.get_by_text("Oktober 2026 sudah ditutup.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Rina Contoh")).to_contain_text("Oktober 2026")


def test_a_month_can_be_closed_without_script_and_by_keyboard(heads: Opens) -> None:
    page = heads(java_script_enabled=False).open(f"{UNIT}/tutup/2026-10")
    page.get_by_role("button", name="Tutup bulan Oktober 2026").press("Enter")
    expect(page.get_by_text("Oktober 2026 sudah ditutup.")).to_be_visible()


def test_the_trend_leaves_a_gap_where_there_is_no_index(heads: Opens) -> None:
    page = heads().open(UNIT)
    expect(page.locator("#tren-picture")).to_be_visible()
    chart = page.locator("section#tren .chart")
    assert chart.locator(".point").count() == len(MONTHS) - 2
    # One piece before the gap, one after it; the third line is the centre.
    assert chart.locator(".js-line").count() == 3
