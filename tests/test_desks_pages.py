"""A unit's desks: listed with who is on duty, added, changed; no change moves a response."""

import json
from collections.abc import Mapping
from datetime import date
from time import process_time
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine, event, insert
from sqlmodel import Session
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.duties.duty_lines import DayException, RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.office.desk_edits import (
    DeskFacts,
    DeskNameInUse,
    ResponsesWouldMove,
    UnitSwitchedOff,
    change_desk,
    open_desk,
)
from aggregation.office.desk_list import OnDuty, listed_desks
from survey.database import reading, writing
from survey.models import Desk, ServiceUnit
from survey.month import Month
from survey.set_up import desks_by_code, service_ids_of
from tests.factories import make_desk, make_service, tap
from tests.office_factories import NOON, UNIT, an_office, by_code, close
from tests.record_factories import rows_of
from tests.site_client import phone
from tests.staff_factories import make_office, member, send, staff

LIST = f"/staff/unit/{UNIT}/loket"
MONDAY = date(2026, 10, 5)
CAUSE = Cause("wati", "", NOON, "wati")


def operator(engine: Engine, unit_id: int | None = None) -> Client:
    return member(staff(engine), engine, RoleIn(Role.OPERATOR, unit_id))


def add(client: Client, name: str, **fields: Any) -> TestResponse:  # noqa: ANN401
    return send(client, LIST, **{"name": name, "kind": "counter", **fields})


