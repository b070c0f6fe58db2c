"""The inbox: each sees what is in his charge, new until read; nobody sees what is not."""

import re

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select, true
from sqlmodel import Session, col
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Right, Role
from aggregation.alerts import inbox as inbox_module
from aggregation.alerts.models import AlertKind, AlertSeen
from aggregation.alerts.notices import Facts, Notice
from aggregation.alerts.raising import end_alert, raise_alert
from aggregation.alerts.readers import CONCERNS
from survey.database import reading, writing
from survey.models import ServiceUnit
from tests.alert_factories import at, made_unit, silent
from tests.staff_factories import csrf_token, make_account, member, staff, visitor

INBOX = "/staff/kotak"
FACTS: dict[AlertKind, Facts] = {
    AlertKind.DROP: {"month": "2026-10", "index": "87.25", "low": "87.46"},
    AlertKind.TABLET: silent().facts,
    AlertKind.IMPROVEMENT: {"number": 7, "due_on": "2026-11-17", "late": 0},
    AlertKind.QUARANTINE: {"count": 12, "since": "2026-11-02"},
    AlertKind.COMMENT: {"count": 1046, "since": "2026-11-02"},
    AlertKind.VERIFY: {},
}
SENTENCES = {
    AlertKind.DROP: "IKM Oktober 2026 adalah 87,25, di bawah batas bawah",
    AlertKind.TABLET: "Tablet di Loket 3 tidak terhubung sejak 3 November 2026 pukul 08.00",
    AlertKind.IMPROVEMENT: "Tindak lanjut nomor 7 jatuh tempo 17 November 2026.",
    AlertKind.QUARANTINE: "12 tanggapan yang ditahan menunggu pemeriksa",
    AlertKind.COMMENT: "1.046 komentar warga belum dibaca",
    AlertKind.VERIFY: "Pemeriksaan catatan menemukan baris yang berubah",
}
TOLD: dict[Role, set[AlertKind]] = {
    Role.OPERATOR: {AlertKind.TABLET, AlertKind.VERIFY},
    Role.UNIT_HEAD: {
        AlertKind.DROP, AlertKind.TABLET, AlertKind.IMPROVEMENT, AlertKind.COMMENT
    },
    Role.ASSESSOR: set(),
    Role.HR: set(),
    Role.REVIEWER: {AlertKind.QUARANTINE, AlertKind.VERIFY},
    Role.OFFICER: set(),
    Role.AUDITOR: {AlertKind.VERIFY},
}  # fmt: skip


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


@pytest.fixture
def units(sqlite_engine: Engine) -> tuple[int, int, int]:
    """Give a dinas, its branch office and a neighbour, each with one alert of every kind."""
    with writing(sqlite_engine) as session:
        dinas, branch, other = (
            made_unit(session, code, name)
            for code, name in (
                ("DINAS", "Dinas"), ("CABANG", "Cabang <b>A</b>"), ("LAIN", "Kantor lain")
            )
        )  # fmt: skip
        branch.parent_id = dinas.id
        for unit in (dinas, branch, other):
            raise_each(session, unit)
        return dinas.id or 0, branch.id or 0, other.id or 0


def raise_each(session: Session, unit: ServiceUnit) -> None:
    for kind, facts in FACTS.items():
        raise_alert(session, unit.id or 0, Notice(kind, "1", facts), at(3))


def shown(page: str) -> set[AlertKind]:
    return {kind for kind, sentence in SENTENCES.items() if sentence in page}


def bell(client: Client) -> str | None:
    """Return what the bar says: None without a mark, else the number or nothing."""
    page = client.get(INBOX).text
    found = re.search(r'class="bell"[^>]*>(.*?)</a>', page, re.DOTALL)
    if found is None:
        return None
    number = re.search(r'class="bell-count num">([\d.]+)<', found[1])
    return number[1] if number else ""


@pytest.mark.parametrize("role", list(Role))
def test_each_role_is_told_what_it_can_do_something_about(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int], role: Role
) -> None:
    client = member(app, sqlite_engine, RoleIn(role, units[1]))
    page = client.get(INBOX)
    assert page.status_code == 200
    assert shown(page.text) == TOLD[role]
    assert bell(client) == (str(len(TOLD[role])) if TOLD[role] else None)


def test_one_sees_the_own_branch_and_nothing_beyond(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    dinas, branch, _ = units
    head = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, dinas))
    assert bell(head) == "8"
    below = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, branch))
    assert bell(below) == "4"
    page = below.get(INBOX).text
    assert "Cabang &lt;b&gt;A&lt;/b&gt;" in page
    assert "Kantor lain" not in page
    assert "Dinas," not in page
    everywhere = member(app, sqlite_engine, RoleIn(Role.AUDITOR, None), RoleIn(Role.HR, dinas))
    assert bell(everywhere) == "3"


def test_without_the_scope_a_stranger_would_see_it(
    app: Flask,
    sqlite_engine: Engine,
    units: tuple[int, int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(inbox_module, "concerns", lambda _scope: true())
    page = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[1])).get(INBOX).text
    assert "Kantor lain" in page


def test_whoever_has_not_signed_in_sees_nothing(app: Flask, units: tuple[int, int, int]) -> None:
    assert units
    page = visitor(app).get(INBOX)
    assert page.status_code == 401
    assert shown(page.text) == set()


