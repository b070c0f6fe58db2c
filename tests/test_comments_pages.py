"""The pages of comments: listed, opened, acted on; the own page; raw words (method §9)."""

import re
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, select, text, update
from sqlmodel import Session, col
from time_machine import travel
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.comments.models import CommentAct
from aggregation.comments.release import release_comments
from aggregation.comments.steps import Step, tag, take_step
from aggregation.models import Officer
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import rules_in_force
from survey.database import reading, writing
from survey.models import LogEntry, ServiceUnit
from survey.questionnaire import Element
from tests.comment_factories import FIVE, HEAD, TUESDAY_NIGHT, keys_of, wrote
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    OCTOBER,
    SmallOffice,
    assign,
    small_office,
)
from tests.record_factories import count_of, rows_of
from tests.staff_factories import csrf_token, make_account, member, send, staff
from tests.worlds import as_made

NOW = datetime(2026, 11, 9, 3, tzinfo=UTC)
WILD = "100% puas_sekali"
MASKED = "Bu [nama] [kata kasar]"
_SEEN = re.compile(r'name="seen" value="([^"]*)"')


def office_with_comments(session: Session) -> SmallOffice:
    """Make an office where five comments are about the first desk, and two about none."""
    office = small_office(session)
    assign(session, office, 0)
    whose = col(Officer.id) == office.officers[0]
    session.execute(update(Officer).where(whose).values(name="Sari Wulandari"))
    said = (*FIVE, "Bu Sari tolol", *(f"{WILD} {each}" for each in "abcd"))
    wrote(session, office, *said[:5], half_hour=MONDAY_AT_9)
    wrote(session, office, *said[5:], desk=None)
    assert release_comments(session, office.unit_id, TUESDAY_NIGHT) == 10
    return office


class World:
    """An office with comments, and somebody in front of its pages."""

    def __init__(self, engine: Engine, role: Role = Role.UNIT_HEAD) -> None:
        self.engine = engine
        self.office = as_made(engine, office_with_comments)
        with writing(engine) as session:
            self.code = session.get_one(ServiceUnit, self.office.unit_id).code
            self.keys = keys_of(session, self.office)
            self.officer = session.get_one(Officer, self.office.officers[0]).key
        self.app = staff(engine)
        self.client: Client = member(self.app, engine, RoleIn(role))

    @property
    def all(self) -> str:
        return f"/staff/unit/{self.code}/komentar"

    @property
    def raw(self) -> str:
        return f"/staff/unit/{self.code}/peninjauan/komentar"

    def one(self, key: UUID | None = None) -> str:
        return f"{self.all}/{key or self.keys[0]}"

    def listed(self, **asked: str) -> str:
        return self.client.get(self.all, query_string=asked).text

    def act(self, act: str, **fields: str) -> TestResponse:
        seen = _SEEN.search(self.client.get(self.one()).text)
        assert seen is not None
        return send(self.client, self.one(), **{"act": act, "seen": seen[1], **fields})

    def post(self, address: str, **fields: list[str]) -> TestResponse:
        token = csrf_token(self.client.get(self.all))
        return self.client.post(address, data={"csrf_token": token, **fields})


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return World(sqlite_engine)


def test_comments_are_listed_masked_with_their_month_and_the_desk_of_five(world: World) -> None:
    page = world.listed()
    assert all(each in page for each in FIVE)
    assert MASKED in page
    assert "tolol" not in page
    assert page.count("Loket 3</span>") == 5
    assert "5 Oktober" not in page


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"cari": "KURSI tunggu"}, 1),
        ({"cari": "100%"}, 4),
        ({"cari": "s_s"}, 4),
        ({"cari": "%"}, 4),
        ({"cari": "t_nggu"}, 0),
        ({"unsur": "SARANA"}, 1),
        ({"unsur": "WAKTU"}, 0),
        ({"keadaan": "ditutup"}, 1),
        ({"keadaan": "baru"}, 9),
        ({"keadaan": "semua"}, 10),
        ({}, 9),
        ({"bulan": "2026-10"}, 9),
        ({"bulan": "2026-09"}, 0),
        ({"loket": "zzzzzz"}, 0),
    ],
)
def test_the_list_is_narrowed_by_what_the_address_asks(
    world: World, asked: dict[str, str], found: int
) -> None:
    with writing(world.engine) as session:
        unit_id, key = world.office.unit_id, world.keys[-1]
        tag(session, unit_id, world.keys[0], [Element.SARANA], HEAD)
        take_step(session, unit_id, key, Step(CommentAct.CLOSED, None), HEAD)
    assert world.listed(**asked).count('class="typed"') == found