def as_it_is(row: Mapping[str, Any], **changes: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return what a desk's form sends when only this is changed."""
    fields = {name: row[name] for name in ("name", "about", "kind", "opens_with")}
    return {**fields, "active": "y" if row["active"] else None, **changes}


def change(client: Client, engine: Engine, code: str, /, **changes: Any) -> TestResponse:  # noqa: ANN401
    row = by_code(engine, "desk")[code]
    return send(client, f"{LIST}/{row['public_key']}", **as_it_is(row, **changes))


def names_in(page: str) -> list[str]:
    rows = page.partition("<tbody>")[2].partition("</tbody>")[0].split('<th scope="row">')[1:]
    return [row.partition('">')[2].partition("</a>")[0] for row in rows]


def on_duty(session: Session, unit_id: int, day: date) -> dict[str, OnDuty]:
    desks = list(desks_by_code(session, unit_id).values())
    return {desk.code: desk.duty for desk in listed_desks(session, desks, day)}


def officers(engine: Engine) -> dict[str, int]:
    return {row["name"]: row["id"] for row in rows_of(engine, "officer")}


# What a desk is, on every kind of database.


def test_a_desk_gets_codes_and_its_services(session: Session) -> None:
    unit_id = make_office(session)
    services = tuple(make_service(session, unit_id, code) for code in ("KK", "KIA"))
    desk = open_desk(session, unit_id, DeskFacts("Loket 1", service_ids=services), CAUSE)
    assert (desk.code, len(desk.public_key), desk.active) == ("LOKET-1", 6, True)
    assert service_ids_of(session, desk.id or 0) == set(services)


@pytest.mark.parametrize("name", ["Loket 5", "loket 5", "LOKET 5"])
def test_two_desks_of_a_unit_are_never_called_alike(session: Session, name: str) -> None:
    unit_id = make_office(session)
    open_desk(session, unit_id, DeskFacts("Loket 5"), CAUSE)
    with pytest.raises(DeskNameInUse) as taken:
        open_desk(session, unit_id, DeskFacts(name), CAUSE)
    assert taken.value.free == f"{name}B"
    open_desk(session, make_office(session, "LAIN"), DeskFacts(name), CAUSE)


def test_the_name_that_is_suggested_is_free(session: Session) -> None:
    unit_id = make_office(session)
    for name in ("Loket 5", "Loket 5B", "loket 5c"):
        open_desk(session, unit_id, DeskFacts(name), CAUSE)
    with pytest.raises(DeskNameInUse) as taken:
        open_desk(session, unit_id, DeskFacts("Loket 5"), CAUSE)
    assert taken.value.free == "Loket 5D"
    assert open_desk(session, unit_id, DeskFacts(taken.value.free), CAUSE).code == "LOKET-5D"


def test_a_desk_keeps_its_own_name_while_something_else_changes(session: Session) -> None:
    unit_id = make_office(session)
    desk = open_desk(session, unit_id, DeskFacts("Loket 5"), CAUSE)
    assert change_desk(session, desk, DeskFacts("Loket 5", about="KTP-el"), CAUSE)
    assert not change_desk(session, desk, DeskFacts("Loket 5", about="KTP-el"), CAUSE)


def test_renaming_a_desk_and_changing_its_services_moves_no_response(engine: Engine) -> None:
    with writing(engine) as session:
        made = make_desk(session)
        make_service(session, made.unit_id, "KK")
    assert tap(phone(engine), made.path).status_code == 201
    before = rows_of(engine, "response")
    with writing(engine) as session:
        facts = DeskFacts("Loket lain", kind="mobile", opens_with="skm")
        change_desk(session, session.get_one(Desk, made.id), facts, CAUSE)
    assert rows_of(engine, "response") == before
    assert "Loket lain" in phone(engine).get(made.path).text


def test_a_desk_with_responses_of_an_open_month_becomes_no_hall(engine: Engine) -> None:
    with writing(engine) as session:
        made = make_desk(session)
    with time_machine.travel(NOON):
        tap(phone(engine), made.path)
    hall = DeskFacts("Loket 3", kind="hall")
    with writing(engine) as session, pytest.raises(ResponsesWouldMove) as moved:
        change_desk(session, session.get_one(Desk, made.id), hall, CAUSE)
    assert moved.value.month == Month(2026, 10)
    close(engine, made.unit_id)
    with writing(engine) as session:
        assert change_desk(session, session.get_one(Desk, made.id), hall, CAUSE)


def test_no_desk_is_open_in_a_unit_that_is_switched_off(session: Session) -> None:
    unit_id = make_office(session)
    desk = open_desk(session, unit_id, DeskFacts("Loket 1"), CAUSE)
    change_desk(session, desk, DeskFacts("Loket 1", active=False), CAUSE)
    session.get_one(ServiceUnit, unit_id).active = False
    session.flush()
    with pytest.raises(UnitSwitchedOff):
        open_desk(session, unit_id, DeskFacts("Loket 2"), CAUSE)
    with pytest.raises(UnitSwitchedOff):
        change_desk(session, desk, DeskFacts("Loket 1"), CAUSE)
    assert change_desk(session, desk, DeskFacts("Loket satu", active=False), CAUSE)


def test_the_log_keeps_a_desk_before_and_after(engine: Engine) -> None:
    with writing(engine) as session:
        made = make_desk(session)
    with writing(engine) as session:
        facts = DeskFacts("Loket 3", about="KTP-el dan KK", active=False)
        change_desk(session, session.get_one(Desk, made.id), facts, CAUSE)
    [entry] = rows_of(engine, "log_entry")
    assert (entry["act"], entry["subject"]) == ("desk.changed", f"desk {made.id}")
    assert json.loads(entry["facts"]) == {"fields": "active, services"}
    kept = json.loads(rows_of(engine, "log_detail")[0]["text"])
    assert (kept["active.before"], kept["active.after"]) == (True, False)


def test_who_is_on_duty_today_is_read_off_the_roster(engine: Engine) -> None:
    unit_id = an_office(engine)
    with writing(engine) as session:
        desks = desks_by_code(session, unit_id)
        first, second = desks["L1"].id or 0, desks["L2"].id or 0
        sari, budi = officers(engine)["Sari"], officers(engine)["Budi"]
        lines = [
            RosterLine(first, budi, 1, MONDAY, 24, 30),
            RosterLine(first, sari, 1, MONDAY, 16, 24),
            RosterLine(second, budi, 2, MONDAY, 16, 24),
        ]
        record_duties(session, unit_id, lines, CAUSE)
    with reading(engine) as session:
        assert on_duty(session, unit_id, MONDAY) == {
            "L1": OnDuty(("Sari", "Budi"), rostered=True),
            "L2": OnDuty((), rostered=True),
            "AULA": OnDuty(),
        }


def test_a_day_on_which_nobody_serves_is_said_to_be_one(engine: Engine) -> None:
    unit_id = an_office(engine)
    with writing(engine) as session:
        desk = desks_by_code(session, unit_id)["L1"].id or 0
        sari = officers(engine)["Sari"]
        record_duties(session, unit_id, [RosterLine(desk, sari, 1, MONDAY, 16, 24)], CAUSE)
        closed = DayException(desk, None, MONDAY, 16, 24)
        record_duties(session, unit_id, [closed], Cause("wati", "Libur", NOON, "wati"))
    with reading(engine) as session:
        assert on_duty(session, unit_id, MONDAY)["L1"] == OnDuty((), rostered=True)


# The pages.


def test_the_list_tells_services_and_duties(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        desk = desks_by_code(session, unit_id)["L1"].id or 0
        sari = officers(sqlite_engine)["Sari"]
        record_duties(session, unit_id, [RosterLine(desk, sari, 1, MONDAY, 16, 24)], CAUSE)
    with time_machine.travel(NOON):
        page = operator(sqlite_engine).get(LIST).text
    assert names_in(page) == ["Loket 1", "Loket 2", "Ruang tunggu"]
    rows = page.partition("<tbody>")[2].split("</tr>")
    assert "<td>Sari</td>" in rows[0]
    assert "KTP elektronik, Kartu keluarga" in rows[1]
    assert "Belum dijadwalkan" in rows[1]
    assert "Semua layanan" in rows[2]
    assert "Tanpa petugas tetap" in rows[2]


def test_whoever_reads_who_is_on_duty_is_kept_in_the_log(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    operator(sqlite_engine).get(LIST)
    assert "people.read" in [row["act"] for row in rows_of(sqlite_engine, "log_entry")]


def test_the_list_is_filtered_by_service_and_state(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    family_card = by_code(sqlite_engine, "service")["KK"]["id"]
    change(client, sqlite_engine, "L2", active=None, services=[str(family_card)])
    found = {
        query: names_in(client.get(f"{LIST}?{query}").text)
        for query in (f"layanan={family_card}", "keadaan=tutup", "keadaan=buka", "cari=ruang")
    }
    assert list(found.values()) == [
        ["Loket 2", "Ruang tunggu"],
        ["Loket 2"],
        ["Loket 1", "Ruang tunggu"],
        ["Ruang tunggu"],
    ]


def test_a_unit_without_desks_is_told_why_they_matter(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_office(session, UNIT)
    page = operator(sqlite_engine).get(LIST).text
    assert "Belum ada loket." in page
    assert "Tambah loket pertama" in page
    assert "Cetak semua poster" not in page


def test_a_mobile_team_is_one_press_away_until_there_is_one(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    assert "Belum ada tim keliling." in client.get(LIST).text
    page = client.get(f"{LIST}?jenis=mobile").text
    assert '<option selected value="mobile">' in page
    add(client, "Mobil pelayanan", kind="mobile")
    assert "Belum ada tim keliling." not in client.get(LIST).text
    assert by_code(sqlite_engine, "desk")["MOBIL-PELAYANAN"]["kind"] == "mobile"


def test_a_desk_is_added_beside_the_list(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    client = operator(sqlite_engine)
    service = by_code(sqlite_engine, "service")["KK"]["id"]
    answer = add(client, " Loket   5 ", services=[str(service)])
    assert answer.location == LIST
    assert "Loket 5 sudah ditambahkan." in client.get(LIST).text
    row = by_code(sqlite_engine, "desk")["LOKET-5"]
    assert (row["name"], row["unit_id"]) == ("Loket 5", unit_id)


def test_a_name_in_use_is_answered_as_the_look_has_it(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    add(client, "Loket 5")
    answer = add(client, "Loket 5")
    assert answer.status_code == 422
    assert "“Loket 5” sudah ada di unit ini. Pakai nama lain, misalnya “Loket 5B”." in answer.text
    assert 'aria-invalid="true"' in answer.text
    assert 'value="Loket 5"' in answer.text


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": ""}, "Isi nama loket."),
        ({"name": "Lain", "kind": "teller"}, "Pilih dari daftar."),
        ({"name": "Lain", "services": ["99"]}, "Pilih dari daftar."),
        ({"name": "Lain", "services": ["x"]}, "Pilih dari daftar."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    sqlite_engine: Engine, fields: dict[str, Any], sentence: str
) -> None:
    an_office(sqlite_engine)
    answer = add(operator(sqlite_engine), fields.pop("name"), **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert len(rows_of(sqlite_engine, "desk")) == 3


def test_a_desk_is_changed_on_its_page_and_its_codes_stay(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    before = by_code(sqlite_engine, "desk")["L1"]
    answer = change(
        client, sqlite_engine, "L1", name="Loket satu", about="KTP-el", opens_with="skm", code="X"
    )
    assert answer.location == f"{LIST}/{before['public_key']}"
    assert "Loket satu sudah disimpan." in client.get(answer.location).text
    after = by_code(sqlite_engine, "desk")["L1"]
    assert (after["name"], after["about"], after["opens_with"]) == ("Loket satu", "KTP-el", "skm")
    assert after["public_key"] == before["public_key"]


def test_a_kind_that_would_move_responses_is_refused_with_the_month(
    sqlite_engine: Engine,
) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    link = client.get(f"{LIST}/{by_code(sqlite_engine, 'desk')['L1']['public_key']}").text
    path = link.partition('<a href="http://127.0.0.1:8000')[2].partition('"')[0]
    with time_machine.travel(NOON):
        assert tap(phone(sqlite_engine), path).status_code == 201
    answer = change(client, sqlite_engine, "L1", kind="hall")
    assert answer.status_code == 422
    assert "Loket ini sudah dinilai pada Oktober 2026, yang belum ditutup." in answer.text
    assert by_code(sqlite_engine, "desk")["L1"]["kind"] == "counter"


def test_a_service_that_ended_stays_with_the_desk_until_it_is_unticked(
    sqlite_engine: Engine,
) -> None:
    an_office(sqlite_engine)
    client = operator(sqlite_engine)
    services = by_code(sqlite_engine, "service")
    send(client, f"/staff/unit/{UNIT}/layanan/{services['KTP-EL']['id']}", name="KTP elektronik")
    key = by_code(sqlite_engine, "desk")["L1"]["public_key"]
    assert "KTP elektronik" in client.get(f"{LIST}/{key}").text
    ended = str(services["KTP-EL"]["id"])
    change(client, sqlite_engine, "L1", about="KTP", services=[ended])
    assert len(rows_of(sqlite_engine, "desk_service")) == 3


def test_a_desk_of_another_unit_does_not_exist_here(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        other = make_desk(session, make_office(session, "LAIN"), services=())
    client = operator(sqlite_engine, unit_id)
    for page in ("", "/karcis", "/poster.pdf"):
        assert client.get(f"{LIST}/{other.code[:6]}{page}").status_code == 404
        assert client.get(f"/staff/unit/LAIN/loket/{other.code[:6]}{page}").status_code == 404
    assert client.get(f"{LIST}/XXXXXX").status_code == 404


def test_desks_are_for_those_who_set_up(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    key = by_code(sqlite_engine, "desk")["L1"]["public_key"]
    for role in set(Role) - {Role.OPERATOR}:
        client = member(staff(sqlite_engine), sqlite_engine, RoleIn(role))
        for page in (LIST, f"{LIST}/{key}", f"{LIST}/{key}/karcis", f"{LIST}/poster.pdf"):
            assert client.get(page).status_code == 403, (role, page)


def test_a_long_list_is_read_with_few_statements(sqlite_engine: Engine) -> None:
    unit_id = an_office(sqlite_engine)
    rows = [
        {"unit_id": unit_id, "code": f"D{n}", "public_key": f"{n:06}", "name": f"Loket D{n}"}
        for n in range(500)
    ]
    with writing(sqlite_engine) as session:
        session.execute(insert(Desk), rows)
    client = operator(sqlite_engine)
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    began = process_time()
    page = client.get(LIST).text
    assert len(names_in(page)) == 50
    assert "Cetak poster 1–200" in page
    assert "Cetak poster 401–503" in page
    assert len(asked) < 40
    assert process_time() - began < 2
