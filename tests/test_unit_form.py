"""Adding a unit and changing it: what may change, what never does, and within which branch."""

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.office.codes import CodeInUse, NotACode, chosen_code, free_code, free_name
from aggregation.office.unit_edits import (
    BelowItself,
    UnitFacts,
    branch,
    change_unit,
    open_unit,
)
from survey.accent import AccentUnreadable
from survey.database import writing
from survey.models import Desk, ServiceUnit
from survey.services import DISDUKCAPIL
from survey.set_up import TimeZoneInUse, units_by_code
from tests.factories import NOON, make_desk, tap
from tests.office_factories import by_code
from tests.record_factories import rows_of
from tests.site_client import phone
from tests.staff_factories import csrf_token, make_office, member, send, staff

NEW = "/staff/unit/baru"
CAUSE = Cause("wati", "", NOON, "wati")
NEW_UNIT: Mapping[str, Any] = {
    "name": "Disdukcapil Kota Contoh",
    "code": "",
    "parent": "0",
    "zone": "Asia/Jakarta",
    "other_zone": "",
    "languages": ["id", "en"],
    "services": [service.code for service in DISDUKCAPIL],
}
EDITED: Mapping[str, Any] = {
    "name": "Disdukcapil Kota Contoh",
    "parent": "0",
    "zone": "Asia/Jakarta",
    "other_zone": "",
    "languages": ["id", "en"],
    "accent": "#672a55",
    "active": "y",
}


def facts(**changes: Any) -> UnitFacts:  # noqa: ANN401
    known = {"name": "Unit", "parent_id": None, "time_zone": "Asia/Jakarta", "languages": ("id",)}
    return UnitFacts(**{**known, **changes})


def operator(engine: Engine, unit_id: int | None = None) -> Client:
    return member(staff(engine), engine, RoleIn(Role.OPERATOR, unit_id))


def add(client: Client, **changes: Any) -> TestResponse:  # noqa: ANN401
    return send(client, NEW, **{**NEW_UNIT, **changes})


def edit(client: Client, code: str, /, **changes: Any) -> TestResponse:  # noqa: ANN401
    return send(client, f"/staff/unit/{code}/ubah", **{**EDITED, **changes})


def below(session: Session, parent_id: int | None, code: str) -> int:
    unit_id = make_office(session, code, f"Unit {code}")
    session.get_one(ServiceUnit, unit_id).parent_id = parent_id
    session.flush()
    return unit_id


def acts(engine: Engine) -> list[tuple[str, str]]:
    return [(row["act"], row["actor"]) for row in rows_of(engine, "log_entry")]


def offered_parents(page: str) -> list[str]:
    choices = page.partition('id="parent"')[2].partition("</select>")[0]
    return [part.partition(">")[2].partition("<")[0] for part in choices.split("<option")[1:]]


# What a unit is, on every kind of database.


def test_a_unit_begins_with_its_services_and_is_kept_in_the_log(session: Session) -> None:
    unit = open_unit(session, "", facts(name="Dinas Contoh"), DISDUKCAPIL, CAUSE)
    assert (unit.code, unit.active, unit.languages) == ("DINAS-CONTOH", True, "id")
    entry = session.connection().exec_driver_sql("SELECT act, unit_id FROM log_entry").one()
    assert tuple(entry) == ("unit.added", unit.id)
    assert list(units_by_code(session)) == [unit.code]


def test_a_code_that_is_taken_is_answered_with_one_that_is_free(session: Session) -> None:
    open_unit(session, "dinas", facts(), (), CAUSE)
    with pytest.raises(CodeInUse) as taken:
        open_unit(session, "Dinas", facts(), (), CAUSE)
    assert taken.value.free == "DINAS-2"


def test_a_code_that_was_suggested_is_always_free(session: Session) -> None:
    units = [open_unit(session, "", facts(name="Kantor Cabang"), (), CAUSE) for _ in range(3)]
    assert [u.code for u in units] == ["KANTOR-CABANG", "KANTOR-CABANG-2", "KANTOR-CABANG-3"]


@pytest.mark.parametrize("text", ["A B", "A/B", "A.B", "-A", "A-", "A--B", "É", "A" * 41])
def test_a_code_is_letters_digits_and_dashes(text: str) -> None:
    with pytest.raises(NotACode):
        chosen_code(text, "Unit", ())


@pytest.mark.parametrize("name", ["", "…", "Disdukcapil", "Łódź 12", "x" * 200, "a-" * 90, "数"])
def test_every_name_suggests_a_code(name: str) -> None:
    code = free_code(name, ())
    assert chosen_code(code, name, ()) == code


def test_a_free_name_is_free_however_many_there_are() -> None:
    taken = {"loket 5"}
    for _ in range(60):
        name = free_name("Loket 5", taken)
        assert name.lower() not in taken
        taken.add(name.lower())


