"""The pages of a unit's tablets: who sees how they are, enrols one, revokes one."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from kiosk.models import Device, Enrolment
from survey.database import reading, writing
from survey.models import Desk, ServiceUnit
from tests.duty_factories import RosteredOffice, in_jakarta, rostered
from tests.fleet_factories import stand_tablet
from tests.month_factories import AFTER_OCTOBER, MONDAY_AT_9, Seen, small_office, store
from tests.page_words import words
from tests.record_factories import rows_of
from tests.staff_factories import make_office, member, send, staff

MORNING = in_jakarta(5, 9, 40)
"""A Monday; Loket 1 serves since 08.00, Loket 2 has no roster, the hall never has."""


@pytest.fixture(autouse=True)
def the_morning() -> Iterator[None]:
    with time_machine.travel(MORNING, tick=False):
        yield


@pytest.fixture
def office(sqlite_engine: Engine) -> RosteredOffice:
    return rostered(sqlite_engine)


def desk(session: Session, office: RosteredOffice, code: str) -> Desk:
    return session.get_one(Desk, office.desks[code])


def stand(office: RosteredOffice, code: str, minutes: float = 1, **told: Any) -> str:  # noqa: ANN401
    """Let a tablet stand at a desk, last in touch so many minutes ago, and return its id."""
    with writing(office.engine) as session:
        at = MORNING - timedelta(minutes=minutes)
        return str(stand_tablet(session, desk(session, office, code), at, **told))


def somebody(office: RosteredOffice, role: Role, unit_id: int | None = None) -> Client:
    return member(staff(office.engine), office.engine, RoleIn(role, unit_id or office.unit.id))


def fleet_page(office: RosteredOffice, role: Role = Role.UNIT_HEAD) -> str:
    answer = somebody(office, role).get(f"{office.address}/tablet")
    assert answer.status_code == 200
    return answer.text


def row(page: str, name: str) -> str:
    """Return the row of a desk's tablet as words."""
    [found] = re.findall(rf'<tr id="[^"]*"><th scope="row">{name}<.*?</tr>', page, re.DOTALL)
    return words(found)


def test_a_tablet_s_row_says_how_it_is(office: RosteredOffice) -> None:
    stand(office, "L1", arrived=((0, 41),))
    page = fleet_page(office)
    assert "Semua tablet berjalan normal" in page
    assert row(page, "Loket 1") == (
        "Loket 1 Normal 1 menit yang lalu 0 – < 1 % dijamin peramban 80 % sedang diisi 4f1c09aa"
    )
    assert "Belum bertablet: Loket 2, Ruang tunggu." in page


def test_a_silent_tablet_of_a_serving_desk_is_red_and_says_since_when(
    office: RosteredOffice,
) -> None:
    stand(office, "L1", minutes=20)
    page = fleet_page(office)
    assert "Tangani segera" in row(page, "Loket 1")
    assert "Diam sejak 09.20, padahal loketnya melayani." in page


def test_a_desk_without_a_roster_is_judged_by_the_opening_hours(office: RosteredOffice) -> None:
    stand(office, "AULA", minutes=20)
    assert "Normal" in row(fleet_page(office), "Ruang tunggu")
    with writing(office.engine) as session:
        unit = session.get_one(ServiceUnit, office.unit.id)
        unit.opening_hours = json.dumps([["08:00", "15:00"], *[None] * 6])
    assert "Tangani segera" in row(fleet_page(office), "Ruang tunggu")


def test_missing_numbers_are_named(office: RosteredOffice) -> None:
    stand(office, "L1", arrived=((0, 16), (18, 19), (23, 40)))
    page = fleet_page(office)
    assert "4 penilaian tidak pernah tiba (nomor urut 17, 20–22)." in page
    assert "17, 20–22" in row(page, "Loket 1")


def test_a_clock_a_battery_and_another_version_are_told(office: RosteredOffice) -> None:
    for code in ("L2", "AULA"):
        stand(office, code)
    stand(office, "L1", clock_offset=-300, battery=9, charging=False, version="0ther")
    page = fleet_page(office)
    told = row(page, "Loket 1")
    assert "jam cepat 5 menit" in told
    assert re.search(r"\b9 %", told)
    assert "berbeda dari yang lain" in told
    assert "Baterai tinggal 9% dan tidak diisi. Pasang pengisi daya." in page


