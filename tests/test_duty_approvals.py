"""The pages on which a second person decides what changes days that have passed."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import Engine, update
from sqlmodel import col
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.models import DutyBatch
from survey.database import writing
from survey.month import midnight
from tests.duty_factories import RosteredOffice, because, rostered
from tests.month_factories import Seen, SmallOffice, store
from tests.office_factories import close
from tests.page_words import words
from tests.record_factories import rows_of
from tests.staff_factories import make_account, member, send, staff
from tests.test_duty_approval import LATER, stands_in, waiting, whose


@pytest.fixture
def office(sqlite_engine: Engine) -> RosteredOffice:
    return rostered(sqlite_engine)


@pytest.fixture(autouse=True)
def _later() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


def head(office: RosteredOffice, role: Role = Role.UNIT_HEAD) -> Client:
    return member(staff(office.engine), office.engine, RoleIn(role))


def page_of(office: RosteredOffice, batch: UUID) -> str:
    return f"{office.address}/jadwal/persetujuan/{batch}"


def test_what_waits_is_listed_with_who_and_why(office: RosteredOffice) -> None:
    client = head(office)
    assert (
        "Tidak ada perubahan yang menunggu"
        in client.get(f"{office.address}/jadwal/persetujuan").text
    )
    batch = stands_in(office)
    page = client.get(f"{office.address}/jadwal/persetujuan").text
    assert "Wati" in words(page)
    assert "Sesuai surat tugas" in page
    assert f"{office.address}/jadwal/persetujuan/{batch}" in page


def test_before_and_after_stand_side_by_side(office: RosteredOffice) -> None:
    page = head(office).get(page_of(office, stands_in(office))).text
    said = words(page.partition("<tbody>")[2].partition("</tbody>")[0])
    assert said == "12 Oktober 2026 08.00–12.00 Loket 1 Sari Budi"


def test_a_head_approves_what_somebody_else_recorded(office: RosteredOffice) -> None:
    batch = stands_in(office)
    client = head(office)
    answer = send(client, page_of(office, batch), do="approve", reason="Sesuai absensi")
    assert answer.status_code == 303
    assert whose(office) == "Budi"
    assert "Disetujui" in client.get(page_of(office, batch)).text
    assert send(client, page_of(office, batch), do="refuse", reason="Salah").status_code == 422
    assert "Disetujui" in client.get(f"{office.address}/jadwal/riwayat").text


def test_a_refusal_without_a_reason_keeps_the_change_waiting(office: RosteredOffice) -> None:
    batch = stands_in(office)
    answer = send(head(office), page_of(office, batch), do="refuse", reason=" ")
    assert answer.status_code == 422
    assert "Isi alasan menolak" in answer.text
    assert waiting(office.engine, batch)


@pytest.mark.parametrize("reason", ["x" * 401])
def test_too_long_a_reason_is_kept_and_refused(office: RosteredOffice, reason: str) -> None:
    batch = stands_in(office)
    answer = send(head(office), page_of(office, batch), do="approve", reason=reason)
    assert answer.status_code == 422
    assert reason in answer.text
    assert waiting(office.engine, batch)


def test_nobody_is_offered_to_approve_his_own(office: RosteredOffice) -> None:
    with writing(office.engine) as session:
        account_id = make_account(session, RoleIn(Role.UNIT_HEAD))
        key = session.get_one(Account, account_id).key
    batch = stands_in(office)
    with writing(office.engine) as session:
        session.execute(update(DutyBatch).where(col(DutyBatch.id) == batch).values(recorded_by=key))
    client = member(staff(office.engine), office.engine, account_id=account_id)
    page = client.get(page_of(office, batch))
    assert "Orang lain yang memutuskannya" in page.text
    assert "Setujui perubahan" not in page.text
    assert client.post(page_of(office, batch), data={"do": "approve"}).status_code in {400, 422}
    assert waiting(office.engine, batch)


def test_nobody_is_offered_to_decide_on_his_own_half_hours(office: RosteredOffice) -> None:
    with writing(office.engine) as session:
        account_id = make_account(
            session, RoleIn(Role.UNIT_HEAD), officer_id=office.officers["Budi"]
        )
    client = member(staff(office.engine), office.engine, account_id=account_id)
    page = client.get(page_of(office, stands_in(office))).text
    assert "menyangkut jam tugas Anda" in page
    assert "Setujui perubahan" not in page


def test_a_month_closed_meanwhile_is_left_to_a_revision(office: RosteredOffice) -> None:
    batch = stands_in(office)
    close(office.engine, office.unit.id)
    assert "hanya revisi" in head(office).get(page_of(office, batch)).text


def test_what_needs_nobody_has_no_page(office: RosteredOffice) -> None:
    client = head(office)
    today = stands_in(office, LATER.date())
    for batch in (today, UUID(int=7)):
        assert client.get(page_of(office, batch)).status_code == 404


def test_a_long_roster_is_shown_in_part(office: RosteredOffice) -> None:
    lines = [
        RosterLine(
            office.desks["L1"], office.officers["Ahmad"], weekday, date(2026, 10, 1), at, at + 1
        )
        for weekday in range(1, 8)
        for at in range(16, 40, 2)
    ]
    with writing(office.engine) as session:
        batch = record_duties(session, office.unit.id, lines, because(at=LATER))
    page = head(office).get(page_of(office, batch)).text
    assert "jam lain, dengan pola yang sama" in page
    assert page.count("<tr>") == 201


def test_the_calendar_marks_the_day_and_leads_there(office: RosteredOffice) -> None:
    stands_in(office)
    week = head(office).get(f"{office.address}/jadwal?minggu=2026-W42").text
    monday = week.partition('data-day="Senin 12"')[2].partition("</td>")[0]
    assert "Menunggu orang kedua" in words(monday)
    assert words(week).count("Menunggu orang kedua") == 1
    assert f"{office.address}/jadwal/persetujuan" in week
    month = head(office).get(f"{office.address}/jadwal/bulan?bulan=2026-10").text
    assert "12 Terisi, menunggu orang kedua" in month
    keeper = head(office, Role.OPERATOR).get(f"{office.address}/jadwal?minggu=2026-W42").text
    assert "1 perubahan hari yang sudah lewat menunggu" in keeper
    assert "jadwal/persetujuan" not in keeper


def test_the_page_of_a_day_says_that_the_change_waits(office: RosteredOffice) -> None:
    keeper, address = head(office, Role.OPERATOR), f"{office.desk_address()}/hari"
    given = {
        "day": "2026-10-12", "starts": "08.00", "ends": "12.00", "who": "stands_in",
        "officer": "Budi", "reason": "Sari sakit",
    }  # fmt: skip
    assert "baru berlaku setelah disetujui" in send(keeper, address, do="check", **given).text
    assert send(keeper, address, do="save", **given).status_code == 303
    assert "menunggu persetujuan orang kedua" in keeper.get(f"{office.address}/jadwal").text
    ahead = given | {"day": "2026-10-19"}
    assert "baru berlaku setelah disetujui" not in send(keeper, address, do="check", **ahead).text


def test_the_page_of_a_week_says_that_the_change_waits(office: RosteredOffice) -> None:
    keeper, address = head(office, Role.OPERATOR), office.desk_address()
    given = {
        "seen": "2", "since": "2026-10-12", "reason": "Rotasi",
        "days-0-stretches-0-starts": "08.00", "days-0-stretches-0-ends": "12.00",
        "days-0-stretches-0-officer": "Budi",
    }  # fmt: skip
    assert "baru berlaku setelah disetujui" in send(keeper, address, do="check", **given).text
    answer = send(keeper, address, do="save", **given)
    assert answer.status_code == 303, words(answer.text)
    assert whose(office) == "Sari"
    [row] = [row for row in rows_of(office.engine, "duty_batch") if row["needs_approval"]]
    assert row["reason"] == "Rotasi"


def test_the_check_before_a_close_lists_what_waits(office: RosteredOffice) -> None:
    stands_in(office)
    rated = SmallOffice(office.unit.id, tuple(office.desks.values()), (), (), ())
    with writing(office.engine) as session:
        store(session, rated, [Seen(midnight(LATER.date()) + 18)])
    with time_machine.travel(LATER.replace(month=11), tick=False):
        page = words(head(office).get(f"{office.address}/tutup/2026-10").text)
    assert "Perubahan jadwal L1 2026-10-12 menunggu persetujuan orang kedua" in page
