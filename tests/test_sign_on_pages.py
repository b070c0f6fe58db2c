"""Signing on through a provider: the button, what goes wrong, and what each page says of it."""

import socket
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug import Response

from aggregation.access.models import Account
from aggregation.sign_on import asking
from aggregation.sign_on.asking import LARGEST
from survey.database import writing
from tests.durability.running import free_port
from tests.sign_in_factories import EMAIL, make_staff, sign_in
from tests.staff_factories import staff, visitor
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
    app = site_with(sqlite_engine, signing_on(f"http://127.0.0.1:{free_port()}"))
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


def test_a_provider_that_says_nothing_or_hardly_anything_is_not_waited_for(
    sqlite_engine: Engine, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "TIMEOUT", 0.2)
    dripping = Response((each for each in hesitating(30)), mimetype="application/json")
    told.answers["/.well-known/openid-configuration"] = dripping
    app = site_with(sqlite_engine, signing_on(told.issuer))
    assert visitor(app).get(WAY_IN).status_code == 503
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = site_with(sqlite_engine, signing_on(f"http://127.0.0.1:{silent.getsockname()[1]}"))
        assert visitor(app).get(WAY_IN).status_code == 503


def hesitating(times: int) -> Iterator[bytes]:
    """Yield a whole answer a letter at a time, each soon enough."""
    for _ in range(times):
        time.sleep(0.05)
        yield b" "
    yield b"{}"


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


def test_the_log_of_the_server_names_nobody(
    app: Flask, told: Told, caplog: pytest.LogCaptureFixture
) -> None:
    sign_on(app, told, nonce="bukan-itu")
    assert "sign-on refused: NotGenuine" in caplog.text
    assert not {EMAIL, "orang-7", "Rina"} & set(caplog.text.split())
    assert BACK not in caplog.text
