"""The pages of objections and revisions in a real browser."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.appraisal.objection_answers import answer_objection
from aggregation.appraisal.objections import file_objection
from aggregation.models import Officer
from survey.database import writing
from survey.models import Desk, ServiceUnit
from tests.month_factories import AFTER_OCTOBER, OCTOBER, SmallOffice
from tests.revision_factories import LATE, LATER, approved, by, duty, october, prepared, upheld
from tests.staff_browser import look_everywhere, violations, windows
from tests.staff_factories import make_account, staff

LONG = (
    "Pada Senin, 5 Oktober 2026, pukul 08.00 sampai 12.00 saya mengikuti rapat di dinas. "
    "Yang melayani di Loket 1 adalah rekan saya, seperti tercatat di daftar hadir.\n"
    "Mohon tanggapan pada jam itu tidak dihitung untuk saya."
)


@pytest.fixture(autouse=True)
def _ninth_of_november() -> Iterator[None]:
    with time_machine.travel(LATER + timedelta(hours=1)):
        yield


class World:
    """An October with objections and revisions in every state."""

    def __init__(self, session: Session) -> None:
        self.office: SmallOffice = october(session)
        unit = session.get_one(ServiceUnit, self.office.unit_id)
        unit.name = "Disdukcapil Kota Contoh"
        self.unit = f"/unit/{unit.code}"
        self.own = f"/saya/keberatan/{unit.code}/{OCTOBER}"
        for number, name in enumerate(("Sari Contoh", "Budi Contoh", "Wati Contoh Panjang Nama")):
            session.get_one(Officer, self.office.officers[number]).name = name
        for number, desk in enumerate(self.office.desks, 1):
            session.get_one(Desk, desk).name = f"Loket {number}"
        self.waits = self._filed(session, 1)
        self.refused = self._filed(session, 2)
        answer = by("pemeriksa", "Daftar hadir dan jadwal sama dengan penutupan.")
        answer_objection(session, unit.id or 0, self.refused, answer, upheld=False)
        self.upheld = upheld(session, self.office)
        self.request = prepared(session, self.office, duty(self.office)).id

    def _filed(self, session: Session, officer: int) -> UUID:
        cause = by("petugas", LONG, AFTER_OCTOBER + timedelta(days=officer))
        who = self.office.officers[officer]
        return file_objection(session, self.office.unit_id, OCTOBER, who, cause).id


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    with writing(sqlite_engine) as session:
        return World(session)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def account(engine: Engine, world: World, role: Role, officer: int | None = None) -> int:
    who = None if officer is None else world.office.officers[officer]
    with writing(engine) as session:
        return make_account(session, RoleIn(role, world.office.unit_id), officer_id=who)


def test_every_screen_is_readable_for_everyone(
    browser: Browser, app: Flask, sqlite_engine: Engine, world: World
) -> None:
    of_reviewer = {
        "objections": f"{world.unit}/keberatan",
        "objection-answer": f"{world.unit}/keberatan/{world.waits}",
        "objection-answered": f"{world.unit}/keberatan/{world.refused}",
    }
    of_hr = {
        "revisions": f"{world.unit}/revisi",
        "revision-decide": f"{world.unit}/revisi/{world.request}",
        "revision-prepare": f"{world.unit}/revisi/baru?bulan=2026-10&keberatan={world.upheld}",
    }
    for role, officer, screens in (
        (Role.REVIEWER, None, of_reviewer),
        (Role.HR, None, of_hr),
        (Role.OFFICER, 0, {"objection-own": world.own}),
        (Role.OFFICER, 2, {"objection-own-answered": world.own}),
    ):
        who = account(sqlite_engine, world, role, officer)
        with windows(browser, app, sqlite_engine, account_id=who) as opens:
            look_everywhere(opens, screens)


def test_an_officer_objects_by_keyboard_without_a_script(
    browser: Browser, app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        office = october(session)
        code = session.get_one(ServiceUnit, office.unit_id).code
        who = make_account(
            session, RoleIn(Role.OFFICER, office.unit_id), officer_id=office.officers[0]
        )
    with windows(browser, app, sqlite_engine, account_id=who) as opens:
        page = opens(java_script_enabled=False).open(f"/saya/keberatan/{code}/{OCTOBER}")
        page.get_by_label("Apa yang tidak sesuai").fill(LONG)
        page.get_by_label("Apa yang tidak sesuai").press("Tab")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Keberatan Anda tersimpan")).to_be_visible()
        expect(page.get_by_text("Mohon tanggapan pada jam itu")).to_be_visible()


def test_a_second_person_approves_on_the_page(
    browser: Browser, app: Flask, sqlite_engine: Engine, world: World
) -> None:
    who = account(sqlite_engine, world, Role.HR)
    with windows(browser, app, sqlite_engine, account_id=who) as opens:
        page = opens(java_script_enabled=False).open(f"{world.unit}/revisi")
        page.get_by_role("link", name="Periksa").click()
        page.get_by_role("button", name="Setujui revisi").click()
        expect(page.get_by_text("Revisi disetujui dan berlaku.")).to_be_visible()


def test_an_answer_without_a_label_is_noticed(
    browser: Browser, app: Flask, sqlite_engine: Engine, world: World
) -> None:
    who = account(sqlite_engine, world, Role.REVIEWER)
    with windows(browser, app, sqlite_engine, account_id=who) as opens:
        page = opens().open(f"{world.unit}/keberatan/{world.waits}")
        page.evaluate("document.querySelector('label[for=reason]').remove()")
        assert any(each.startswith("label") for each in violations(page))


def test_the_list_after_a_revision_shows_what_was_made(
    browser: Browser, app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        office = october(session)
        code = session.get_one(ServiceUnit, office.unit_id).code
        approved(session, prepared(session, office, LATE))
        who = make_account(session, RoleIn(Role.HR, office.unit_id))
    with windows(browser, app, sqlite_engine, account_id=who) as opens:
        page = opens().open(f"/unit/{code}/revisi")
        page.get_by_role("link", name="Baca nilainya").click()
        expect(page.get_by_role("heading", level=1)).to_contain_text("Nilai petugas")
