"""One-time links: in once, a password chosen once, and one first operator."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import EmailInUse, RoleIn, member, nobody_may_set_up
from aggregation.access.first_operator import AlreadySetUp, make_first_operator
from aggregation.access.models import Account, OneTimeLink
from aggregation.access.one_time_link import LinkUnknown, Purpose, check_link, new_link
from aggregation.access.roles import Role
from survey.database import reading, writing
from tests.sign_in_factories import (
    EMAIL,
    HASH,
    PASSWORD,
    all_at_once,
    give_app,
    make_staff,
    sign_in,
)
from tests.staff_factories import csrf_token, link, make_account, press, send, staff, visitor

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NEW = "gajah melompat pagar tinggi"


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def address(engine: Engine, purpose: Purpose, account_id: int | None = None) -> str:
    with writing(engine) as session:
        token = new_link(session, purpose, datetime.now(UTC), account_id=account_id)
        return f"/staff/masuk/{token}"


def test_a_link_signs_in_once(app: Flask, sqlite_engine: Engine) -> None:
    opened = link(sqlite_engine)
    answer = press(visitor(app), opened)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    again = visitor(app).get(opened)
    assert again.status_code == 410
    assert "Tautan ini sudah dipakai." in again.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_preview_of_a_link_does_not_spend_it(
    app: Flask, sqlite_engine: Engine, method: str
) -> None:
    opened = link(sqlite_engine)
    for _ in range(3):
        assert visitor(app).open(opened, method=method).status_code == 200
    assert press(visitor(app), opened).status_code == 303


def test_a_link_expires_after_ten_minutes(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        opened, client = link(sqlite_engine), visitor(app)
        token = csrf_token(client.get(opened))
        clock.shift(10 * MINUTE)
        assert "Tautan ini sudah tidak berlaku." in client.get(opened).text
        answer = client.post(opened, data={"csrf_token": token})
        assert answer.status_code == 410
        assert client.get("/staff/").status_code == 401


def test_a_link_that_was_cut_off_is_unknown(app: Flask, sqlite_engine: Engine) -> None:
    page = visitor(app).get(link(sqlite_engine)[:-1])
    assert page.status_code == 404
    assert "Salin tautan seutuhnya" in page.text


def test_a_form_without_its_token_spends_nothing(app: Flask, sqlite_engine: Engine) -> None:
    opened = link(sqlite_engine)
    answer = visitor(app).post(opened)
    assert answer.status_code == 400
    assert "Belum terkirim" in answer.text
    with reading(sqlite_engine) as session:
        assert session.execute(select(col(OneTimeLink.used_at))).scalar_one() is None


def test_another_sites_form_is_refused(app: Flask, sqlite_engine: Engine) -> None:
    opened, client = link(sqlite_engine), visitor(app)
    data = {"csrf_token": csrf_token(client.get(opened))}
    answer = client.post(opened, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_a_link_of_an_account_that_is_switched_off_is_unknown(
    app: Flask, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine)
    opened = address(sqlite_engine, Purpose.SIGN_IN, account_id)
    with writing(sqlite_engine) as session:
        session.get_one(Account, account_id).active = False
    assert visitor(app).get(opened).status_code == 404


def test_a_link_does_not_stand_in_for_the_second_factor(app: Flask, sqlite_engine: Engine) -> None:
    account_id = make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    with writing(sqlite_engine) as session:
        give_app(session, account_id, NOON)
    client = visitor(app)
    press(client, address(sqlite_engine, Purpose.SIGN_IN, account_id))
    assert client.get("/staff/").headers["Location"] == "/staff/masuk/kode"


# Invitations.


def test_an_invitation_lets_one_choose_a_password_once(app: Flask, sqlite_engine: Engine) -> None:
    account_id = make_staff(sqlite_engine)
    opened, client = address(sqlite_engine, Purpose.INVITATION, account_id), visitor(app)
    page = client.get(opened)
    assert "Rina Contoh" in page.text
    assert EMAIL in page.text
    assert send(client, opened, password=NEW).status_code == 303
    assert client.get("/staff/akun-saya").status_code == 200
    assert client.get(opened).status_code == 410
    assert sign_in(visitor(app), password=NEW).status_code == 303
    assert sign_in(visitor(app), password=PASSWORD).status_code == 422


def test_a_new_password_ends_all_sessions_and_other_links(
    app: Flask, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine)
    thief = visitor(app)
    sign_in(thief)
    first, second = (address(sqlite_engine, Purpose.INVITATION, account_id) for _ in range(2))
    send(visitor(app), first, password=NEW)
    assert thief.get("/staff/akun-saya").status_code == 401
    assert visitor(app).get(second).status_code == 410


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("", "Isi kata sandi."),
        ("pendek", "Pakai sedikitnya 12 karakter."),
        ("Rina Contoh 2026", "Kata sandi ini mudah ditebak."),
    ],
)
def test_a_password_that_will_not_do_spends_nothing(
    app: Flask, sqlite_engine: Engine, password: str, told: str
) -> None:
    account_id = make_staff(sqlite_engine)
    opened, client = address(sqlite_engine, Purpose.INVITATION, account_id), visitor(app)
    answer = send(client, opened, password=password)
    assert answer.status_code == 422
    assert told in answer.text
    assert send(client, opened, password=NEW).status_code == 303


# The first operator.


def set_up(client: Client, opened: str, **fields: str) -> TestResponse:
    given = {"name": "Rina Contoh", "email": "Rina@Contoh.Example", "password": NEW}
    return send(client, opened, **{**given, **fields})


def test_the_set_up_link_makes_the_first_operator_and_leads_to_the_second_factor(
    app: Flask, sqlite_engine: Engine
) -> None:
    client = visitor(app)
    assert "Situs ini belum mempunyai operator." in client.get("/staff/masuk").text
    assert set_up(client, address(sqlite_engine, Purpose.SET_UP)).status_code == 303
    page = client.get("/staff/", follow_redirects=True)
    assert page.request.path.endswith("/akun-saya/kode")
    with reading(sqlite_engine) as session:
        who = member(session, session.scalars(select(col(Account.id))).one() or 0)
        assert (who.email, who.name) == (EMAIL, "Rina Contoh")
        assert who.roles == (RoleIn(Role.OPERATOR),)
        assert not nobody_may_set_up(session)
    assert "belum mempunyai operator" not in visitor(app).get("/staff/masuk").text


def test_with_an_operator_the_set_up_link_makes_no_other(app: Flask, sqlite_engine: Engine) -> None:
    first, second = (address(sqlite_engine, Purpose.SET_UP) for _ in range(2))
    other = visitor(app)
    token = csrf_token(other.get(second))
    set_up(visitor(app), first)
    late = other.post(
        second, data={"csrf_token": token, "name": "X", "email": "x@y.example", "password": NEW}
    )
    for answer in (late, visitor(app).get(second)):
        assert answer.status_code == 410
        assert "Situs ini sudah mempunyai operator." in answer.text


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("name", " ", "Isi nama Anda."),
        ("email", "", "Isi alamat email Anda."),
        ("email", "rina", "Tulis alamat seperti nama@dinas.go.id."),
        ("email", "taken@contoh.example", "Alamat email ini sudah dipakai akun lain."),
        ("password", "pendek", "Pakai sedikitnya 12 karakter."),
        ("password", "rina@contoh.example", "Kata sandi ini mudah ditebak."),
    ],
)
def test_a_form_that_will_not_do_spends_nothing_and_keeps_what_was_typed(
    app: Flask, sqlite_engine: Engine, field: str, typed: str, told: str
) -> None:
    make_staff(sqlite_engine, email="taken@contoh.example")
    opened, client = address(sqlite_engine, Purpose.SET_UP), visitor(app)
    answer = set_up(client, opened, **{field: typed})
    assert answer.status_code == 422
    assert told in answer.text
    assert NEW not in answer.text
    assert ("Rina Contoh" in answer.text) == (field != "name")
    assert set_up(client, opened).status_code == 303


def make_one(session: Session, token: str, email: str) -> int:
    return make_first_operator(session, token, email, "Rina", password_hash=HASH, at=NOON)


def test_of_many_who_set_up_at_once_one_becomes_the_operator(engine: Engine) -> None:
    with writing(engine) as session:
        tokens = [new_link(session, Purpose.SET_UP, NOON) for _ in range(8)]

    def one() -> object:
        token = tokens.pop()
        with writing(engine) as session:
            return make_one(session, token, f"{token}@x.example")

    outcomes = all_at_once(8, one)
    assert outcomes.count(AlreadySetUp) == 7


def test_a_link_for_something_else_makes_no_operator(session: Session) -> None:
    token = new_link(session, Purpose.INVITATION, NOON, account_id=make_account(session))
    with pytest.raises(LinkUnknown):
        make_one(session, token, EMAIL)


def test_an_address_that_is_taken_leaves_the_link_as_it_was(engine: Engine) -> None:
    with writing(engine) as session:
        make_account(session, email=EMAIL)
        token = new_link(session, Purpose.SET_UP, NOON)
    with pytest.raises(EmailInUse), writing(engine) as session:
        make_one(session, token, EMAIL)
    with writing(engine) as session:
        check_link(session, token, NOON)
        make_one(session, token, "other@contoh.example")
    with pytest.raises(AlreadySetUp), writing(engine) as session:
        make_one(session, token, "third@contoh.example")
