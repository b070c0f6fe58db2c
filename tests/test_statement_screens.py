"""The statement in a real browser: every width, theme and language."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.method.rule import Rule
from survey.database import writing
from survey.models import ServiceUnit
from tests.month_factories import SmallOffice
from tests.score_factories import key_of
from tests.staff_browser import Opens, look_everywhere, violations, windows
from tests.staff_factories import make_account, staff
from tests.statement_factories import BUDI, SARI, told_office

MIXED = Rule(version="2", mix_applied=True, outages_counted=False)
NOVEMBER_9 = datetime(2026, 11, 9, 2, tzinfo=UTC)


@pytest.fixture(autouse=True)
def ninth_of_november() -> Iterator[None]:
    with time_machine.travel(NOVEMBER_9, tick=True):
        yield


@pytest.fixture
def office(sqlite_engine: Engine) -> SmallOffice:
    with writing(sqlite_engine) as session:
        return told_office(session, MIXED)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


@pytest.fixture
def own(
    browser: Browser, app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> Iterator[Opens]:
    with writing(sqlite_engine) as session:
        role = RoleIn(Role.OFFICER, office.unit_id)
        account_id = make_account(session, role, officer_id=office.officers[SARI])
    with windows(browser, app, sqlite_engine, account_id=account_id) as window:
        yield window


@pytest.fixture
def hr(browser: Browser, app: Flask, sqlite_engine: Engine, office: SmallOffice) -> Iterator[Opens]:  # noqa: ARG001
    with windows(browser, app, sqlite_engine, RoleIn(Role.HR)) as window:
        yield window


def code_of(engine: Engine, office: SmallOffice) -> str:
    with writing(engine) as session:
        return session.get_one(ServiceUnit, office.unit_id).code


def test_the_own_statement_is_readable_for_everyone(
    own: Opens, sqlite_engine: Engine, office: SmallOffice
) -> None:
    code = code_of(sqlite_engine, office)
    screens = {
        "statement-own": f"/saya/pernyataan/{code}/2026-10",
        "statement-lead": "/saya",
    }
    look_everywhere(own, screens)


def test_hrs_statement_is_readable_for_everyone(
    hr: Opens, sqlite_engine: Engine, office: SmallOffice
) -> None:
    code = code_of(sqlite_engine, office)
    with writing(sqlite_engine) as session:
        budi = key_of(session, office, BUDI)
    look_everywhere(hr, {"statement-hr": f"/unit/{code}/pernyataan/2026-08/{budi}"})


def test_the_tables_of_a_statement_scroll_with_the_keyboard(
    own: Opens, sqlite_engine: Engine, office: SmallOffice
) -> None:
    visit = own(viewport={"width": 360, "height": 700})
    page = visit.open(f"/saya/pernyataan/{code_of(sqlite_engine, office)}/2026-10")
    table = page.get_by_role("region", name="Susunan jawaban").first
    table.focus()
    page.keyboard.press("ArrowRight")
    page.wait_for_function("element => element.scrollLeft > 0", arg=table.element_handle())
    assert violations(page) == []