def test_a_branch_is_a_unit_and_all_below_it(session: Session) -> None:
    city = below(session, None, "A")
    dinas = below(session, city, "B")
    cabang = below(session, dinas, "C")
    other = below(session, None, "D")
    assert branch(session, city) == {city, dinas, cabang}
    assert branch(session, other) == {other}


def test_no_unit_stands_below_itself(session: Session) -> None:
    city = below(session, None, "A")
    dinas = below(session, city, "B")
    for parent in (city, dinas):
        with pytest.raises(BelowItself):
            change_unit(session, city, facts(parent_id=parent), CAUSE)


def test_switching_a_unit_off_closes_its_desks_in_the_same_act(session: Session) -> None:
    unit_id = make_office(session)
    desks = [make_desk(session, unit_id, services=(), name=name).id for name in ("1", "2")]
    elsewhere = make_desk(session, services=()).id
    assert change_unit(session, unit_id, facts(active=False), CAUSE) == 2
    session.expire_all()
    assert [session.get_one(Desk, desk).active for desk in (*desks, elsewhere)] == [
        False,
        False,
        True,
    ]
    assert change_unit(session, unit_id, facts(active=True), CAUSE) == 0
    session.expire_all()
    assert not session.get_one(Desk, desks[0]).active


def test_a_colour_that_cannot_be_read_is_not_kept(session: Session) -> None:
    unit_id = make_office(session)
    with pytest.raises(AccentUnreadable):
        change_unit(session, unit_id, facts(accent="#ffee00"), CAUSE)
    assert session.get_one(ServiceUnit, unit_id).accent is None


def test_the_clock_stands_once_somebody_has_rated(engine: Engine) -> None:
    with writing(engine) as session:
        desk = make_desk(session)
        change_unit(session, desk.unit_id, facts(time_zone="Asia/Makassar"), CAUSE)
    assert tap(phone(engine), desk.path).status_code == 201
    with writing(engine) as session:
        with pytest.raises(TimeZoneInUse):
            change_unit(session, desk.unit_id, facts(time_zone="Asia/Jakarta"), CAUSE)
        assert change_unit(session, desk.unit_id, facts(time_zone="Asia/Makassar"), CAUSE) == 0


def test_what_a_change_changed_is_kept_before_and_after(engine: Engine) -> None:
    with writing(engine) as session:
        unit_id = make_office(session, name="Nama lama")
    with writing(engine) as session:
        change_unit(session, unit_id, facts(name="Nama baru", languages=("id", "en")), CAUSE)
    [entry] = rows_of(engine, "log_entry")
    assert (entry["act"], json.loads(entry["facts"])) == ("unit.changed", {"fields": "name"})
    [detail] = rows_of(engine, "log_detail")
    kept = json.loads(detail["text"])
    assert (kept["name.before"], kept["name.after"]) == ("Nama lama", "Nama baru")


# The pages.


def test_without_any_unit_the_first_page_leads_to_the_form(sqlite_engine: Engine) -> None:
    client = operator(sqlite_engine)
    answer = client.get("/staff/")
    assert (answer.status_code, answer.location) == (303, NEW)
    assert "Mulai dari sini" in client.get(NEW).text


def test_without_any_unit_nobody_else_is_led_anywhere(sqlite_engine: Engine) -> None:
    head = member(staff(sqlite_engine), sqlite_engine)
    assert "Belum ada unit pelayanan" in head.get("/staff/").text


def test_the_first_unit_leads_to_its_guide(sqlite_engine: Engine) -> None:
    client = operator(sqlite_engine)
    answer = add(client)
    assert answer.location == "/staff/unit/DISDUKCAPIL-KOTA-CONTOH/penyiapan"
    assert "Disdukcapil Kota Contoh sudah ditambahkan." in client.get(answer.location).text
    assert len(rows_of(sqlite_engine, "service")) == 10
    assert client.get("/staff/").location == answer.location


def test_a_unit_may_begin_without_services_and_in_any_zone(sqlite_engine: Engine) -> None:
    add(operator(sqlite_engine), services=[], zone="other", other_zone="Asia/Pontianak")
    assert rows_of(sqlite_engine, "service") == []
    assert [row["time_zone"] for row in rows_of(sqlite_engine, "service_unit")] == [
        "Asia/Pontianak"
    ]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": "  "}, "Isi nama unit."),
        ({"name": "x" * 201}, "Paling panjang 200 huruf."),
        ({"code": "A B"}, "Pakai huruf, angka, dan tanda hubung saja."),
        ({"zone": "other", "other_zone": "WIB"}, "Zona ini tidak dikenal."),
        ({"languages": []}, "Pilih paling sedikit satu bahasa."),
        ({"languages": ["fr"]}, "Pilih dari daftar."),
        ({"parent": "99"}, "Pilih dari daftar."),
        ({"parent": "x"}, "Pilih dari daftar."),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(
    sqlite_engine: Engine, wrong: dict[str, Any], sentence: str
) -> None:
    answer = add(operator(sqlite_engine), **wrong)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Belum tersimpan." in answer.text
    assert rows_of(sqlite_engine, "service_unit") == []


