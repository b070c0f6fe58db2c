"""The reviewer's pages: what waits, one group, what was decided, inquiries (method §7)."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import Engine, select, text
from sqlmodel import Session, col
from time_machine import travel
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.models import Officer
from aggregation.screening.inquiries import open_inquiries
from aggregation.screening.models import Inquiry, InquiryAnswer, ReviewedResponse
from survey.database import reading, writing
from survey.models import ClosedMonth, Desk, Response, ServiceUnit
from survey.month import HalfHour, starts
from survey.screening_models import Finding
from tests.factories import make_unit
from tests.month_factories import AFTER_OCTOBER, OCTOBER, SmallOffice
from tests.page_words import met_on
from tests.record_factories import rows_of
from tests.screening_factories import MONDAY_9, MONDAY_20, WHY, rated, served
from tests.staff_factories import csrf_token, make_account, member, send, staff
from tests.tampering import tampering
from tests.test_inquiries import traders
from tests.test_review import held
from tests.worlds import as_made

LATE_OCTOBER = datetime(2026, 10, 20, 3, tzinfo=UTC)


class World:
    """An office with something set aside, and a reviewer in front of its pages."""

    def __init__(self, engine: Engine, office: SmallOffice, officer_id: int | None = None) -> None:
        self.engine, self.office = engine, office
        with writing(engine) as session:
            self.code = session.get_one(ServiceUnit, office.unit_id).code
            self.desk = session.get_one(Desk, office.desks[0]).public_key
            who = make_account(
                session, RoleIn(Role.REVIEWER), name="Tirta Peninjau", officer_id=officer_id
            )
        self.app: Flask = staff(engine)
        self.client: Client = member(self.app, engine, account_id=who)

    @property
    def queue(self) -> str:
        return f"/staff/unit/{self.code}/peninjauan"

    @property
    def inquiries(self) -> str:
        return f"{self.queue}/penyelidikan"

    def group(self, half_hour: int = MONDAY_9, channel: str = "desk_qr") -> str:
        return f"{self.queue}/kelompok/2026-10/{self.desk}/{half_hour}/{channel}"

    def decide(self, **fields: str) -> TestResponse:
        sent = {"decision": "terima", "reason": "Rombongan satu desa", "seen": "3", **fields}
        return send(self.client, self.group(), **sent)

    def decisions(self) -> int:
        return len(rows_of(self.engine, "screening_review"))


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return World(sqlite_engine, as_made(sqlite_engine, held))


def test_the_queue_tells_what_waits_and_why(world: World) -> None:
    page = world.client.get(world.queue).text
    assert "5 Oktober 2026" in page
    assert "09.00–09.30" in page
    assert "8 atau lebih dalam sepuluh menit" in page
    assert "2 tanggapan lain" in page
    assert "jumlah kunjungan tidak diketahui" in page


def test_no_page_of_the_review_tells_a_value_an_officer_or_who_would_gain(world: World) -> None:
    with reading(world.engine) as session:
        names = [*session.execute(select(col(Officer.name))).scalars()]
    for address in (world.queue, world.group(), f"{world.queue}/keputusan"):
        page = world.client.get(address)
        assert not [each for each in (*names, "KESELURUHAN") if each in page.text]
        assert "Puas" not in met_on(page)


def test_turning_the_ratings_over_changes_no_letter_of_the_pages(world: World) -> None:
    def pages() -> list[str]:
        addresses = (world.queue, world.group())
        return [world.client.get(a).text.replace(_token(world, a), "") for a in addresses]

    before = [page.partition("csrf_token")[0] for page in pages()]
    with tampering(world.engine) as session:
        session.execute(text("UPDATE response SET overall = 5 - overall"))
    assert [page.partition("csrf_token")[0] for page in pages()] == before


def _token(world: World, address: str) -> str:
    return csrf_token(world.client.get(address))


def test_opening_the_queue_looks_for_what_duties_make_suspicious(world: World) -> None:
    with writing(world.engine) as session:
        rated(session, world.office, MONDAY_20)
    with travel(LATE_OCTOBER, tick=False):
        page = member_of(world).get(world.queue).text
    assert "di luar jam layanan" in page
    assert "20.00–20.30" in page
    assert {row["reason"] for row in rows_of(world.engine, "finding")} == {"burst", "closed_hours"}


def member_of(world: World) -> Client:
    """Return another browser of a reviewer, signed in now."""
    return member(world.app, world.engine, RoleIn(Role.REVIEWER))


def test_a_group_shows_how_many_were_served(world: World) -> None:
    with writing(world.engine) as session:
        served(session, world.office, MONDAY_9, 7)
    page = world.client.get(world.group()).text
    assert "7 kunjungan" in page
    assert "loket dilayani" in page


@pytest.mark.parametrize(("decision", "admitted"), [("terima", True), ("tolak", False)])
def test_a_decision_is_taken_and_told(world: World, decision: str, admitted: bool) -> None:
    answer = world.decide(decision=decision)
    assert (answer.status_code, answer.headers["Location"]) == (303, world.queue)
    [review] = rows_of(world.engine, "screening_review")
    assert (bool(review["admitted"]), review["reason"]) == (admitted, "Rombongan satu desa")
    assert "Tidak ada yang menunggu keputusan" in world.client.get(world.queue).text
    told = world.client.get(f"{world.queue}/keputusan").text
    assert "Tirta Peninjau" in told
    assert "Rombongan satu desa" in told


@pytest.mark.parametrize(
    "bad",
    [
        {"reason": ""}, {"reason": "   "}, {"reason": "x" * 401}, {"decision": ""},
        {"decision": "keduanya"},
    ],
)  # fmt: skip
def test_a_bad_form_is_shown_again_as_it_was_typed(world: World, bad: dict[str, str]) -> None:
    answer = world.decide(**bad)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    if "reason" not in bad:
        assert "Rombongan satu desa" in answer.text
    assert world.decisions() == 0


@pytest.mark.parametrize("seen", ["2", "", "-3", "x", "9" * 30, "³"])
def test_who_saw_another_number_is_asked_to_look_again(world: World, seen: str) -> None:
    answer = world.decide(seen=seen)
    assert answer.status_code == 409
    assert "jumlahnya berubah" in answer.text
    assert 'name="seen" value="3"' in answer.text
    assert world.decisions() == 0


def test_the_second_of_two_reviewers_is_told(world: World) -> None:
    other = member_of(world)
    token = csrf_token(other.get(world.group()))
    world.decide()
    late = {"csrf_token": token, "decision": "tolak", "reason": "Tidak wajar", "seen": "3"}
    answer = other.post(world.group(), data=late)
    assert answer.status_code == 409
    assert "baru saja diputuskan orang lain" in answer.text
    assert world.decisions() == 1


def test_the_group_of_ones_own_half_hour_is_for_another_reviewer(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        office = held(session)
    world = World(sqlite_engine, office, officer_id=office.officers[0])
    assert "Untuk pemeriksa lain" in world.client.get(world.queue).text
    page = world.client.get(world.group())
    assert "Catat keputusan" not in page.text
    sent = {"csrf_token": csrf_token(page), "decision": "terima", "reason": "x", "seen": "3"}
    assert world.client.post(world.group(), data=sent).status_code == 409
    assert world.decisions() == 0


def test_after_the_close_the_page_says_that_only_a_revision_counts(world: World) -> None:
    with writing(world.engine) as session:
        unit_id = world.office.unit_id
        session.add(ClosedMonth(unit_id=unit_id, month=OCTOBER, closed_at=AFTER_OCTOBER))
    assert "baru mengubah angka lewat revisi" in world.client.get(world.group()).text
    assert world.decide().status_code == 303


@pytest.mark.parametrize(
    "address",
    [
        "kelompok/2026-10/{desk}/0x/desk_qr", "kelompok/2026-13/{desk}/1/desk_qr",
        "kelompok/oktober/{desk}/1/desk_qr", "kelompok/2026-10/{desk}/1/desk_qr",
        "kelompok/2026-10/{desk}/99999999999999999999/desk_qr",
        "kelompok/9998-12/{desk}/0/desk_qr", "kelompok/9998-12/{desk}/1/desk_qr",
        "kelompok/2026-10/XXXXXX/0/desk_qr", "kelompok/2026-10/{desk}/0/telepon",
    ],
)  # fmt: skip
def test_what_no_group_can_be_is_not_there(world: World, address: str) -> None:
    assert world.client.get(f"{world.queue}/{address.format(desk=world.desk)}").status_code == 404


def test_a_desk_of_another_unit_is_not_there(world: World) -> None:
    with writing(world.engine) as session:
        other = make_unit(session)
        code = session.get_one(ServiceUnit, other).code
    foreign = world.group().replace(world.code, code)
    assert world.client.get(foreign).status_code == 404


def test_what_has_neither_desk_nor_half_hour_can_be_decided_too(world: World) -> None:
    with writing(world.engine) as session:
        rated(session, world.office, None, desk=None, channel="kiosk")  # type: ignore[arg-type]
        lost = session.execute(select(Response).where(col(Response.desk_id).is_(None))).scalar_one()
        finding = {"response_id": lost.id, "reason": "fast_taps", "found_on": starts(HalfHour(0))}
        session.add(Finding(unit_id=lost.unit_id, month=OCTOBER, **finding))
    assert "jam tidak diketahui" in world.client.get(world.queue).text
    address = f"{world.queue}/kelompok/2026-10/-/0/kiosk"
    sent = {"decision": "tolak", "reason": "Anak bermain", "seen": "1"}
    assert send(world.client, address, **sent).status_code == 303


def test_a_foreign_script_in_a_reason_is_text(world: World) -> None:
    world.decide(reason="<script>alert(1)</script> 100% %(x)s")
    page = world.client.get(f"{world.queue}/keputusan").text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


@pytest.mark.parametrize("query", ["?hal=99999", "?urut=nilai", "?cari=%25_", "?urut=-jumlah"])
def test_any_question_to_the_lists_is_answered(world: World, query: str) -> None:
    for page in (world.queue, f"{world.queue}/keputusan", world.inquiries):
        assert world.client.get(page + query).status_code == 200


# Inquiries.


@pytest.fixture
def asked(sqlite_engine: Engine) -> World:
    return World(sqlite_engine, as_made(sqlite_engine, traders))


def only_inquiry(session: Session) -> UUID:
    return session.scalars(select(col(Inquiry.id))).one()


def open_one(world: World) -> str:
    with writing(world.engine) as session:
        open_inquiries(session, world.office.unit_id, OCTOBER, WHY)
        return str(only_inquiry(session))


def test_the_newest_closed_month_is_looked_through_at_a_press(asked: World) -> None:
    token = csrf_token(asked.client.get(asked.inquiries))
    for told in ("1 penyelidikan dibuka", "Tidak ada pola baru"):
        answer = asked.client.post(f"{asked.inquiries}/cari", data={"csrf_token": token})
        assert answer.status_code == 303
        assert told in asked.client.get(asked.inquiries).text
    assert "jangka setengah jam yang sama, 40 kali" in asked.client.get(asked.inquiries).text


def test_without_a_closed_month_there_is_nothing_to_look_through(world: World) -> None:
    page = world.client.get(world.inquiries)
    assert "Cari pola pada" not in page.text
    sent = {"csrf_token": csrf_token(page)}
    assert world.client.post(f"{world.inquiries}/cari", data=sent).status_code == 303


def test_an_inquiry_is_answered_once(asked: World) -> None:
    sent = {"inquiry": open_one(asked), "founded": "tidak", "text": "Loket mereka berdampingan"}
    assert send(asked.client, asked.inquiries, **sent).status_code == 303
    assert "Loket mereka berdampingan" in asked.client.get(asked.inquiries).text
    assert send(asked.client, asked.inquiries, **sent).status_code == 409


@pytest.mark.parametrize(
    "bad",
    [{"text": " "}, {"text": "x" * 1001}, {"founded": ""}, {"founded": "mungkin"}],
)
def test_a_bad_answer_is_shown_again_as_it_was_typed(asked: World, bad: dict[str, str]) -> None:
    sent = {"inquiry": open_one(asked), "founded": "ya", "text": "Saling memuji", **bad}
    answer = send(asked.client, asked.inquiries, **sent)
    assert answer.status_code == 422
    assert "<details open>" in answer.text
    assert rows_of(asked.engine, "inquiry_answer") == []


@pytest.mark.parametrize("inquiry", ["", "x", "0" * 32])
def test_an_inquiry_that_there_is_not_is_not_there(asked: World, inquiry: str) -> None:
    sent = {"inquiry": inquiry, "founded": "ya", "text": "x"}
    assert send(asked.client, asked.inquiries, **sent).status_code == 404


def test_one_of_the_pair_does_not_answer(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = traders(session)
    world = World(sqlite_engine, office, officer_id=office.officers[0])
    sent = {"inquiry": open_one(world), "founded": "tidak", "text": "Tidak benar"}
    assert "Untuk pemeriksa lain" in world.client.get(world.inquiries).text
    assert send(world.client, world.inquiries, **sent).status_code == 409
    with reading(sqlite_engine) as session:
        assert session.execute(select(InquiryAnswer)).all() == []
        assert session.execute(select(ReviewedResponse)).all() == []
