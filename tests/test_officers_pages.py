"""The officers' pages: who sees whom, and how somebody is added, changed and let go."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from html import unescape
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, insert
from sqlmodel import Session
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause, open_batch
from aggregation.duties.unplaced import unplaced_officers
from aggregation.models import Assignment, Officer
from aggregation.office.sheet_template import SheetKind
from aggregation.people.nip import printed
from survey.database import reading, writing
from survey.units import unit_with
from tests.office_factories import (
    HEAD_NIP,
    NOON,
    SARI_NIP,
    UNIT,
    an_office,
    duty_sheet,
    take,
)
from tests.record_factories import everything_in, rows_of
from tests.staff_factories import member, send, staff
from tests.statements import statements

PLACE = f"/staff/unit/{UNIT}/petugas"
MONDAY = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
TODAY = date(2026, 10, 5)
DEWI = {
    "name": "Dewi",
    "nip": "19880404 201503 2 001",
    "employment": "PNS",
    "staff_number": "",
    "job_group": "Operator",
    "head": HEAD_NIP,
    "assessor": "",
    "starts_on": "2026-10-01",
    "ends_on": "",
    "reason": "",
}
NAMES = re.compile(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th>')


@pytest.fixture(autouse=True)
def monday() -> Iterator[None]:
    with time_machine.travel(MONDAY, tick=False):
        yield


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    an_office(sqlite_engine)
    return staff(sqlite_engine)


@pytest.fixture
def client(app: Flask, sqlite_engine: Engine) -> Client:
    return member(app, sqlite_engine, RoleIn(Role.OPERATOR))


def named(page: TestResponse) -> list[str]:
    return [unescape(name) for name in NAMES.findall(page.text)]


def address_of(engine: Engine, name: str) -> str:
    keys = {row["name"]: row["key"] for row in rows_of(engine, "officer")}
    return f"{PLACE}/{keys[name]}"


def errors_on(page: TestResponse) -> dict[str, str]:
    found = re.findall(
        r'<p class="err" id="(\w+)-error">.*?<span>(.*?)</span>', page.text, re.DOTALL
    )
    return {field: unescape(text) for field, text in found}


def thousands_of_officers(engine: Engine, number: int) -> None:
    with writing(engine) as session:
        unit_id = unit_with(session, UNIT).id or 0
        batch = open_batch(session, unit_id, Cause("u", "", NOON))
        people = [
            {"id": 1000 + n, "key": f"k{n:011}", "staff_number": f"H-{n:05}",
             "name": f"Petugas {n:05}", "employment": "NON_ASN"}
            for n in range(number)
        ]  # fmt: skip
        session.execute(insert(Officer), people)
        places = [
            {"id": UUID(int=n + 1), "officer_id": 1000 + n, "unit_id": unit_id, "batch_id": batch,
             "starts_on": date(2026, 1, 2), "job_group": f"Kelompok {n % 5}", "head_id": 1}
            for n in range(number)
        ]  # fmt: skip
        session.execute(insert(Assignment), places)


def test_the_list_says_where_everybody_belongs(client: Client) -> None:
    page = client.get(PLACE)
    assert named(page) == ["Ahmad", "Budi", "Sari"]
    assert "Tenaga loket" in page.text
    assert page.text.count("Bertugas</span>") == 3


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("cari=sar", ["Sari"]),
        ("cari=HL-021", ["Budi"]),
        ("cari=tidak+ada", []),
        ("status=PPPK", ["Sari"]),
        ("status=NON+ASN", ["Budi"]),
        ("status=x", ["Ahmad", "Budi", "Sari"]),
        ("jabatan=Operator", ["Sari"]),
        ("tugas=tidak", ["Joko", "Tono"]),
        ("tugas=ya", ["Ahmad", "Budi", "Sari"]),
        ("urut=-nama", ["Sari", "Budi", "Ahmad"]),
        ("hal=99", ["Ahmad", "Budi", "Sari"]),
    ],
)
def test_the_list_is_searched_filtered_and_sorted(
    client: Client, sqlite_engine: Engine, query: str, names: list[str]
) -> None:
    if "tugas" in query:
        take(sqlite_engine, SheetKind.OFFICERS, "NIP/NOMOR PEGAWAI;NAMA;STATUS;MULAI;SELESAI\n"
             "HL-1;Joko;NON ASN;2026-01-02;2026-10-04\nHL-2;Tono;NON ASN;2026-10-06;")  # fmt: skip
    assert named(client.get(f"{PLACE}?{query}")) == names


def test_nobody_is_found_by_nip(client: Client) -> None:
    assert named(client.get(f"{PLACE}?cari={SARI_NIP[:8]}")) == []


@pytest.mark.parametrize(
    ("role", "status", "sees_nip"),
    [
        (Role.OPERATOR, 200, True),
        (Role.UNIT_HEAD, 200, False),
        (Role.ASSESSOR, 200, False),
        (Role.HR, 200, False),
        (Role.REVIEWER, 200, False),
        (Role.AUDITOR, 200, False),
        (Role.OFFICER, 403, False),
    ],
)
def test_the_nip_is_for_those_who_set_the_unit_up(
    app: Flask, sqlite_engine: Engine, role: Role, status: int, sees_nip: bool
) -> None:
    client = member(app, sqlite_engine, RoleIn(role))
    for address in (PLACE, address_of(sqlite_engine, "Sari")):
        page = client.get(address)
        assert page.status_code == status
        assert (printed(SARI_NIP) in page.text) == sees_nip
        assert (SARI_NIP[:8] in page.text) == sees_nip
        assert (f"••• {SARI_NIP[15:]}" in page.text) == (status == 200 and not sees_nip)


@pytest.mark.parametrize("role", [r for r in Role if r is not Role.OPERATOR])
def test_only_those_who_set_up_may_change_anybody(
    app: Flask, sqlite_engine: Engine, role: Role
) -> None:
    client = member(app, sqlite_engine, RoleIn(role))
    before = rows_of(sqlite_engine, "assignment")
    for path in (f"{PLACE}/baru", f"{address_of(sqlite_engine, 'Sari')}/ubah"):
        assert client.get(path).status_code == 403
        assert "Tambah petugas" not in client.get(PLACE).text
    assert rows_of(sqlite_engine, "assignment") == before


def test_an_officer_of_another_unit_is_not_found(client: Client, sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nLAIN;Kantor lain;WIB", None)
    sari = address_of(sqlite_engine, "Sari").replace(UNIT, "LAIN")
    for address in (sari, f"{sari}/ubah", f"{PLACE}/xxxxxxxxxxxx", f"{PLACE}/{SARI_NIP}"):
        assert client.get(address).status_code == 404


def test_an_officer_is_added_from_the_page(client: Client) -> None:
    done = send(client, f"{PLACE}/baru", **DEWI)
    assert done.status_code == 303
    page = client.get(done.headers["Location"])
    assert "Dewi disimpan." in page.text
    assert "19880404 201503 2 001" in page.text
    assert named(client.get(PLACE)) == ["Ahmad", "Budi", "Dewi", "Sari"]
    assert "19880404" not in done.headers["Location"]


def test_what_is_wrong_stands_beside_its_field_and_what_was_typed_stays(
    client: Client, sqlite_engine: Engine
) -> None:
    before = rows_of(sqlite_engine, "officer")
    page = send(client, f"{PLACE}/baru", **{**DEWI, "nip": "1988", "head": "HL-999"})
    assert page.status_code == 422
    assert errors_on(page) == {
        "nip": "Harus 18 angka, di sini 4; periksa pada SK atau kartu pegawai."
    }
    page = send(client, f"{PLACE}/baru", **{**DEWI, "head": "HL-999"})
    assert list(errors_on(page)) == ["head"]
    assert 'value="HL-999"' in page.text
    assert rows_of(sqlite_engine, "officer") == before


def test_what_looks_mistaken_is_told_after_saving(client: Client) -> None:
    done = send(client, f"{PLACE}/baru", **{**DEWI, "nip": "198802302015032001"})
    assert "tanggal lahir di dalamnya tidak ada" in client.get(done.headers["Location"]).text


def test_the_form_shows_what_is_known_and_saving_it_changes_nothing(
    client: Client, sqlite_engine: Engine
) -> None:
    address = f"{address_of(sqlite_engine, 'Sari')}/ubah"
    page = client.get(address)
    values = dict(re.findall(r'name="(\w+)" [^>]*value="([^"]*)"', page.text))
    assert (values["name"], values["job_group"]) == ("Sari", "Operator")
    before = rows_of(sqlite_engine, "assignment"), rows_of(sqlite_engine, "officer")
    fields = {field: unescape(values.get(field, "")) for field in DEWI}
    done = send(client, address, **{**fields, "employment": "PPPK"})
    assert "Tidak ada yang berubah" in client.get(done.headers["Location"]).text
    assert (rows_of(sqlite_engine, "assignment"), rows_of(sqlite_engine, "officer")) == before


def test_a_new_job_is_appended_to_the_history(client: Client, sqlite_engine: Engine) -> None:
    address = address_of(sqlite_engine, "Budi")
    fields = {**DEWI, "name": "Budi", "nip": "", "staff_number": "HL-021", "employment": "NON ASN"}
    fields |= {"job_group": "Arsip", "starts_on": "2026-10-05", "reason": "SK 7"}
    assert send(client, f"{address}/ubah", **fields).status_code == 303
    page = client.get(address).text
    assert page.index("Arsip") < page.index("Tenaga loket")
    assert "SK 7" in page


def test_somebody_stops_serving_with_a_day_and_stays_on_record(
    client: Client, sqlite_engine: Engine
) -> None:
    address = address_of(sqlite_engine, "Budi")
    token = {"last_day": "2026-10-04", "stop_reason": "Pensiun"}
    page = client.get(address)
    done = client.post(f"{address}/berhenti", data={"csrf_token": _token(page), **token})
    assert done.status_code == 303
    after = client.get(address).text
    assert "sampai 4 Oktober 2026" in after
    assert "Akhiri penugasan" not in after
    assert len(rows_of(sqlite_engine, "officer")) == 3


def _token(page: TestResponse) -> str:
    return str(re.findall(r'name="csrf_token" value="([^"]+)"', page.text)[0])


@pytest.mark.parametrize("day", ["", "kapan", "2026-01-01", "31/02/2026"])
def test_a_last_day_that_makes_no_sense_is_refused(
    client: Client, sqlite_engine: Engine, day: str
) -> None:
    address = address_of(sqlite_engine, "Budi")
    before = everything_in(sqlite_engine)["assignment"]
    fields = {"csrf_token": _token(client.get(address)), "last_day": day}
    page = client.post(f"{address}/berhenti", data=fields)
    assert (page.status_code, list(errors_on(page))) == (422, ["last_day"])
    assert everything_in(sqlite_engine)["assignment"] == before


def test_an_account_of_one_branch_changes_nobody_of_another(
    app: Flask, sqlite_engine: Engine
) -> None:
    take(sqlite_engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nLAIN;Kantor lain;WIB", None)
    with reading(sqlite_engine) as session:
        other = unit_with(session, "LAIN").id
    client = member(app, sqlite_engine, RoleIn(Role.OPERATOR, other))
    for path in ("", "/baru", address_of(sqlite_engine, "Sari").removeprefix(PLACE)):
        assert client.get(f"{PLACE}{path}").status_code == 404


def test_who_is_on_the_roster_without_a_place_is_named(
    client: Client, sqlite_engine: Engine
) -> None:
    take(sqlite_engine, SheetKind.DUTIES, duty_sheet("L1;HL-021;Senin;;08.00;12.00;2026-10-05;A"))
    assert "Ada di jadwal hari ini" not in client.get(PLACE).text
    address = address_of(sqlite_engine, "Budi")
    fields = {"csrf_token": _token(client.get(address)), "last_day": "2026-10-04"}
    client.post(f"{address}/berhenti", data=fields)
    assert "Ada di jadwal hari ini" in client.get(PLACE).text


def test_the_roster_in_force_decides_who_is_without_a_place(engine: Engine) -> None:
    unit_id = an_office(engine)
    take(engine, SheetKind.DUTIES, duty_sheet(
        "L1;HL-021;Senin;;08.00;12.00;2026-09-07;A",
        f"L1;{SARI_NIP};Senin;;08.00;12.00;2026-10-05;A",
        "L2;HL-021;;2026-10-07;08.00;12.00;;A",
    ))  # fmt: skip
    take(engine, SheetKind.OFFICERS, "NIP/NOMOR PEGAWAI;NAMA;STATUS;MULAI;SELESAI\n"
         "HL-021;Budi;NON ASN;2026-01-02;2026-08-31")  # fmt: skip

    def unplaced(day: date) -> list[str]:
        with reading(engine) as session:
            return [each.name for each in unplaced_officers(session, unit_id, day)]

    assert [unplaced(date(2026, 8, 31)), unplaced(date(2026, 9, 7)), unplaced(TODAY)] == [
        [], ["Budi"], [],
    ]  # fmt: skip
    assert unplaced(date(2026, 10, 7)) == ["Budi"]


def test_a_list_of_thousands_takes_no_more_statements_than_one_of_three(
    client: Client, sqlite_engine: Engine
) -> None:
    with statements(sqlite_engine) as few:
        client.get(PLACE)
    thousands_of_officers(sqlite_engine, 6000)
    for query in ("", "?cari=petugas+0599", "?hal=60&urut=-nomor", "?jabatan=Kelompok+3&tugas=ya"):
        with statements(sqlite_engine) as many:
            page = client.get(PLACE + query)
        assert page.status_code == 200
        assert len(many) == len(few) <= 20
    assert len(named(client.get(PLACE))) == 50
    assert "6.003" in client.get(PLACE).text
    assert named(client.get(f"{PLACE}?cari=H-05999")) == ["Petugas 05999"]


def test_a_list_that_asks_for_each_row_is_noticed(sqlite_engine: Engine) -> None:
    """The negative control: the counter counts."""
    an_office(sqlite_engine)
    thousands_of_officers(sqlite_engine, 50)
    with statements(sqlite_engine) as said, Session(sqlite_engine) as session:
        for number in range(50):
            session.get(Officer, 1000 + number)
    assert len(said) > 20


def test_reading_about_people_is_kept_in_the_log(client: Client, sqlite_engine: Engine) -> None:
    client.get(f"{PLACE}?cari=sari")
    client.get(address_of(sqlite_engine, "Sari"))
    read = [r["subject"] for r in rows_of(sqlite_engine, "log_entry") if r["act"] == "people.read"]
    assert sorted(read) == sorted(
        a.removeprefix("/staff") for a in (PLACE, address_of(sqlite_engine, "Sari"))
    )


def test_names_typed_by_people_are_shown_as_text(client: Client) -> None:
    send(client, f"{PLACE}/baru", **{**DEWI, "name": "<script>alert(1)</script>"})
    assert "<script>alert" not in client.get(PLACE).text


def test_no_nip_reaches_the_log(client: Client, sqlite_engine: Engine) -> None:
    send(client, f"{PLACE}/baru", **DEWI)
    send(client, f"{PLACE}/baru", **{**DEWI, "nip": "198804042015032009", "name": "Lain"})
    log = str(rows_of(sqlite_engine, "log_entry") + rows_of(sqlite_engine, "log_detail"))
    assert "officer.added" in log
    assert "19880404" not in log


def test_an_empty_list_says_what_to_do(app: Flask, sqlite_engine: Engine) -> None:
    take(sqlite_engine, SheetKind.UNITS, "KODE;NAMA;ZONA WAKTU\nLAIN;Kantor lain;WIB", None)
    client = member(app, sqlite_engine, RoleIn(Role.OPERATOR))
    assert "Belum ada petugas" in client.get("/staff/unit/LAIN/petugas").text
