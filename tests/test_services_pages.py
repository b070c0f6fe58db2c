"""A unit's services: added, renamed, ended; their codes never change."""

import json
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.office.codes import CodeInUse
from aggregation.office.service_edits import change_service, open_service, open_services
from survey.database import writing
from survey.models import Service
from survey.services import DISDUKCAPIL, services_by_code
from tests.factories import NOON, make_service
from tests.office_factories import by_code
from tests.record_factories import rows_of
from tests.staff_factories import csrf_token, make_office, member, send, staff

CODE = "DINAS"
LIST = f"/staff/unit/{CODE}/layanan"
CAUSE = Cause("wati", "", NOON, "wati")


@pytest.fixture
def unit_id(sqlite_engine: Engine) -> int:
    with writing(sqlite_engine) as session:
        return make_office(session, CODE)


def operator(engine: Engine, unit_id: int | None = None) -> Client:
    return member(staff(engine), engine, RoleIn(Role.OPERATOR, unit_id))


def add(client: Client, name: str, code: str = "") -> TestResponse:
    return send(client, LIST, name=name, code=code)


def change(client: Client, engine: Engine, code: str, /, **fields: Any) -> TestResponse:  # noqa: ANN401
    service = by_code(engine, "service")[code]
    return send(client, f"{LIST}/{service['id']}", **fields)


def test_a_service_gets_a_code_from_its_name(session: Session) -> None:
    unit_id = make_office(session)
    assert open_service(session, unit_id, "", "Akta kelahiran", CAUSE) == "AKTA-KELAHIRAN"
    assert open_service(session, unit_id, "", "Akta Kelahiran", CAUSE) == "AKTA-KELAHIRAN-2"
    with pytest.raises(CodeInUse) as taken:
        open_service(session, unit_id, "akta-kelahiran", "Lain", CAUSE)
    assert taken.value.free == "AKTA-KELAHIRAN-3"


def test_two_units_may_use_the_same_code(session: Session) -> None:
    for code in ("A", "B"):
        assert open_service(session, make_office(session, code), "KK", "KK", CAUSE) == "KK"


def test_the_preset_adds_only_what_the_unit_lacks(session: Session) -> None:
    unit_id = make_office(session)
    make_service(session, unit_id, "KK", "Kartu keluarga kota")
    assert open_services(session, unit_id, DISDUKCAPIL, CAUSE) == 9
    assert open_services(session, unit_id, DISDUKCAPIL, CAUSE) == 0
    assert services_by_code(session, unit_id)["KK"].name == "Kartu keluarga kota"


def test_a_change_is_kept_before_and_after_and_no_change_is_not(engine: Engine) -> None:
    with writing(engine) as session:
        make_service(session, make_office(session), "KK")
    for _ in range(2):
        with writing(engine) as session:
            service = session.exec(select(Service).where(col(Service.code) == "KK")).one()
            change_service(session, service, "Kartu Keluarga", active=False, cause=CAUSE)
    [entry] = rows_of(engine, "log_entry")
    assert entry["act"] == "service.changed"
    kept = json.loads(rows_of(engine, "log_detail")[0]["text"])
    assert (kept["name.before"], kept["name.after"]) == ("KK", "Kartu Keluarga")
    assert (kept["active.before"], kept["active.after"]) == (True, False)


def test_a_unit_without_services_is_offered_ten(sqlite_engine: Engine, unit_id: int) -> None:
    assert unit_id
    client = operator(sqlite_engine)
    page = client.get(LIST)
    assert "Belum ada layanan." in page.text
    answer = client.post(f"{LIST}/disdukcapil", data={"csrf_token": csrf_token(page)})
    assert answer.location == LIST
    page = client.get(LIST)
    assert "10 layanan sudah ditambahkan." in page.text
    assert page.text.count('<tr><th scope="row">') == 10
    assert "Belum ada layanan." not in page.text


def test_a_service_is_added_and_told(sqlite_engine: Engine, unit_id: int) -> None:
    client = operator(sqlite_engine)
    assert add(client, "Legalisasi <dokumen>").status_code == 303
    page = client.get(LIST).text
    assert "Legalisasi &lt;dokumen&gt; sudah ditambahkan." in page
    assert by_code(sqlite_engine, "service")["LEGALISASI-DOKUMEN"]["unit_id"] == unit_id


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [
        ("", "", "Isi nama layanan."),
        ("x" * 121, "", "Paling panjang 120 huruf."),
        ("Kartu\u200bKeluarga", "", "tanda yang tidak terlihat"),
        ("KK", "A_B", "Pakai huruf, angka, dan tanda hubung saja."),
        ("Lain", "kk", "“KK” sudah ada di unit ini. Pakai kode lain, misalnya KK-2."),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    sqlite_engine: Engine, unit_id: int, name: str, code: str, sentence: str
) -> None:
    with writing(sqlite_engine) as session:
        make_service(session, unit_id, "KK")
    answer = add(operator(sqlite_engine), name, code)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert list(by_code(sqlite_engine, "service")) == ["KK"]


def test_a_service_is_renamed_and_ended_and_its_code_stays(
    sqlite_engine: Engine, unit_id: int
) -> None:
    with writing(sqlite_engine) as session:
        make_service(session, unit_id, "KK")
    client = operator(sqlite_engine)
    change(client, sqlite_engine, "KK", name="Kartu Keluarga", code="LAIN")
    row = by_code(sqlite_engine, "service")["KK"]
    assert (row["name"], bool(row["active"])) == ("Kartu Keluarga", False)
    assert "Dihentikan" in client.get(LIST).text
    change(client, sqlite_engine, "KK", name="Kartu Keluarga", active="y")
    assert by_code(sqlite_engine, "service")["KK"]["active"]


def test_the_list_is_searched_and_sorted(sqlite_engine: Engine, unit_id: int) -> None:
    with writing(sqlite_engine) as session:
        open_services(session, unit_id, DISDUKCAPIL, CAUSE)
    client = operator(sqlite_engine)
    assert client.get(f"{LIST}?cari=akta").text.count('<tr><th scope="row">') == 4
    page = client.get(f"{LIST}?urut=-kode").text
    assert page.index(">PINDAH-DATANG<") < page.index(">AKTA-CERAI<")


def test_a_service_of_another_unit_does_not_exist_here(sqlite_engine: Engine, unit_id: int) -> None:
    assert unit_id
    with writing(sqlite_engine) as session:
        foreign = make_service(session, make_office(session, "LAIN"), "KK")
    client = operator(sqlite_engine)
    assert client.get(f"{LIST}/{foreign}").status_code == 404
    assert client.get(f"/staff/unit/LAIN/layanan/{foreign}").status_code == 200


def test_services_are_for_those_who_set_up_and_of_their_branch(
    sqlite_engine: Engine, unit_id: int
) -> None:
    with writing(sqlite_engine) as session:
        elsewhere = make_office(session, "LAIN")
    assert operator(sqlite_engine, unit_id).get(LIST).status_code == 200
    assert operator(sqlite_engine, elsewhere).get(LIST).status_code == 404
    for role in set(Role) - {Role.OPERATOR}:
        client = member(staff(sqlite_engine), sqlite_engine, RoleIn(role))
        assert client.get(LIST).status_code == 403, role