def test_an_earlier_enrolment_is_gone_unless_it_may_have_lost_something(
    office: RosteredOffice,
) -> None:
    with writing(office.engine) as session:
        at, where = MORNING - timedelta(hours=1), desk(session, office, "L1")
        whole = stand_tablet(session, where, at, arrived=((0, 9),))
        holed = stand_tablet(session, where, at, arrived=((0, 3), (5, 9)), succeeds=whole)
        stand_tablet(session, where, MORNING, succeeds=holed)
        old = MORNING - timedelta(days=70)
        stand_tablet(session, where, old, arrived=((2, 2),), revoked_at=old)
    page = fleet_page(office)
    assert page.count('<th scope="row">') == 2
    assert "pendaftaran sebelumnya" in page


def test_a_revoked_tablet_that_keeps_ratings_is_to_be_enrolled_again(
    office: RosteredOffice,
) -> None:
    stand(office, "L1", waiting=3, next_sequence=3, revoked_at=MORNING)
    page = fleet_page(office, Role.OPERATOR)
    assert "Dicabut saat masih menyimpan 3 penilaian." in page
    assert "/cabut" not in page


def test_an_office_without_tablets_has_one_button(office: RosteredOffice) -> None:
    assert fleet_page(office, Role.OPERATOR).count("/tablet/baru") == 1
    assert "/tablet/baru" not in fleet_page(office, Role.UNIT_HEAD)


def test_without_a_desk_the_button_leads_to_the_desks(office: RosteredOffice) -> None:
    with writing(office.engine) as session:
        make_office(session, "KOSONG")
    everywhere = member(staff(office.engine), office.engine, RoleIn(Role.OPERATOR))
    page = everywhere.get("/staff/unit/KOSONG/tablet").text
    assert 'href="/staff/unit/KOSONG/loket"' in page.partition("<main")[2]
    assert "/tablet/baru" not in page


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.OPERATOR, Role.UNIT_HEAD}))
def test_nobody_else_sees_the_tablets(office: RosteredOffice, role: Role) -> None:
    assert somebody(office, role).get(f"{office.address}/tablet").status_code == 403


def test_the_head_sees_and_does_not_enrol_or_revoke(office: RosteredOffice) -> None:
    head, device = somebody(office, Role.UNIT_HEAD), stand(office, "L1")
    for page in ("baru", "baru/kode", f"{device}/cabut"):
        assert head.get(f"{office.address}/tablet/{page}").status_code == 403


def test_beyond_one_s_branch_there_is_no_tablet(office: RosteredOffice) -> None:
    device = stand(office, "L1")
    with writing(office.engine) as session:
        other = make_office(session, "LAIN")
    stranger = somebody(office, Role.OPERATOR, other)
    for page in ("", "/baru", f"/{device}/cabut"):
        assert stranger.get(f"{office.address}/tablet{page}").status_code == 404
    assert stranger.get(f"/staff/unit/LAIN/tablet/{device}/cabut").status_code == 404


