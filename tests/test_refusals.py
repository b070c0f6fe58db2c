"""Who was turned away is kept in the log, and nobody can fill the log by being turned away."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from aggregation.access import refusals
from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.refusals import MOST_IN_ALL, MOST_OF_ONE, STRANGER, record_refusal
from aggregation.access.roles import Role
from kiosk.app import public_site
from survey.database import reading, writing
from survey.log import Act
from survey.log_lines import LogLine
from survey.models import LogEntry
from survey.set_up import units_by_code
from tests.api_factories import api, program
from tests.factories import settings
from tests.sign_in_factories import EMAIL, code_at, give_app, make_staff, sign_in
from tests.staff_factories import csrf_token, make_account, make_office, member, staff, visitor

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        make_office(session, "KOTA", "Kota Contoh")
        make_office(session, "LAIN", "Kota Lain")
    return staff(sqlite_engine)


def refused(engine: Engine, act: str) -> list[tuple[str, str, str]]:
    with reading(engine) as session:
        rows = session.scalars(select(LogEntry).where(col(LogEntry.act) == act))
        return [(row.actor, row.subject, row.facts) for row in rows]


def somebody(engine: Engine, *roles: RoleIn) -> tuple[int, str]:
    with writing(engine) as session:
        who = make_account(session, *roles)
        return who, session.scalars(select(col(Account.key)).where(col(Account.id) == who)).one()


def unit_head_of(engine: Engine, code: str) -> RoleIn:
    with reading(engine) as session:
        return RoleIn(Role.UNIT_HEAD, units_by_code(session)[code].id)


def test_another_offices_page_and_another_roles_page_are_kept(
    app: Flask, sqlite_engine: Engine
) -> None:
    who, key = somebody(sqlite_engine, unit_head_of(sqlite_engine, "KOTA"))
    client = member(app, sqlite_engine, account_id=who)
    assert client.get("/staff/unit/LAIN/petugas").status_code == 404
    assert client.get("/staff/token").status_code in {403, 404}
    found = refused(sqlite_engine, "access.refused")
    assert (key, "/unit/LAIN/petugas", '{"method": "GET", "status": 404}') in found


def test_a_form_without_its_token_is_kept(app: Flask, sqlite_engine: Engine) -> None:
    client = member(app, sqlite_engine)
    assert client.post("/staff/akun-saya/sesi-lain", data={"csrf_token": "x"}).status_code == 400
    [(_, subject, facts)] = refused(sqlite_engine, "access.refused")
    assert subject == "/akun-saya/sesi-lain"
    assert '"status": 400' in facts


def test_strangers_and_slips_of_the_fingers_leave_nothing(
    app: Flask, sqlite_engine: Engine
) -> None:
    assert visitor(app).get("/staff/unit/KOTA/petugas").status_code == 401
    assert member(app, sqlite_engine).get("/staff/tidak-ada").status_code == 404
    assert refused(sqlite_engine, "access.refused") == []


def test_a_wrong_password_is_kept_under_the_account_and_never_what_was_typed(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    sign_in(visitor(app), password="rahasia yang salah ketik")
    sign_in(visitor(app), email="orang.lain@contoh.example", password="rahasia lain lagi")
    with reading(sqlite_engine) as session:
        key = session.scalars(select(col(Account.key)).where(col(Account.email) == EMAIL)).one()
    factor = '{"factor": "password"}'
    kept = refused(sqlite_engine, "sign_in.refused")
    assert sorted(kept) == sorted([(key, key, factor), (STRANGER, STRANGER, factor)])


def test_a_wrong_code_is_kept(app: Flask, sqlite_engine: Engine) -> None:
    account_id, now = make_staff(sqlite_engine, RoleIn(Role.HR)), datetime.now(UTC)
    with writing(sqlite_engine) as session:
        secret, _ = give_app(session, account_id, now)
    client = visitor(app)
    assert sign_in(client).status_code == 303
    page = client.get("/staff/masuk/kode")
    wrong = f"{(int(code_at(secret, now, steps=40)) + 1) % 10**6:06d}"
    client.post("/staff/masuk/kode", data={"csrf_token": csrf_token(page), "code": wrong})
    assert [facts for _, _, facts in refused(sqlite_engine, "sign_in.refused")] == [
        '{"factor": "code"}'
    ]


def test_a_token_that_asks_beyond_its_branch_is_kept_and_one_that_comes_too_early_is_not(
    app: Flask,  # noqa: ARG001 - with its two offices
    sqlite_engine: Engine,
) -> None:
    asking = program(
        api(sqlite_engine), sqlite_engine, unit_id=unit_head_of(sqlite_engine, "KOTA").unit_id
    )
    assert asking.get("/scores?month=2026-09&unit=KOTA").status_code == 404
    assert refused(sqlite_engine, "access.refused") == []
    assert asking.get("/scores?month=2026-09&unit=LAIN").status_code == 404
    [(actor, subject, _)] = refused(sqlite_engine, "access.refused")
    assert actor.startswith("token")
    assert subject.endswith("/scores")


def fill(session: Session, actors: int, each: int, at: datetime = NOON) -> int:
    acts = [Act("access.refused", f"A{n}", "/x", {}) for n in range(actors) for _ in range(each)]
    return sum(record_refusal(session, act, at) for act in acts)


def test_one_account_fills_no_more_than_its_share_of_an_hour(session: Session) -> None:
    assert fill(session, actors=1, each=MOST_OF_ONE + 10) == MOST_OF_ONE
    assert record_refusal(session, Act("access.refused", "B", "/x", {}), NOON)
    assert record_refusal(session, Act("access.refused", "A0", "/x", {}), NOON + HOUR)
    assert record_refusal(session, Act("sign_in.refused", "A0", "A0", {}), NOON)


def test_many_accounts_fill_no_more_than_an_hour_holds(session: Session) -> None:
    assert fill(session, actors=MOST_IN_ALL // MOST_OF_ONE + 3, each=MOST_OF_ONE) == MOST_IN_ALL


def test_a_log_without_a_bound_is_noticed(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "MOST_OF_ONE", 10**6)
    with pytest.raises(AssertionError):
        test_one_account_fills_no_more_than_its_share_of_an_hour(session)


def test_an_error_of_ours_is_logged_by_the_views_name(
    sqlite_engine: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    site = public_site(settings(), sqlite_engine, lambda _connection: True)

    @site.get("/rusak/<code>", endpoint="rusak")
    def broken(code: str) -> str:
        raise ZeroDivisionError(len(code))

    assert site.test_client().get("/rusak/RAHASIA").status_code == 500
    lines = [LogLine().format(record) for record in caplog.records]
    assert [json.loads(line).get("endpoint") for line in lines] == ["rusak", "rusak"]
    assert "ZeroDivisionError" in lines[0]
    assert "RAHASIA" not in "".join(lines)
