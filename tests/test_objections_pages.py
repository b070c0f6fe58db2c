"""The pages of objections: the officer's own, and those of whoever answers."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import Engine
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.appraisal.objections import file_objection
from aggregation.changes.batch import Cause
from survey.database import reading, writing
from tests.month_factories import AFTER_OCTOBER, OCTOBER, SmallOffice
from tests.record_factories import rows_of
from tests.revision_factories import LATER, approved, duty, october, prepared
from tests.score_factories import code_of, scored_office
from tests.staff_factories import make_account, make_office, member, send, staff
from tests.worlds import as_made

TEXT = "Pada 5 Oktober pukul 09.00 saya rapat."
PRINTED = re.compile(r"\d\d,\d\d")
"""A score as pages write it."""


@pytest.fixture(autouse=True)
def seventh_of_november() -> Iterator[None]:
    with time_machine.travel(AFTER_OCTOBER + timedelta(days=2), tick=False):
        yield


class World:
    """A closed October with its officer, and others with their roles."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.office: SmallOffice = as_made(engine, scored_office)
        with reading(engine) as session:
            self.code = code_of(session, self.office)
        self.own = f"/staff/saya/keberatan/{self.code}/{OCTOBER}"
        self.unit = f"/staff/unit/{self.code}"

    def somebody(self, role: Role, officer: int | None = None) -> Client:
        who = None if officer is None else self.office.officers[officer]
        with writing(self.engine) as session:
            account = make_account(session, RoleIn(role, self.office.unit_id), officer_id=who)
        return member(staff(self.engine), self.engine, account_id=account)

    def filed(self, text: str = TEXT, officer: int = 0) -> str:
        with writing(self.engine) as session:
            cause = Cause("petugas", text, AFTER_OCTOBER, "petugas")
            who = self.office.officers[officer]
            found = file_objection(session, self.office.unit_id, OCTOBER, who, cause)
            return f"{self.unit}/keberatan/{found.id}"


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return World(sqlite_engine)


def test_an_officer_objects_on_the_own_page(world: World) -> None:
    officer = world.somebody(Role.OFFICER, 0)
    page = officer.get(world.own)
    assert "<b>Kamis, 12 November 2026</b>. Sisa 5 hari." in page.text
    assert send(officer, world.own, text=TEXT).status_code == 303
    page = officer.get(world.own)
    assert "Keberatan Anda tersimpan" in page.text
    assert TEXT in page.text
    assert "Menunggu jawaban" in page.text
    assert "<textarea" not in page.text


@pytest.mark.parametrize("text", ["", "   ", "x" * 2001])
def test_what_cannot_be_kept_stays_in_the_form(world: World, text: str) -> None:
    officer = world.somebody(Role.OFFICER, 0)
    page = send(officer, world.own, text=text)
    assert page.status_code == 422
    assert f">{chr(13)}{chr(10)}{text}</textarea>" in page.text
    assert rows_of(world.engine, "objection") == []


def test_who_writes_markup_reads_it_as_it_was_written(world: World) -> None:
    address = world.filed("<script>alert(1)</script> 100% %(name)s")
    for page in (
        world.somebody(Role.OFFICER, 0).get(world.own),
        world.somebody(Role.REVIEWER).get(address),
    ):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; 100% %(name)s" in page.text


def test_a_second_objection_is_told_and_nothing_is_kept(world: World) -> None:
    officer = world.somebody(Role.OFFICER, 0)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', officer.get(world.own).text)[-1]
    world.filed()
    page = officer.post(world.own, data={"csrf_token": token, "text": "Sekali lagi"})
    assert page.status_code == 422
    assert "sudah Anda ajukan" in page.text
    assert len(rows_of(world.engine, "objection")) == 1


def test_after_the_last_day_there_is_no_form(world: World) -> None:
    with time_machine.travel(AFTER_OCTOBER + timedelta(days=9), tick=False):
        officer = world.somebody(Role.OFFICER, 0)
        page = officer.get(world.own)
        assert "Masa keberatan berakhir Kamis, 12 November 2026." in page.text
        assert "<textarea" not in page.text
        page = send(officer, world.own, text=TEXT)
    assert (page.status_code, "sudah lewat" in page.text) == (422, True)


@pytest.mark.parametrize("of", ["2026-09", "2026-13", "x"])
def test_a_month_without_own_figures_has_no_page(world: World, of: str) -> None:
    officer = world.somebody(Role.OFFICER, 0)
    assert officer.get(world.own.replace(str(OCTOBER), of)).status_code == 404


def test_a_unit_one_never_served_has_no_page(world: World) -> None:
    with writing(world.engine) as session:
        make_office(session, "LAIN")
    officer = world.somebody(Role.OFFICER, 0)
    for code in ("LAIN", "TIADA"):
        assert officer.get(f"/staff/saya/keberatan/{code}/{OCTOBER}").status_code == 404


def test_who_was_moved_may_still_object_to_the_months_before(world: World) -> None:
    with writing(world.engine) as session:
        elsewhere = make_office(session, "LAIN")
        account = make_account(
            session, RoleIn(Role.OFFICER, elsewhere), officer_id=world.office.officers[0]
        )
    moved = member(staff(world.engine), world.engine, account_id=account)
    assert moved.get(world.own).status_code == 200
    assert send(moved, world.own, text=TEXT).status_code == 303


def test_an_account_of_nobody_has_no_page(world: World) -> None:
    assert world.somebody(Role.OFFICER).get(world.own).status_code == 404


