"""Forged sign-ons: each is refused, and each check of the product is what refuses one of them."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from authlib.oidc.core import CodeIDToken
from flask import Flask
from joserfc import jwt
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from aggregation.sign_on import id_token
from aggregation.sign_on.arrival import arrival
from aggregation.sign_on.id_token import Expected, NotGenuine, verified
from tests.staff_factories import visitor
from tests.told_provider import (
    CLIENT,
    SECRET,
    SUBJECT,
    Told,
    begin,
    come_back,
    is_in,
    new_key,
    sign_on,
    signing_on,
    site_with,
)

Asked = dict[str, str]
Forgery = Callable[[Told, Asked], str]
MONTH = 30 * 24 * 3600


@pytest.fixture
def app(sqlite_engine: Engine, told: Told) -> Flask:
    return site_with(sqlite_engine, signing_on(told.issuer))


def claiming(**changed: Any) -> Forgery:  # noqa: ANN401 - any claim
    return lambda told, asked: told.signed(told.claims(asked, **changed))


def at(**moments: int) -> Forgery:
    """Return a token whose moments are so many seconds from now."""
    return lambda told, asked: told.signed(
        told.claims(asked, **{name: int(time.time()) + off for name, off in moments.items()})
    )


def part(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def unsigned(told: Told, asked: Asked) -> str:
    head, body = {"alg": "none"}, told.claims(asked)
    return f"{part(json.dumps(head).encode())}.{part(json.dumps(body).encode())}."


def hashed_with(secret: bytes, told: Told, asked: Asked) -> str:
    head, body = {"alg": "HS256", "kid": str(told.key.kid)}, told.claims(asked)
    text = f"{part(json.dumps(head).encode())}.{part(json.dumps(body).encode())}"
    return f"{text}.{part(hmac.digest(secret, text.encode(), hashlib.sha256))}"


def signed_with_the_public_key(told: Told, asked: Asked) -> str:
    return hashed_with(told.key.as_bytes("PEM", private=False), told, asked)


def signed_with_the_clients_secret(told: Told, asked: Asked) -> str:
    return hashed_with(SECRET.encode(), told, asked)


def changed_afterwards(told: Told, asked: Asked) -> str:
    head, _, signature = told.signed(told.claims(asked)).split(".")
    return f"{head}.{part(json.dumps(told.claims(asked, groups=['ti'])).encode())}.{signature}"


FORGERIES: dict[str, Forgery] = {
    "alg none": unsigned,
    "another key under the same name": lambda told, asked: told.signed(
        told.claims(asked), new_key("satu")
    ),
    "a key nobody knows": lambda told, asked: told.signed(
        told.claims(asked), new_key("dua"), kid="dua"
    ),
    "HS256 with the public key": signed_with_the_public_key,
    "HS256 with a secret": signed_with_the_clients_secret,
    "changed after it was signed": changed_afterwards,
    "wrong iss": claiming(iss="https://lain.example"),
    "no iss": claiming(iss=None),
    "wrong aud": claiming(aud="klien-lain"),
    "no aud": claiming(aud=None),
    "for another client too, issued to that": claiming(
        aud=[CLIENT, "klien-lain"], azp="klien-lain"
    ),
    "for two clients, issued to nobody": claiming(aud=[CLIENT, "klien-lain"]),
    "wrong azp": claiming(azp="klien-lain"),
    "wrong nonce": claiming(nonce="bukan-itu"),
    "no nonce": claiming(nonce=None),
    "expired": at(exp=-120),
    "never expires": claiming(exp=None),
    "issued tomorrow": at(iat=24 * 3600, exp=2 * 24 * 3600),
    "issued last month": at(iat=-MONTH),
    "not yet valid": at(nbf=3600),
    "no subject": claiming(sub=None),
    "a subject with a line break": claiming(sub=f"{SUBJECT}\n"),
    "a subject without end": claiming(sub="x" * 256),
    "of another access token": claiming(at_hash="AAAAAAAAAAAAAAAAAAAAAA"),
    "nonsense": lambda _told, _asked: "bukan.sebuah.token",
    "nothing": lambda _told, _asked: "",
}


def met(app: Flask, told: Told, forgery: Forgery) -> tuple[Client, TestResponse]:
    client = visitor(app)
    asked = begin(client)
    told.will_say(forgery(told, asked))
    return client, come_back(client, told, asked)


def believed() -> set[str]:
    """Return the forgeries that the product takes for the token it asked for."""
    told = Told("https://sso.example")
    asked = {"nonce": "kata-sekali-pakai"}
    expected = Expected(told.issuer, CLIENT, asked["nonce"], "akses")
    return {
        name
        for name, forgery in FORGERIES.items()
        if is_taken(forgery(told, asked), told, expected)
    }


def is_taken(token: str, told: Told, expected: Expected) -> bool:
    try:
        claims = verified(token, KeySet([told.key]), expected, datetime.now(UTC))
        arrival(claims, signing_on(told.issuer).rules)
    except NotGenuine:
        return False
    return True


def test_a_true_token_lets_in(app: Flask, told: Told) -> None:
    client, answer = sign_on(app, told)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    assert is_in(client)


@pytest.mark.parametrize("name", FORGERIES)
def test_a_forged_token_lets_nobody_in(app: Flask, told: Told, name: str) -> None:
    client, answer = met(app, told, FORGERIES[name])
    assert answer.status_code == 422
    assert "Jawaban dari SSO Pemda tidak dapat dipastikan." in answer.text
    assert not is_in(client)


# Each check taken out lets in exactly what it is there for: the suite sees each of them.
def nothing_is_looked_at(*_args: object) -> None: ...


LEFT_OUT: dict[str, tuple[object, str, object, set[str]]] = {
    "the nonce": (CodeIDToken, "validate_nonce", nothing_is_looked_at, {"wrong nonce", "no nonce"}),
    "the authorised party": (
        CodeIDToken,
        "validate_azp",
        nothing_is_looked_at,
        {
            "wrong azp",
            "for another client too, issued to that",
            "for two clients, issued to nobody",
        },
    ),
    "the access token": (
        CodeIDToken,
        "validate_at_hash",
        nothing_is_looked_at,
        {"of another access token"},
    ),
    "the end": (JWTClaimsRegistry, "validate_exp", nothing_is_looked_at, {"expired"}),
    "the beginning": (JWTClaimsRegistry, "validate_nbf", nothing_is_looked_at, {"not yet valid"}),
    "the moment of issue": (
        JWTClaimsRegistry,
        "validate_iat",
        nothing_is_looked_at,
        {"issued tomorrow"},
    ),
    "the age": (id_token, "OLDEST", 10 * MONTH, {"issued last month"}),
    "the audience": (JWTClaimsRegistry, "validate_aud", nothing_is_looked_at, {"wrong aud"}),
    "the issuer": (JWTClaimsRegistry, "validate_iss", nothing_is_looked_at, {"wrong iss"}),
}


def test_no_forgery_is_believed() -> None:
    assert believed() == set()


@pytest.mark.parametrize("check", LEFT_OUT)
def test_a_check_left_out_is_noticed(monkeypatch: pytest.MonkeyPatch, check: str) -> None:
    where, name, without, comes_in = LEFT_OUT[check]
    if check == "the audience":  # an unknown audience asks for the party that it was issued to
        monkeypatch.setattr(CodeIDToken, "validate_azp", nothing_is_looked_at)
        comes_in = comes_in | LEFT_OUT["the authorised party"][3]
    monkeypatch.setattr(where, name, without)
    assert believed() == comes_in


def test_a_signature_that_is_not_looked_at_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(token: str, *_args: object, **_options: object) -> jwt.Token:
        head, body, *_ = (f"{each}{'=' * (-len(each) % 4)}" for each in [*token.split("."), ""])
        return jwt.Token(*(json.loads(base64.urlsafe_b64decode(each)) for each in (head, body)))

    monkeypatch.setattr(jwt, "decode", read)
    assert believed() == {
        "alg none",
        "another key under the same name",
        "a key nobody knows",
        "HS256 with the public key",
        "HS256 with a secret",
        "changed after it was signed",
    }
