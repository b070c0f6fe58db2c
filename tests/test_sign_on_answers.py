"""The answer that a browser carries back: whose it is, for how long, and where it leads."""

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug import Response

from aggregation.sign_on.under_way import UnderWay
from tests.staff_factories import visitor
from tests.told_provider import (
    BACK,
    Told,
    begin,
    come_back,
    is_in,
    sign_on,
    signing_on,
    site_with,
)


@pytest.fixture
def app(sqlite_engine: Engine, told: Told) -> Flask:
    return site_with(sqlite_engine, signing_on(told.issuer))


def test_an_answer_of_another_browser_is_refused(app: Flask, told: Told) -> None:
    """Who takes another's answer would work in the other's account (login CSRF)."""
    attacker, victim = visitor(app), visitor(app)
    asked, own = begin(attacker), begin(victim)
    told.will_say(told.signed(told.claims(asked)))
    answer = come_back(victim, told, asked)
    assert answer.status_code == 422
    assert "Percobaan masuk ini sudah tidak berlaku." in answer.text
    assert not is_in(victim)
    assert asked["state"] != own["state"]
    assert is_in(attacker) or come_back(attacker, told, asked).status_code == 303


def test_a_state_that_is_not_compared_is_noticed(
    app: Flask, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UnderWay, "is_answered_by", lambda *_: True)
    victim = visitor(app)
    told.will_say(told.signed(told.claims(begin(victim))))
    assert come_back(victim, told, {"state": "punya-orang-lain"}).status_code == 303


@pytest.mark.parametrize("state", ["", "é", "x" * 5000])
def test_an_answer_that_nobody_asked_for_is_refused(app: Flask, told: Told, state: str) -> None:
    assert come_back(visitor(app), told, {"state": state}).status_code == 422
    assert told.asked == []


def test_an_answer_is_taken_once(app: Flask, told: Told) -> None:
    client = visitor(app)
    asked = begin(client)
    told.will_say(told.signed(told.claims(asked)))
    assert come_back(client, told, asked).status_code == 303
    before = len(told.asked)
    assert come_back(client, told, asked).status_code == 422
    assert len(told.asked) == before


@pytest.mark.parametrize("named", ["https://lain.example", ""])
def test_an_answer_of_another_issuer_is_refused_before_its_code_is_sent_anywhere(
    app: Flask, told: Told, named: str
) -> None:
    client = visitor(app)
    asked = begin(client)
    answer = come_back(client, told, asked, iss=named)
    assert answer.status_code == 422
    assert "/token" not in [path for path, _ in told.asked]


def test_a_provider_that_does_not_name_itself_in_answers_is_taken_without(
    app: Flask, told: Told
) -> None:
    told.metadata = {"authorization_response_iss_parameter_supported": False}
    client = visitor(app)
    asked = begin(client)
    told.will_say(told.signed(told.claims(asked)))
    assert come_back(client, told, asked, iss="").status_code == 303


def test_the_code_goes_with_the_verifier_that_the_challenge_was_made_of(
    app: Flask, told: Told
) -> None:
    client = visitor(app)
    asked = begin(client)
    told.will_say(told.signed(told.claims(asked)))
    come_back(client, told, asked)
    sent = next(form for path, form in told.asked if path == "/token")
    under_way = UnderWay("", "", sent["code_verifier"])
    assert asked["code_challenge"] == under_way.challenge
    assert asked["code_challenge_method"] == "S256"
    assert sent["redirect_uri"] == asked["redirect_uri"]
    assert asked["redirect_uri"].endswith(BACK)
    assert sent["code_verifier"] not in str(asked)


@pytest.mark.parametrize(
    "page", ["https://evil.example/", "//evil.example/staff/", "/staff/../x", "/staff\\@evil"]
)
def test_signing_on_leads_nowhere_else(app: Flask, told: Told, page: str) -> None:
    assert sign_on(app, told, page=page)[1].headers["Location"] == "/staff/"


def test_signing_on_leads_back_to_the_page_that_was_asked_for(app: Flask, told: Told) -> None:
    page = "/staff/akun-saya?x=1"
    assert sign_on(app, told, page=page)[1].headers["Location"] == page


HOSTILE = ["", "x" * 5_000, "\u202e' OR 1=1 --", "a\r\nSet-Cookie: x=1", "%00", "{{ 7 * 7 }}"]


@pytest.mark.parametrize("name", ["code", "state", "iss"])
@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_an_answer_holds_it_is_refused_and_breaks_nothing(
    app: Flask, told: Told, name: str, text: str
) -> None:
    told.answers["/token"] = Response('{"error": "invalid_grant"}', status=400)
    client = visitor(app)
    answer = come_back(client, told, begin(client), **{name: text})
    assert answer.status_code == 422
    assert not is_in(client)