def test_a_code_is_shown_once_and_opens_one_desk(office: RosteredOffice) -> None:
    operator = somebody(office, Role.OPERATOR)
    answer = send(operator, f"{office.address}/tablet/baru", desk=office.keys["L2"])
    assert answer.location == f"{office.address}/tablet/baru/kode"
    page = operator.get(answer.location).text
    [code] = re.findall(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b", page)
    assert re.search(r">[0-9]{6}<", page)
    assert "sampai pukul 09.50" in page
    assert "/kiosk/enrol" in page
    with reading(office.engine) as session:
        [kept] = session.exec(select(Enrolment)).all()
        assert (kept.name, kept.desk_id) == (code[:4], office.desks["L2"])
    again = operator.get(answer.location)
    assert (again.status_code, again.location) == (303, f"{office.address}/tablet")
    acts = [(entry["act"], entry["facts"]) for entry in rows_of(office.engine, "log_entry")]
    assert ("tablet.code_issued", "{}") in acts


def test_a_code_made_for_one_unit_is_not_shown_on_the_page_of_another(
    office: RosteredOffice,
) -> None:
    with writing(office.engine) as session:
        make_office(session, "LAIN")
    everywhere = member(staff(office.engine), office.engine, RoleIn(Role.OPERATOR))
    send(everywhere, f"{office.address}/tablet/baru", desk=office.keys["L2"])
    assert everywhere.get("/staff/unit/LAIN/tablet/baru/kode").status_code == 303


def test_a_desk_that_is_closed_or_foreign_gets_no_code(office: RosteredOffice) -> None:
    with writing(office.engine) as session:
        desk(session, office, "L2").active = False
    operator = somebody(office, Role.OPERATOR)
    for key in (office.keys["L2"], "ABCDEF", ""):
        answer = send(operator, f"{office.address}/tablet/baru", desk=key)
        assert answer.status_code == 422, key
    assert rows_of(office.engine, "enrolment") == []


def test_the_desk_s_page_leads_to_its_tablets(office: RosteredOffice) -> None:
    key = office.keys["L2"]
    operator = somebody(office, Role.OPERATOR)
    page = operator.get(f"{office.address}/loket/{key}").text
    assert f'href="{office.address}/tablet#{key}"' in page
    form = operator.get(f"{office.address}/tablet/baru?loket={key}").text
    assert re.search(rf'<option selected value="{key}"', form)


def test_revoking_asks_first_and_says_what_it_costs(office: RosteredOffice) -> None:
    device, operator = (
        stand(office, "L1", waiting=3, next_sequence=3),
        somebody(office, Role.OPERATOR),
    )
    address = f"{office.address}/tablet/{device}/cabut"
    page = operator.get(address).text
    assert "masih menyimpan 3 penilaian" in page
    assert "kecuali tablet itu didaftarkan lagi di loket yang sama" in page
    assert send(operator, address).status_code == 303
    with reading(office.engine) as session:
        [kept] = session.exec(select(Device).where(col(Device.revoked_at).is_not(None))).all()
        assert str(kept.id) == device
    assert "tablet.revoked" in {entry["act"] for entry in rows_of(office.engine, "log_entry")}
    assert "Tablet di Loket 1 dicabut." in operator.get(f"{office.address}/tablet").text


def test_plain_http_is_warned_of(office: RosteredOffice) -> None:
    plain = staff(office.engine, NILAI_PUBLIC_URL="http://nilai.contoh.example")
    operator = member(plain, office.engine, RoleIn(Role.OPERATOR))
    assert "belum memakai https" in operator.get(f"{office.address}/tablet/baru").text
    good = somebody(office, Role.OPERATOR).get(f"{office.address}/tablet/baru").text
    assert "belum memakai https" not in good


def test_the_head_s_page_names_the_tablet_that_is_silent(office: RosteredOffice) -> None:
    stand(office, "L1", minutes=20)
    head = somebody(office, Role.UNIT_HEAD).get(office.address).text
    assert "Tablet Loket 1 diam sejak 09.20." in head
    assert f'href="{office.address}/tablet"' in head
    assert "diam sejak" not in somebody(office, Role.ASSESSOR).get(office.address).text


def test_the_head_s_page_names_a_few_tablets_and_counts_the_rest(office: RosteredOffice) -> None:
    for _ in range(7):
        stand(office, "L2", set_aside=1)
    page = somebody(office, Role.UNIT_HEAD).get(office.address).text
    assert page.count("menyisihkan 1 penilaian yang ditolak") == 5
    assert "… dan 2 lagi seperti ini." in page


def test_the_check_of_a_month_leads_to_its_tablets_and_lets_it_be_closed(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        small = small_office(session)
        store(session, small, [Seen(MONDAY_AT_9)])
        code = session.get_one(ServiceUnit, small.unit_id).code
        stand_tablet(session, session.get_one(Desk, small.desks[0]), MORNING, arrived=((1, 9),))
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        address = f"/staff/unit/{code}/tutup/2026-10"
        head = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.UNIT_HEAD))
        hr = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.HR))
        page = head.get(address).text
        assert "1 penilaian tidak pernah tiba (nomor urut 0)." in page
        assert "belum memberi kabar sejak 5 Oktober 2026" in page
        assert page.count(f'<a href="/staff/unit/{code}/tablet">Lihat tablet</a>') == 2
        assert "Lihat tablet" not in hr.get(address).text
        [digest] = re.findall(r'name="digest" value="([0-9a-f]+)"', page)
        assert send(head, address, digest=digest).status_code == 303