@pytest.mark.parametrize("asked", [{"keadaan": "x"}, {"unsur": "X"}, {"bulan": "2026-13"}])
def test_a_list_that_there_is_not_is_not_found(world: World, asked: dict[str, str]) -> None:
    assert world.client.get(world.all, query_string=asked).status_code == 404


def test_opening_a_comment_changes_nothing(world: World) -> None:
    page = world.client.get(world.one())
    assert (page.status_code, count_of(world.engine, "comment_step")) == (200, 0)


def test_a_comment_is_read_answered_assigned_closed_and_opened_again(world: World) -> None:
    steps = [
        world.act("read"),
        world.act("answered", answer="Kursi ditambah bulan depan."),
        world.act("assigned", assignee="Subbagian Umum"),
        world.act("referred"),
        world.act("forwarded", officer=world.officer),
        world.act("closed"),
        world.act("reopened"),
    ]
    assert [step.status_code for step in steps] == [303] * 7
    page = world.client.get(world.one()).text
    for told in ("Kursi ditambah bulan depan.", "Subbagian Umum", "Sari Wulandari", "Dibuka lagi"):
        assert told in page


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"act": "answered"}, "Tulis jawabannya."),
        ({"act": "answered", "answer": "Bu Sari salah"}, "Hapus nama orang"),
        ({"act": "answered", "answer": "x" * 1001}, "paling panjang 1.000 huruf"),
        ({"act": "answered", "answer": "\u200f" * 900}, "Tulis jawabannya."),
        ({"act": "assigned"}, "Tulis siapa yang menanganinya."),
        ({"act": "forwarded"}, "Pilih petugas yang dipuji."),
        ({"act": "forwarded", "officer": "xxxxxxxxxxxx"}, "Pilih petugas unit ini."),
        ({"act": "burnt"}, "Belum tersimpan"),
    ],
)
def test_a_step_that_says_too_little_is_told_what_to_do(
    world: World, fields: dict[str, str], told: str
) -> None:
    answer = world.act(**fields)
    assert (answer.status_code, told in answer.text) == (422, True)
    assert count_of(world.engine, "comment_step") == 0


def test_whoever_saw_an_older_state_is_told(world: World) -> None:
    world.act("read")
    for seen in ("", "x", str(uuid4())):
        late = send(world.client, world.one(), act="closed", seen=seen)
        assert late.status_code == 409
        assert "baru saja diubah orang lain" in late.text
    assert count_of(world.engine, "comment_step") == 1


def test_several_are_marked_as_read_at_once_and_foreign_keys_are_left_out(world: World) -> None:
    chosen = [str(key) for key in world.keys[:3]] + [str(uuid4()), "x", "\u202e"]
    answer = world.post(f"{world.all}/dibaca", comment=chosen)
    assert answer.status_code == 303
    assert count_of(world.engine, "comment_step") == 3


def test_elements_are_tagged_and_seen_in_the_table_of_words(world: World) -> None:
    sent = world.post(f"{world.one()}/unsur", elements=["SARANA", "WAKTU", "BOGUS"])
    assert sent.status_code == 303
    assert {row["element"] for row in rows_of(world.engine, "comment_tag")} == {"SARANA", "WAKTU"}
    assert world.client.get(f"{world.all}/kata").status_code == 200
    assert world.client.get(f"{world.all}/kata?bulan=2026-10").status_code == 200
    assert world.client.get(f"{world.all}/kata?bulan=1999-10").status_code == 404