def test_before_the_second_factor_nothing_is_counted(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    role = RoleIn(Role.OPERATOR, units[1])
    waiting = member(app, sqlite_engine, role, verified=False)
    assert 'class="bell"' not in waiting.get("/staff/masuk/kode").text
    assert bell(member(app, sqlite_engine, role)) == "2"


def ids_of(page: str) -> list[str]:
    return re.findall(r'name="kabar" value="([^"]+)"', page)


def test_read_is_read_for_one_person_one_alert_at_a_time(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    reader, other = (member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[1])) for _ in range(2))
    first, *rest = ids_of(reader.get(INBOX).text)
    token = csrf_token(reader.get(INBOX))
    for _ in range(2):
        answer = reader.post(f"{INBOX}/dibaca", data={"csrf_token": token, "kabar": first})
        assert (answer.status_code, answer.location) == (303, INBOX)
    assert ids_of(reader.get(INBOX).text) == rest
    assert shown(reader.get(INBOX).text) == TOLD[Role.UNIT_HEAD]
    assert (bell(reader), bell(other)) == ("3", "4")


def test_all_are_marked_at_once(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    reader = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[0]))
    token = csrf_token(reader.get(INBOX))
    reader.post(f"{INBOX}/dibaca", data={"csrf_token": token})
    assert bell(reader) == ""
    assert "Tandai semua" not in reader.get(INBOX).text


@pytest.mark.parametrize("asked", ["00000000-0000-4000-8000-000000000000", "x", "", "foreign"])
def test_what_is_not_ones_own_cannot_be_marked(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int], asked: str
) -> None:
    stranger = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[2]))
    reader = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[1]))
    foreign = ids_of(stranger.get(INBOX).text)[0]
    named = foreign if asked == "foreign" else asked
    token = csrf_token(reader.get(INBOX))
    answer = reader.post(f"{INBOX}/dibaca", data={"csrf_token": token, "kabar": named})
    assert answer.status_code in {303, 400}
    with reading(sqlite_engine) as session:
        assert session.execute(select(AlertSeen)).all() == []


def test_what_is_over_is_told_with_its_end_and_counts_no_more(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    with writing(sqlite_engine) as session:
        end_alert(session, units[1], (AlertKind.TABLET, "1"), at(4))
    reader = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[1]))
    page = reader.get(INBOX).text
    running, _, over = page.partition("Sudah selesai")
    assert SENTENCES[AlertKind.TABLET] not in running
    assert SENTENCES[AlertKind.TABLET] in over
    assert "Muncul 3 November 2026, selesai 4 November 2026." in over
    assert bell(reader) == "3"


@pytest.mark.parametrize("role", [role for role, kinds in TOLD.items() if kinds])
def test_each_alert_leads_to_a_page_that_its_reader_may_open(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int], role: Role
) -> None:
    reader = member(app, sqlite_engine, RoleIn(role, units[1]))
    links = re.findall(r'class="btn plain s" href="([^"]+)"', reader.get(INBOX).text)
    assert len(links) == len(TOLD[role])
    answers = {link: reader.get(link).status_code for link in links}
    assert answers == dict.fromkeys(links, 200)


def test_the_mark_costs_one_question_a_page(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    reader = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[1]))
    reader.get("/staff/bantuan")
    asked: list[str] = []
    event.listen(
        sqlite_engine, "before_cursor_execute", lambda *heard: asked.append(heard[2])
    )  # fmt: skip
    reader.get("/staff/bantuan")
    counted = [each for each in asked if "FROM alert" in each]
    assert len(counted) == 1
    with sqlite_engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT count(*) FROM alert WHERE ended_at IS NULL"
            " AND kind IN ('drop') AND unit_id IN (1, 2)"
        ).all()
    assert "ix_alert_open" in str(plan)


def test_english_says_it_too(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    reader = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, units[1]))
    page = reader.get(f"{INBOX}?lang=en").text
    assert "The tablet at Loket 3 has been out of touch since 3 November 2026, 08:00" in page
    assert "The IKM of October 2026 is 87.25" in page


def test_an_empty_inbox_says_what_will_come(app: Flask, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        unit_id = made_unit(session).id
    page = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, unit_id)).get(INBOX).text
    assert "Tidak ada yang menunggu Anda." in page
    assert "Tandai" not in page


def test_who_wants_no_digest_says_so_on_the_own_account(
    app: Flask, sqlite_engine: Engine, units: tuple[int, int, int]
) -> None:
    with writing(sqlite_engine) as session:
        head = make_account(session, RoleIn(Role.UNIT_HEAD, units[1]))
        officer = make_account(session, RoleIn(Role.AUDITOR, units[1]))
    client = member(app, sqlite_engine, account_id=head)

    def wants(account_id: int) -> bool:
        with reading(sqlite_engine) as session:
            found = select(col(Account.digest)).where(col(Account.id) == account_id)
            return bool(session.execute(found).scalar_one())

    token = csrf_token(client.get("/staff/akun-saya"))
    said = []
    for ticked in ({}, {"ringkasan": "ya"}):
        client.post("/staff/akun-saya/ringkasan", data={"csrf_token": token, **ticked})
        said.append((wants(head), 'value="ya" checked' in client.get("/staff/akun-saya").text))
    assert said == [(False, False), (True, True)]
    assert wants(officer)


def test_every_kind_concerns_somebody() -> None:
    assert set(CONCERNS) == set(AlertKind) == set(FACTS)
    told = {kind for kinds in TOLD.values() for kind in kinds}
    assert told == set(AlertKind)
    assert Right.SEE_UNIT not in CONCERNS.values()
