"""Signing on through a real provider, over HTTP: the standard as others have built it."""

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from aggregation.sign_on.under_way import UnderWay
from tests.real_provider import BACK, OUT, RealProvider, real_provider
from tests.staff_factories import csrf_token, visitor
from tests.told_provider import WAY_IN, is_in, signing_on, site_with

RINA = {"email": "rina@contoh.example", "email_verified": True, "name": "Rina Contoh"}


@pytest.fixture(scope="module")
def running() -> Iterator[RealProvider]:
    with real_provider() as provider:
        yield provider


@pytest.fixture
def provider(running: RealProvider) -> RealProvider:
    running.tell(people={"rina": {**RINA, "groups": ["kepala"]}}, login={"accountId": "rina"})
    return running


@pytest.fixture
def app(sqlite_engine: Engine, provider: RealProvider) -> Flask:
    return site_with(sqlite_engine, signing_on(provider.issuer))


def answer_for(client: Client, provider: RealProvider) -> str:
    """Press the button and sign on there; return the page of ours that the provider leads to."""
    back = provider.passed(client.get(WAY_IN).headers["Location"])
    assert back.startswith(BACK)
    return f"/staff{urlsplit(back).path.removeprefix('/staff')}?{urlsplit(back).query}"


def sign_on(client: Client, provider: RealProvider) -> TestResponse:
    return client.get(answer_for(client, provider))


def test_somebody_known_there_comes_in(app: Flask, provider: RealProvider) -> None:
    client = visitor(app)
    answer = sign_on(client, provider)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    assert "Rina Contoh" in client.get("/staff/akun-saya").text


def test_an_answer_opens_nothing_in_another_browser(app: Flask, provider: RealProvider) -> None:
    stranger, own = visitor(app), visitor(app)
    address = answer_for(own, provider)
    assert stranger.get(address).status_code == 422
    assert not is_in(stranger)
    assert own.get(address).status_code == 303


def test_a_code_that_was_used_opens_nothing(app: Flask, provider: RealProvider) -> None:
    """The cookie of before is put back, as whoever reads along in a browser could."""
    client = visitor(app)
    address = answer_for(client, provider)
    before = client.get_cookie("nilai_staff", path="/staff")
    assert before is not None
    assert client.get(address).status_code == 303
    again = visitor(app)
    again.set_cookie("nilai_staff", before.value, path="/staff")
    answer = again.get(address)
    assert answer.status_code == 422
    assert "Percobaan masuk ini sudah tidak berlaku." in answer.text


def test_the_provider_itself_refuses_a_code_without_its_verifier(
    app: Flask, provider: RealProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = visitor(app)
    address = answer_for(client, provider)
    true = UnderWay.is_answered_by
    with monkeypatch.context() as other:
        # The browser's secret stays in the cookie; only what is sent is another.
        other.setattr(UnderWay, "verifier", "x" * 43)
        assert client.get(address).status_code == 422
    assert UnderWay.is_answered_by is true
    assert sign_on(client, provider).status_code == 303


def test_new_keys_of_the_provider_are_fetched(app: Flask, provider: RealProvider) -> None:
    assert sign_on(visitor(app), provider).status_code == 303
    provider.tell(rotate=True)
    assert sign_on(visitor(app), provider).status_code == 303


def test_a_second_factor_asserted_there_is_not_asked_for_here(
    app: Flask, provider: RealProvider
) -> None:
    provider.tell(people={"rina": {**RINA, "groups": ["sdm"]}})
    without = visitor(app)
    sign_on(without, provider)
    assert without.get("/staff/").headers["Location"] == "/staff/akun-saya/kode"
    provider.tell(login={"accountId": "rina", "amr": ["pwd", "otp"]})
    given = visitor(app)
    sign_on(given, provider)
    assert given.get("/staff/").status_code == 200


def test_whoever_signs_out_here_may_sign_out_there_too(app: Flask, provider: RealProvider) -> None:
    client = visitor(app)
    sign_on(client, provider)
    token = csrf_token(client.get("/staff/akun-saya"))
    page = client.post("/staff/keluar", data={"csrf_token": token}, follow_redirects=True)
    assert "Keluar juga dari SSO Pemda" in page.text
    assert not is_in(client)
    leads = client.get(f"{WAY_IN}/keluar").headers["Location"]
    assert leads.startswith(f"{provider.issuer}/session/end?")
    assert dict(parse_qsl(urlsplit(leads).query))["post_logout_redirect_uri"] == OUT