def test_an_officer_never_reads_a_colleagues_objection(world: World) -> None:
    world.filed(officer=1)
    assert TEXT not in world.somebody(Role.OFFICER, 0).get(world.own).text
    assert TEXT in world.somebody(Role.OFFICER, 1).get(world.own).text


# The reviewer.


def test_the_list_says_what_is_due_and_by_when(world: World) -> None:
    address = world.filed()
    page = world.somebody(Role.REVIEWER).get(f"{world.unit}/keberatan")
    assert address in page.text
    assert "19 November 2026" in page.text
    assert "Terlambat" not in page.text
    with time_machine.travel(AFTER_OCTOBER + timedelta(days=15), tick=False):
        page = world.somebody(Role.REVIEWER).get(f"{world.unit}/keberatan")
    assert "Terlambat" in page.text


def test_a_list_without_objections_says_what_it_is_for(world: World) -> None:
    page = world.somebody(Role.REVIEWER).get(f"{world.unit}/keberatan")
    assert "Belum ada keberatan." in page.text


def test_the_reviewer_answers_and_the_officer_reads_it(world: World) -> None:
    address = world.filed()
    reviewer = world.somebody(Role.REVIEWER)
    assert send(reviewer, address, answer="upheld", reason="Absensi benar.").status_code == 303
    page = reviewer.get(address)
    assert "Absensi benar." in page.text
    assert "<textarea" not in page.text
    own = world.somebody(Role.OFFICER, 0).get(world.own).text
    assert "Absensi benar." in own
    assert "Dikabulkan, menunggu revisi" in own


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"answer": "upheld"},
        {"answer": "mungkin", "reason": "x"},
        {"answer": "refused", "reason": "x" * 2001},
        {"reason": "Tanpa pilihan"},
    ],
)
def test_an_answer_that_lacks_something_is_not_taken(world: World, fields: dict[str, str]) -> None:
    page = send(world.somebody(Role.REVIEWER), world.filed(), **fields)
    assert page.status_code == 422
    assert fields.get("reason", "") in page.text
    assert rows_of(world.engine, "objection_answer") == []


def test_the_second_of_two_answers_is_told(world: World) -> None:
    address = world.filed()
    first, second = world.somebody(Role.REVIEWER), world.somebody(Role.REVIEWER)
    token = re.findall(r'name="csrf_token" value="([^"]+)"', second.get(address).text)[-1]
    send(first, address, answer="refused", reason="Absensi lain.")
    fields = {"csrf_token": token, "answer": "upheld", "reason": "Benar."}
    page = second.post(address, data=fields)
    assert page.status_code == 422
    assert "baru saja dijawab orang lain" in page.text
    assert "Absensi lain." in page.text


def test_a_reviewer_who_is_the_officer_sees_why_not_and_is_refused(world: World) -> None:
    address = world.filed()
    own = world.somebody(Role.REVIEWER, 0)
    page = own.get(address)
    assert "Ini keberatan Anda sendiri." in page.text
    assert "<textarea" not in page.text
    assert send(own, address, answer="upheld", reason="Benar.").status_code == 422
    assert rows_of(world.engine, "objection_answer") == []
    other = world.somebody(Role.REVIEWER, 1)
    assert send(other, address, answer="upheld", reason="Benar.").status_code == 303


def test_no_page_of_a_reviewer_shows_a_score(world: World) -> None:
    """The control: the same pattern finds the score on the officer's own page."""
    address = world.filed()
    reviewer = world.somebody(Role.REVIEWER)
    for page in (reviewer.get(address), reviewer.get(f"{world.unit}/keberatan")):
        assert PRINTED.findall(page.text) == []
    assert PRINTED.findall(world.somebody(Role.OFFICER, 0).get("/staff/saya").text)


def test_reading_an_objection_is_kept_in_the_log(world: World) -> None:
    address = world.filed()
    world.somebody(Role.REVIEWER).get(address)
    read = [row for row in rows_of(world.engine, "log_entry") if row["act"] == "people.read"]
    assert [row["subject"] for row in read] == [address.removeprefix("/staff")]


@pytest.mark.parametrize("role", [Role.HR, Role.UNIT_HEAD, Role.OFFICER, Role.AUDITOR])
def test_nobody_but_a_reviewer_reads_objections(world: World, role: Role) -> None:
    address = world.filed()
    somebody = world.somebody(role)
    for path in (address, f"{world.unit}/keberatan"):
        assert somebody.get(path).status_code == 403


def test_the_own_statement_leads_to_objecting(world: World) -> None:
    statement = world.own.replace("keberatan", "pernyataan")
    page = world.somebody(Role.OFFICER, 0).get(statement)
    assert "Ada yang tidak sesuai?" in page.text
    assert f'href="{world.own}"' in page.text


def test_a_statement_says_both_values_after_a_revision(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = october(session)
        code = code_of(session, office)
        approved(session, prepared(session, office, duty(office)))
        account = make_account(
            session, RoleIn(Role.OFFICER, office.unit_id), officer_id=office.officers[1]
        )
    with time_machine.travel(LATER, tick=False):
        officer = member(staff(sqlite_engine), sqlite_engine, account_id=account)
        page = officer.get(f"/staff/saya/pernyataan/{code}/{OCTOBER}").text
        assert re.findall(r"semula \d\d,\d\d \(revisi 0\)", page)
        first = officer.get(f"/staff/saya/pernyataan/{code}/{OCTOBER}?revisi=0").text
    assert "(revisi 0)" not in first
