"""Signing on beside passwords: break-glass, second factors, and how long sessions live."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from survey.database import writing
from tests.sign_in_factories import EMAIL, PASSWORD, give_app, make_staff, sign_in
from tests.staff_factories import csrf_token, visitor
from tests.told_provider import (
    WAY_IN,
    Told,
    is_in,
    sign_on,
    signing_on,
    site_with,
)

CODE = "/staff/masuk/kode"
SET_UP = "/staff/akun-saya/kode"
HOUR = timedelta(hours=1)


@pytest.fixture
def app(sqlite_engine: Engine, told: Told) -> Flask:
    return site_with(sqlite_engine, signing_on(told.issuer))


def switch_off(engine: Engine) -> None:
    with writing(engine) as session:
        session.scalars(select(Account).where(col(Account.email) == EMAIL)).one().active = False


# --- passwords beside it


def test_passwords_may_be_for_operators_only(sqlite_engine: Engine, told: Told) -> None:
    app = site_with(sqlite_engine, signing_on(told.issuer, for_operators_only=True))
    make_staff(sqlite_engine)
    make_staff(sqlite_engine, RoleIn(Role.OPERATOR), email="ti@contoh.example")
    assert "Masuk darurat untuk operator" in visitor(app).get("/staff/masuk").text
    refused = sign_in(visitor(app))
    assert refused.status_code == 422
    assert "Email atau kata sandi tidak cocok." in refused.text
    assert sign_in(visitor(app), "ti@contoh.example", PASSWORD).status_code == 303


def test_an_operators_password_is_slowed_and_not_locked(sqlite_engine: Engine, told: Told) -> None:
    app = site_with(sqlite_engine, signing_on(told.issuer, for_operators_only=True))
    make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        client = visitor(app)
        for _ in range(3):
            sign_in(client, password="bukan itu")
        assert sign_in(client).status_code == 429
        clock.shift(61)
        assert sign_in(client).status_code == 303


# --- the second factor


def first_page(client: Client) -> tuple[int, str]:
    answer = client.get("/staff/")
    return answer.status_code, answer.headers.get("Location", "")


@pytest.mark.parametrize(
    ("asserted", "met"),
    [({}, (303, SET_UP)), ({"amr": ["pwd"]}, (303, SET_UP)), ({"amr": ["pwd", "otp"]}, (200, "")),
     ({"acr": "gold"}, (200, "")), ({"acr": "silver"}, (303, SET_UP))],
)  # fmt: skip
def test_who_needs_a_second_factor_gives_it_here_or_there(
    app: Flask, told: Told, asserted: dict[str, Any], met: tuple[int, str]
) -> None:
    client, _ = sign_on(app, told, groups=["sdm"], **asserted)
    assert first_page(client) == met


def test_an_app_that_is_set_up_here_is_asked_for_unless_the_provider_did(
    app: Flask, told: Told, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine, RoleIn(Role.HR))
    with writing(sqlite_engine) as session:
        give_app(session, account_id, datetime.now(UTC))
    without, _ = sign_on(app, told)
    assert first_page(without) == (303, CODE)
    given, _ = sign_on(app, told, amr=["mfa"])
    assert first_page(given) == (200, "")


# --- the session


def test_signing_on_begins_a_session_under_a_new_key(
    app: Flask, told: Told, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    client = visitor(app)
    sign_in(client)
    before = client.get_cookie("nilai_staff", path="/staff")
    assert before is not None
    sign_on(app, told, client)
    old = visitor(app)
    old.set_cookie("nilai_staff", before.value, path="/staff")
    assert not is_in(old)
    assert is_in(client)


@pytest.mark.parametrize(("steps", "alive"), [([29], True), ([31], False), ([25] * 29, False)])
def test_it_ends_when_idle_and_after_twelve_hours(
    app: Flask, told: Told, steps: list[int], alive: bool
) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        client, _ = sign_on(app, told)
        met = []
        for minutes in steps:
            clock.shift(timedelta(minutes=minutes))
            met.append(is_in(client))
    assert met[-1] == alive
    assert all(met[:-1])


def test_switching_the_account_off_ends_it_at_once(
    app: Flask, told: Told, sqlite_engine: Engine
) -> None:
    client, _ = sign_on(app, told)
    assert is_in(client)
    switch_off(sqlite_engine)
    assert not is_in(client)


def left(client: Client) -> str:
    token = csrf_token(client.get("/staff/akun-saya"))
    answer = client.post("/staff/keluar", data={"csrf_token": token}, follow_redirects=True)
    return answer.text


def test_only_whoever_signed_on_there_is_asked_to_leave_there(
    app: Flask, told: Told, sqlite_engine: Engine
) -> None:
    client, _ = sign_on(app, told)
    assert "Keluar juga dari SSO Pemda" in left(client)
    make_staff(sqlite_engine, email="budi@contoh.example")
    sign_in(client, "budi@contoh.example")
    assert "Keluar juga dari SSO Pemda" not in left(client)


def test_a_provider_without_a_page_for_leaving_is_not_offered(app: Flask, told: Told) -> None:
    told.metadata = {"end_session_endpoint": None}
    client, _ = sign_on(app, told)
    assert "Keluar juga dari SSO Pemda" not in left(client)
    assert client.get(f"{WAY_IN}/keluar").headers["Location"] == "/staff/masuk"
