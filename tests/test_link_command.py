"""`nilai link`, and what `nilai demo` prints: always a way in, and never one too many."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import Session, col

from aggregation.access.accounts import RoleIn, member
from aggregation.access.models import Account
from aggregation.access.roles import WITH_SECOND_FACTOR, Role
from aggregation.demo.accounts import DemoAccount, add_demo_accounts
from aggregation.demo.load import load_demo
from deploy.nilai import main
from survey.command import Installation
from survey.database import writing
from tests.factories import settings
from tests.sign_in_factories import EMAIL, give_app, make_staff, sign_in
from tests.staff_factories import press, staff, visitor
from tests.worlds import as_made

LINK = re.compile(r"/staff/masuk/\S+")


def nilai_link(engine: Engine, *words: str) -> Result:
    installation = Installation(settings(), engine)
    return CliRunner().invoke(main, ["link", *words], obj=installation)


def printed(result: Result) -> str:
    assert result.exit_code == 0, result.output
    [address] = LINK.findall(result.stdout)
    return str(address)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def test_without_an_operator_it_prints_the_way_to_become_one(
    app: Flask, sqlite_engine: Engine
) -> None:
    result = nilai_link(sqlite_engine)
    assert "Buat akun operator pertama" in visitor(app).get(printed(result)).text
    assert "24 jam" in result.stderr


def test_with_an_operator_it_asks_for_whom(sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    result = nilai_link(sqlite_engine)
    assert result.exit_code == 2
    assert "nilai link EMAIL" in result.output


def test_for_an_account_it_prints_a_way_in(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    result = nilai_link(sqlite_engine, EMAIL.upper())
    assert "10 menit" in result.stderr
    client = visitor(app)
    assert press(client, printed(result)).status_code == 303
    assert client.get("/staff/akun-saya").status_code == 200


@pytest.mark.parametrize("email", ["tidak.ada@contoh.example", "off@contoh.example"])
def test_for_nobody_it_prints_none(sqlite_engine: Engine, email: str) -> None:
    account_id = make_staff(sqlite_engine, email="off@contoh.example")
    with writing(sqlite_engine) as session:
        session.get_one(Account, account_id).active = False
    result = nilai_link(sqlite_engine, email)
    assert (result.exit_code, LINK.findall(result.output)) == (1, [])
    assert email in result.output


def test_a_second_factor_is_dropped_only_when_asked_to(app: Flask, sqlite_engine: Engine) -> None:
    account_id = make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    with writing(sqlite_engine) as session:
        give_app(session, account_id, datetime.now(UTC))
    for words, leads_to in (((), "/staff/masuk/kode"), (("--drop-code",), "/staff/akun-saya/kode")):
        client = visitor(app)
        press(client, printed(nilai_link(sqlite_engine, EMAIL, *words)))
        assert client.get("/staff/").headers["Location"] == leads_to


# The demo's accounts.


def demo(session: Session) -> list[DemoAccount]:
    at = datetime.now(UTC)
    load_demo(session, 1, 1, at, settings())
    return add_demo_accounts(session, at)


@pytest.fixture
def accounts(sqlite_engine: Engine) -> list[DemoAccount]:
    return as_made(sqlite_engine, demo)


def test_the_demo_has_an_account_for_every_role(accounts: list[DemoAccount]) -> None:
    assert {each.role for each in accounts} == set(Role)
    assert len({each.password for each in accounts}) == len(accounts)


def test_every_demo_account_can_be_used_at_once(app: Flask, accounts: list[DemoAccount]) -> None:
    for each in accounts:
        client = visitor(app)
        assert sign_in(client, each.email, each.password).status_code == 303
        leads = client.get("/staff/akun-saya").headers.get("Location")
        needed = each.role in WITH_SECOND_FACTOR
        assert leads == ("/staff/akun-saya/kode" if needed else None)


def test_the_demos_officer_is_one_of_its_officers(
    sqlite_engine: Engine, accounts: list[DemoAccount]
) -> None:
    [email] = [each.email for each in accounts if each.role is Role.OFFICER]
    with writing(sqlite_engine) as session:
        found = session.scalars(select(col(Account.id)).where(col(Account.email) == email)).one()
        assert member(session, found or 0).officer_id is not None


def test_no_password_of_the_demo_is_kept(
    sqlite_engine: Engine, accounts: list[DemoAccount]
) -> None:
    file = Path(sqlite_engine.url.database or "")
    kept = b"".join(path.read_bytes() for path in file.parent.glob(f"{file.name}*"))
    assert accounts[0].email.encode() in kept
    assert not [each for each in accounts if each.password.encode() in kept]
