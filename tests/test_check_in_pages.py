"""The page on which an officer says at the desk who serves now."""

from collections.abc import Iterator
from datetime import datetime

import pytest
import time_machine
from sqlalchemy import Engine
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from survey.database import writing
from tests.duty_factories import RosteredOffice, rostered
from tests.office_factories import close
from tests.record_factories import rows_of
from tests.staff_factories import make_account, make_office, member, send, staff
from tests.test_check_in import AT_NINE, day_of

PAGE = "/staff/saya/loket"


@pytest.fixture
def office(sqlite_engine: Engine) -> RosteredOffice:
    return rostered(sqlite_engine)


@pytest.fixture(autouse=True)
def _at_nine() -> Iterator[None]:
    with time_machine.travel(AT_NINE, tick=False):
        yield


def officer(office: RosteredOffice, name: str | None = "Budi", unit: int | None = None) -> Client:
    officer_id = office.officers[name] if name else None
    with writing(office.engine) as session:
        role = RoleIn(Role.OFFICER, unit or office.unit.id)
        account_id = make_account(session, role, officer_id=officer_id)
    return member(staff(office.engine), office.engine, account_id=account_id)


def batches(office: RosteredOffice) -> int:
    return sum(bool(row["checked_in"]) for row in rows_of(office.engine, "duty_batch"))


def test_somebody_else_is_named_before_anything_is_recorded(office: RosteredOffice) -> None:
    budi = officer(office)
    answer = send(budi, PAGE, desk="L1", until="24")
    assert answer.status_code == 422
    assert "Pada jam itu tercatat Sari" in answer.text
    assert not batches(office)
    assert send(budi, PAGE, desk="L1", until="24", reason="Sari rapat").status_code == 303
    assert day_of(office) == ["Sari 16–18", "Budi 18–24", "Budi 26–30"]


def test_a_colleague_who_has_checked_in_is_not_pushed_away(office: RosteredOffice) -> None:
    assert send(officer(office, "Sari"), PAGE, desk="L1", until="24").status_code == 303
    answer = send(officer(office), PAGE, desk="L1", until="24", reason="Saya yang bertugas")
    assert answer.status_code == 422
    assert "Sari sudah mencatat diri di loket ini" in answer.text
    assert batches(office) == 1


def test_leaving_now_gives_back_what_is_left(office: RosteredOffice) -> None:
    sari = officer(office, "Sari")
    assert "Selesai bertugas sekarang" not in sari.get(PAGE).text
    send(sari, PAGE, desk="L2", until="30")
    page = sari.get(PAGE).text
    assert "09.00–15.00" in page
    assert "Selesai bertugas sekarang" in page
    assert send(sari, f"{PAGE}/selesai").status_code == 303
    assert day_of(office, "L2") == ["Sari 18–19"]
    assert "Selesai bertugas sekarang" not in sari.get(PAGE).text


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"desk": "L9", "until": "24"}, "Pilih loket dari daftar"),
        ({"desk": "AULA", "until": "24"}, "Pilih loket dari daftar"),
        ({"desk": "L2", "until": "18"}, "Pilih jam selesai sesudah jam sekarang"),
        ({"desk": "L2", "until": "49"}, "Pilih jam selesai sesudah jam sekarang"),
        ({"desk": "L2"}, "Pilih jam selesai sesudah jam sekarang"),
        ({"desk": "L2", "until": "siang"}, "Belum tersimpan"),
        ({"desk": "L2", "until": ""}, "Belum tersimpan"),
        ({"desk": "L2", "until": "24", "reason": "x" * 401}, "Persingkat alasannya"),
        ({}, "Belum tersimpan"),
    ],
)
def test_bad_input_is_told_and_nothing_is_kept(
    office: RosteredOffice, given: dict[str, str], told: str
) -> None:
    answer = send(officer(office), PAGE, **given)
    assert answer.status_code == 422
    assert told in answer.text
    assert not batches(office)


def test_a_closed_month_is_told(office: RosteredOffice) -> None:
    close(office.engine, office.unit.id)
    assert "sudah ditutup" in send(officer(office), PAGE, desk="L2", until="24").text


def test_who_is_no_officer_of_a_unit_is_told_whom_to_ask(office: RosteredOffice) -> None:
    assert "Mintalah kepada operator" in officer(office, None).get(PAGE).text
    with time_machine.travel(datetime.fromisoformat("2026-01-01T09:00+07:00"), tick=False):
        early = officer(office, "Sari")
        assert "Mintalah kepada operator" in early.get(PAGE).text


def test_a_role_elsewhere_opens_no_desk_here(office: RosteredOffice) -> None:
    with writing(office.engine) as session:
        elsewhere = make_office(session, "LAIN", "Kantor lain")
    client = officer(office, "Sari", elsewhere)
    assert "Mintalah kepada operator" in client.get(PAGE).text
    client.post(PAGE, data={"desk": "L2", "until": "24"})
    assert not batches(office)


def test_the_calendar_shows_where_it_came_from(office: RosteredOffice) -> None:
    send(officer(office, "Sari"), PAGE, desk="L2", until="30")
    head = member(staff(office.engine), office.engine, RoleIn(Role.UNIT_HEAD))
    week = head.get(f"{office.address}/jadwal?minggu=2026-W42").text
    assert "Dari loket" in week
    assert "09.00–15.00 Sari" in week
    assert "Dari loket" in head.get(f"{office.address}/jadwal/riwayat").text