def test_another_units_comment_is_not_found(world: World) -> None:
    with writing(world.engine) as session:
        other = small_office(session)
        code = session.get_one(ServiceUnit, other.unit_id).code
    for path in (f"komentar/{world.keys[0]}", f"komentar/{uuid4()}", "komentar/x"):
        assert world.client.get(f"/staff/unit/{code}/{path}").status_code == 404


def test_words_typed_by_citizens_are_no_markup(sqlite_engine: Engine) -> None:
    world = World(sqlite_engine)
    script = "<script>alert(1)</script> %(x)s {{ 7*7 }}"
    with writing(sqlite_engine) as session:
        session.execute(text("UPDATE comment SET text = :said"), {"said": script})
    for page in (world.listed(), world.client.get(world.one()).text):
        assert "&lt;script&gt;alert(1)&lt;/script&gt; %(x)s {{ 7*7 }}" in page


def test_an_erased_comment_says_so_and_is_neither_answered_nor_passed_on(world: World) -> None:
    with writing(world.engine) as session:
        session.execute(text("UPDATE comment SET text = NULL"))
    page = world.client.get(world.one()).text
    assert "Isi komentar sudah dihapus." in page
    assert "Jawab untuk umum" not in page
    assert world.listed(cari="kursi").count('class="typed"') == 0


def test_only_the_reviewer_reads_the_citizens_own_words_and_says_why(
    sqlite_engine: Engine,
) -> None:
    world = World(sqlite_engine, Role.REVIEWER)
    assert MASKED in world.client.get(world.raw).text
    key = next(k for k in world.keys if MASKED in world.client.get(f"{world.raw}/{k}").text)
    page = f"{world.raw}/{key}"
    assert "tolol" not in world.client.get(page).text
    assert send(world.client, page, reason="  ").status_code == 422
    assert "Bu Sari tolol" in send(world.client, page, reason="Keluhan berat").text
    with reading(sqlite_engine) as session:
        acts = session.scalars(select(col(LogEntry.act)).where(col(LogEntry.unit_id).is_not(None)))
        assert list(acts).count("comment.raw_read") == 1
    assert world.client.get(world.all).status_code == 403


def test_no_page_but_the_reviewers_holds_a_raw_word(world: World) -> None:
    addresses = (world.all, f"{world.all}/kata", *(world.one(key) for key in world.keys))
    assert not [a for a in addresses if "tolol" in world.client.get(a).text]
    assert world.client.get(world.raw).status_code == 403


def test_the_officer_reads_praise_and_words_about_desks_served_in_closed_months(
    world: World,
) -> None:
    send(world.client, world.one(), act="forwarded", seen="", officer=world.officer)
    with writing(world.engine) as session:
        accounts = [
            make_account(session, RoleIn(Role.OFFICER), officer_id=each)
            for each in world.office.officers
        ]
    own, colleague = (_own_page(world, each) for each in accounts)
    assert "Apresiasi dari warga" in own
    assert f"{WILD} a" in own
    assert "Komentar warga tentang loket Anda" not in own  # October is still running
    assert "Apresiasi dari warga" not in colleague
    with writing(world.engine) as session:
        unit_id = world.office.unit_id
        rules = rules_in_force(session, unit_id, OCTOBER, AFTER_OCTOBER)
        close_month(session, unit_id, OCTOBER, closed_by="x", at=AFTER_OCTOBER, rules=rules)
    own, colleague = (_own_page(world, each) for each in accounts)
    assert "Komentar warga tentang loket Anda" in own
    assert all(each in own for each in FIVE)
    assert f"{WILD} b" not in own  # no batch named its desk
    assert FIVE[0] not in colleague


def _own_page(world: World, account: int) -> str:
    with travel(NOW, tick=True):
        return member(world.app, world.engine, account_id=account).get("/staff/saya").text
