"""The pages that set a unit up, in a real browser: every screen, width, theme and language."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.office.sheet_template import SheetKind
from survey.database import reading, writing
from survey.models import ServiceUnit
from survey.set_up import desks_by_code
from survey.units import unit_with
from tests.office_factories import OFFICERS, UNIT, an_office, by_code, csv, take
from tests.office_factories import NOON as THEN
from tests.staff_browser import Opens, every_kind_of_screen, look_at, windows
from tests.staff_factories import make_office, staff

OPERATOR = RoleIn(Role.OPERATOR)
SCREENS = {
    "set-up-units": "/",
    "set-up-unit-new": "/unit/baru",
    "set-up-unit-edit": f"/unit/{UNIT}/ubah",
    "set-up-guide": f"/unit/{UNIT}/penyiapan",
    "set-up-guide-empty": "/unit/KECAMATAN/penyiapan",
    "set-up-services": f"/unit/{UNIT}/layanan",
    "set-up-services-empty": "/unit/KECAMATAN/layanan",
    "set-up-desks": f"/unit/{UNIT}/loket",
    "set-up-desks-none-found": f"/unit/{UNIT}/loket?cari=zzz",
    "set-up-desks-empty": "/unit/KECAMATAN/loket",
    "set-up-questionnaire": f"/unit/{UNIT}/kuesioner",
}


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        make_office(session, "KECAMATAN", "Kecamatan Contoh Utara")
        old = make_office(session, "LAMA", "Kantor lama")
        session.get_one(ServiceUnit, old).active = False
        session.get_one(ServiceUnit, old).parent_id = unit_id
        session.get_one(ServiceUnit, unit_id).accent = "#1f4e8c"
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    with windows(browser, app, sqlite_engine, OPERATOR) as window:
        yield window


@every_kind_of_screen
def test_every_screen_is_readable_for_everyone(
    opens: Opens, sqlite_engine: Engine, width: int, theme: str, language: str
) -> None:
    desk = by_code(sqlite_engine, "desk")["L1"]["public_key"]
    service = by_code(sqlite_engine, "service")["KK"]["id"]
    of_one = {
        "set-up-desk": f"/unit/{UNIT}/loket/{desk}",
        "set-up-slips": f"/unit/{UNIT}/loket/{desk}/karcis",
        "set-up-service": f"/unit/{UNIT}/layanan/{service}",
    }
    look_at(opens, {**SCREENS, **of_one}, width, theme, language)