def test_what_was_typed_stays_when_something_is_wrong(sqlite_engine: Engine) -> None:
    page = add(operator(sqlite_engine), code="A B", name="Kantor <b>Contoh</b>").text
    assert 'value="Kantor &lt;b&gt;Contoh&lt;/b&gt;"' in page
    assert 'value="A B"' in page


def test_a_code_in_use_is_told_with_a_free_one(sqlite_engine: Engine) -> None:
    client = operator(sqlite_engine)
    add(client, code="dinas")
    answer = add(client, code="DINAS")
    assert answer.status_code == 422
    assert "“DINAS” sudah dipakai unit lain. Pakai kode lain, misalnya DINAS-2." in answer.text


def test_a_unit_below_another_only_within_one_s_branch(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        city = below(session, None, "KOTA")
        dinas = below(session, city, "DINAS")
        below(session, None, "LAIN")
    client = operator(sqlite_engine, dinas)
    assert offered_parents(client.get(NEW).text) == ["Unit DINAS"]
    for parent in (0, city):
        assert add(client, parent=str(parent)).status_code == 422
    assert add(client, parent=str(dinas), name="Cabang").status_code == 303
    assert by_code(sqlite_engine, "service_unit")["CABANG"]["parent_id"] == dinas


def test_everybody_else_adds_no_unit(sqlite_engine: Engine) -> None:
    for role in set(Role) - {Role.OPERATOR}:
        client = member(staff(sqlite_engine), sqlite_engine, RoleIn(role))
        assert client.get(NEW).status_code == 403, role


def test_a_change_is_kept_and_told(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_office(session, "DINAS")
    client = operator(sqlite_engine)
    answer = edit(client, "DINAS", name="Nama baru", languages=["en"], own_accent="y",
                  accent="#1F4E8C")  # fmt: skip
    assert answer.location == "/staff/unit/DINAS/ubah"
    page = client.get(answer.location).text
    assert "Nama baru sudah disimpan." in page
    assert "/staff/warna/1f4e8c.css" in page
    row = by_code(sqlite_engine, "service_unit")["DINAS"]
    assert (row["name"], row["languages"], row["accent"]) == ("Nama baru", "en", "#1f4e8c")
    assert ("unit.changed") in [act for act, _ in acts(sqlite_engine)]


OFFICE_HOURS = {
    f"hours-{day}-{which}": at
    for day in ("monday", "tuesday", "wednesday", "thursday", "friday")
    for which, at in (("opens", "08.00"), ("closes", "15:00"))
}


def test_opening_hours_are_kept_and_logged_before_and_after(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_office(session, "DINAS")
    client = operator(sqlite_engine)
    edit(client, "DINAS", **OFFICE_HOURS)
    stored = by_code(sqlite_engine, "service_unit")["DINAS"]["opening_hours"]
    assert json.loads(stored) == [["08:00", "15:00"]] * 5 + [None, None]
    page = client.get("/staff/unit/DINAS/ubah").text
    assert (page.count('value="08.00"'), page.count('value="15.00"')) == (5, 5)
    edit(client, "DINAS", **{**OFFICE_HOURS, "hours-friday-closes": "11.30"})
    edit(client, "DINAS")
    kept = [json.loads(row["text"]) for row in rows_of(sqlite_engine, "log_detail")]
    shorter = "Sen–Kam 08.00–15.00, Jum 08.00–11.30"
    assert {
        (each["opening_hours.before"], each["opening_hours.after"])
        for each in kept
        if "opening_hours.after" in each
    } == {
        (None, "Sen–Jum 08.00–15.00"),
        ("Sen–Jum 08.00–15.00", shorter),
        (shorter, None),
    }
    assert by_code(sqlite_engine, "service_unit")["DINAS"]["opening_hours"] is None


@pytest.mark.parametrize(
    ("opens", "closes", "sentence"),
    [
        ("08.00", "", "Isi jam tutup, atau kosongkan keduanya bila tutup."),
        ("", "15.00", "Isi jam buka, atau kosongkan keduanya bila tutup."),
        ("15.00", "08.00", "Jam tutup harus sesudah jam buka."),
        ("08.00", "8.00", "Jam tutup harus sesudah jam buka."),
        ("delapan", "15.00", "Tulis jam seperti 08.00 atau 15.30."),
        ("08.00", "24.00", "Tulis jam seperti 08.00 atau 15.30."),
    ],
)
def test_hours_that_cannot_be_are_refused_beside_their_day(
    sqlite_engine: Engine, opens: str, closes: str, sentence: str
) -> None:
    with writing(sqlite_engine) as session:
        make_office(session, "DINAS")
    fields = {"hours-friday-opens": opens, "hours-friday-closes": closes}
    answer = edit(operator(sqlite_engine), "DINAS", name="Nama baru", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{opens}"' in answer.text
    assert by_code(sqlite_engine, "service_unit")["DINAS"]["name"] != "Nama baru"


def test_a_colour_too_light_is_refused_with_the_nearest_that_can_be_read(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        make_office(session, "DINAS")
    answer = edit(operator(sqlite_engine), "DINAS", own_accent="y", accent="#e0a000")
    assert answer.status_code == 422
    assert "Yang terdekat dan terbaca: #916600." in answer.text
    assert "/warna/" not in answer.text


def test_switching_off_tells_how_many_desks_closed_and_marks_the_list(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = make_office(session, "DINAS")
        make_office(session, "LAIN", "Kecamatan Lain")
        make_desk(session, unit_id, services=())
    client = operator(sqlite_engine)
    answer = edit(client, "DINAS", active=None)
    assert "dinonaktifkan dan 1 loketnya ditutup." in client.get(answer.location).text
    row = client.get("/staff/").text.partition(">DINAS<")[0]
    assert "Nonaktif" in row.rpartition("<tr>")[2]


def test_the_code_stays_whatever_is_sent(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_office(session, "DINAS")
    client = operator(sqlite_engine)
    assert "Tidak dapat diganti: alamat halaman" in client.get("/staff/unit/DINAS/ubah").text
    edit(client, "DINAS", code="LAIN")
    assert list(by_code(sqlite_engine, "service_unit")) == ["DINAS"]


def test_the_zone_is_told_instead_of_asked_once_somebody_rated(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
        code = session.get_one(ServiceUnit, desk.unit_id).code
    client = operator(sqlite_engine)
    assert 'name="zone"' in client.get(f"/staff/unit/{code}/ubah").text
    tap(phone(sqlite_engine), desk.path)
    page = client.get(f"/staff/unit/{code}/ubah").text
    assert 'name="zone"' not in page
    assert "penilaian sudah disimpan menurut jam setempat ini" in page
    assert edit(client, code, zone="Asia/Jayapura").status_code == 303
    assert by_code(sqlite_engine, "service_unit")[code]["time_zone"] == "Asia/Jakarta"


def test_a_unit_is_moved_only_by_those_responsible_for_its_parent(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        city = below(session, None, "KOTA")
        dinas = below(session, city, "DINAS")
        below(session, dinas, "CABANG")
    branch_operator = operator(sqlite_engine, dinas)
    assert 'id="parent"' not in branch_operator.get("/staff/unit/DINAS/ubah").text
    assert edit(branch_operator, "DINAS", name="Unit DINAS", parent="0").status_code == 303
    assert by_code(sqlite_engine, "service_unit")["DINAS"]["parent_id"] == city
    assert offered_parents(branch_operator.get("/staff/unit/CABANG/ubah").text) == ["Unit DINAS"]
    assert edit(operator(sqlite_engine), "DINAS", parent="0").status_code == 303
    assert by_code(sqlite_engine, "service_unit")["DINAS"]["parent_id"] is None


def test_a_unit_is_never_offered_what_stands_below_it(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        city = below(session, None, "KOTA")
        below(session, city, "DINAS")
        below(session, None, "LAIN")
    page = operator(sqlite_engine).get("/staff/unit/KOTA/ubah").text
    assert offered_parents(page) == ["Tanpa unit induk", "Unit LAIN"]


def test_the_list_of_units_is_searched_and_shows_the_tree(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        city = below(session, None, "KOTA")
        for number in range(60):
            below(session, city, f"CABANG-{number:02}")
    client = operator(sqlite_engine)
    page = client.get("/staff/").text
    assert page.count("<tr><th") == 51
    assert "1–50 dari 61" in page
    found = client.get("/staff/?cari=cabang-07").text
    assert "Unit CABANG-07" in found
    assert "<td>Unit KOTA</td>" in found
    assert "Unit CABANG-08" not in found


def test_a_form_that_was_not_asked_for_is_refused(sqlite_engine: Engine) -> None:
    client = operator(sqlite_engine)
    assert csrf_token(client.get(NEW))
    answer = client.post(NEW, data={**NEW_UNIT, "csrf_token": "x"})
    assert answer.status_code == 400
    with writing(sqlite_engine) as session:
        assert session.execute(select(col(ServiceUnit.id))).all() == []
