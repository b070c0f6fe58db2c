"""Signing on on the staff site: what each page says, what stays local, and how sessions live."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug import Response
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.sign_on.asking import LARGEST
from survey.database import writing
from tests.sign_in_factories import EMAIL, PASSWORD, give_app, make_staff, sign_in
from tests.staff_factories import csrf_token, staff, visitor
from tests.told_provider import (
    BACK,
    WAY_IN,
    Told,
    begin,
    come_back,
    is_in,
    sign_on,
    signing_on,
    site_with,
    told_provider,
)

CODE = "/staff/masuk/kode"
SET_UP = "/staff/akun-saya/kode"
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def provider() -> Iterator[Told]:
    with told_provider() as served:
        yield served


@pytest.fixture
def told(provider: Told) -> Told:
    return provider.anew()


@pytest.fixture
def app(sqlite_engine: Engine, told: Told) -> Flask:
    return site_with(sqlite_engine, signing_on(told.issuer))


def closed_port() -> int:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return int(held.getsockname()[1])


def switch_off(engine: Engine) -> None:
    with writing(engine) as session:
        session.scalars(select(Account).where(col(Account.email) == EMAIL)).one().active = False


def test_the_button_stands_before_the_form_and_asks_nobody(app: Flask, told: Told) -> None:
    page = visitor(app).get("/staff/masuk").text
    assert page.index("Masuk dengan SSO Pemda") < page.index('name="password"')
    assert told.asked == []


def test_without_a_provider_there_is_no_button_and_no_way(sqlite_engine: Engine) -> None:
    client = visitor(staff(sqlite_engine))
    assert "Masuk dengan" not in client.get("/staff/masuk").text
    assert {client.get(f"{WAY_IN}{page}").status_code for page in ("", "/kembali", "/keluar")} == {
        404
    }


def test_a_page_for_the_signed_in_leads_back_after_signing_on(app: Flask, told: Told) -> None:
    client = visitor(app)
    page = client.get("/staff/akun-saya?x=1")
    assert page.status_code == 401
    assert 'href="/staff/masuk/penyedia?next=/staff/akun-saya?x%3D1"' in page.text
    _, answer = sign_on(app, told, client, page="/staff/akun-saya?x=1")
    assert answer.headers["Location"] == "/staff/akun-saya?x=1"


# --- what goes wrong


def test_a_provider_that_is_down_is_told_and_passwords_still_open(sqlite_engine: Engine) -> None:
    app = site_with(sqlite_engine, signing_on(f"http://127.0.0.1:{closed_port()}"))
    client = visitor(app)
    answer = client.get(WAY_IN)
    assert answer.status_code == 503
    assert "SSO Pemda sedang tidak dapat dihubungi." in answer.text
    make_staff(sqlite_engine)
    assert sign_in(client).status_code == 303


WRONG_ANSWERS = {
    "an error": Response("{}", status=500),
    "no JSON": Response("<html>"),
    "a list": Response("[]"),
    "a deep list": Response("[" * 100_000),
    "nothing": Response("{}"),
    "too much": Response('{"issuer": "' + "x" * LARGEST + '"}'),
    "elsewhere": Response(status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "not modified": Response(status=304),
}


@pytest.mark.parametrize("how", WRONG_ANSWERS)
def test_an_answer_that_cannot_be_understood_is_none(app: Flask, told: Told, how: str) -> None:
    told.answers["/.well-known/openid-configuration"] = WRONG_ANSWERS[how]
    assert visitor(app).get(WAY_IN).status_code == 503


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://lain.example"},
        {"token_endpoint": "http://127.0.0.1:9/token"},
        {"jwks_uri": "https://lain.example/keys"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": None},
        {"end_session_endpoint": "https://lain.example/out"},
    ],
)
def test_a_provider_that_points_elsewhere_is_not_followed(
    app: Flask, told: Told, metadata: dict[str, str]
) -> None:
    told.metadata = metadata
    assert visitor(app).get(WAY_IN).status_code == 503


@pytest.mark.parametrize("path", ["/token", "/keys"])
def test_a_provider_that_goes_down_meanwhile_lets_nobody_in(
    app: Flask, told: Told, path: str
) -> None:
    told.answers[path] = Response("[]", status=500)
    client, answer = sign_on(app, told)
    assert (answer.status_code, is_in(client)) == (503, False)


def test_a_code_that_the_provider_declines_may_be_tried_anew(app: Flask, told: Told) -> None:
    told.answers["/token"] = Response('{"error": "invalid_grant"}', status=400)
    client, answer = sign_on(app, told)
    assert answer.status_code == 422
    assert "Mulai lagi dengan tombol di bawah ini." in answer.text
    assert not is_in(client)


def test_whoever_declines_there_is_told_how_to_begin_again(app: Flask, told: Told) -> None:
    client = visitor(app)
    answer = come_back(client, told, begin(client), code="", error="access_denied")
    assert answer.status_code == 422
    assert "SSO Pemda tidak memberi izin masuk." in answer.text


def test_a_sign_on_that_takes_too_long_is_begun_anew(app: Flask, told: Told) -> None:
    client = visitor(app)
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        asked = begin(client)
        clock.shift(601)
        told.will_say(told.signed(told.claims(asked)))
        answer = come_back(client, told, asked)
    assert answer.status_code == 422
    assert "Percobaan masuk ini sudah tidak berlaku." in answer.text


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"groups": []}, "Anda belum mempunyai peran di sini."),
        ({"groups": ["lama"]}, "Anda belum mempunyai peran di sini."),
        ({"email_verified": False}, "SSO Pemda belum memastikan alamat email Anda."),
        ({"email_verified": "true"}, "SSO Pemda belum memastikan alamat email Anda."),
        ({"email": "bukan alamat"}, "SSO Pemda belum memastikan alamat email Anda."),
    ],
)
def test_whoever_may_not_come_in_learns_why(
    app: Flask, told: Told, claims: dict[str, Any], said: str
) -> None:
    client, answer = sign_on(app, told, **claims)
    assert answer.status_code == 403
    assert said in answer.text
    assert not is_in(client)


def test_another_person_and_a_switched_off_account_learn_why(
    app: Flask, told: Told, sqlite_engine: Engine
) -> None:
    sign_on(app, told)
    _, other = sign_on(app, told, sub="orang-8")
    assert "sudah tertaut dengan akun lain di SSO Pemda" in other.text
    switch_off(sqlite_engine)
    _, off = sign_on(app, told)
    assert "Akun Anda di sini dinonaktifkan." in off.text


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


def test_the_log_of_the_server_names_nobody(
    app: Flask, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    sign_on(app, told, nonce="bukan-itu")
    assert "sign-on refused: NotGenuine" in caplog.text
    assert not {EMAIL, "orang-7", "Rina"} & set(caplog.text.split())
    assert BACK not in caplog.text
