"""A provider of identities on this machine that says what a test tells it to, true or forged."""

import json
import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, Key, KeySet
from sqlalchemy import Engine
from werkzeug import Request, Response
from werkzeug.test import Client, TestResponse

from aggregation.app import staff_site
from aggregation.sign_on.claim_rules import claim_rules
from aggregation.sign_on.settings import SignOn
from aggregation.site.way_in.provider_here import keep_provider
from tests import sites
from tests.factories import settings
from tests.served import serving
from tests.staff_factories import visitor

CLIENT = "nilai-loket"
SECRET = "rahasia-klien-untuk-tes"
NAME = "SSO Pemda"
SUBJECT = "orang-7"
WAY_IN = "/staff/masuk/penyedia"
BACK = f"{WAY_IN}/kembali"
RULES = """
claim = "groups"
second_factor = ["gold"]

[[roles]]
value = "kepala"
role = "unit_head"
unit = "*"

[[roles]]
value = "sdm"
role = "hr"
unit = "*"

[[roles]]
value = "ti"
role = "operator"
unit = "*"

[[roles]]
value = "kepala-kota"
role = "unit_head"
unit = "KOTA"

[[roles]]
value = "lama"
role = "auditor"
unit = "BUBAR"

[[roles]]
value = "petugas"
role = "officer"
unit = "*"
"""


def new_key(name: str) -> ECKey:
    return ECKey.generate_key("P-256", {"kid": name, "use": "sig", "alg": "ES256"}, private=True)


@dataclass
class Told:
    """What the provider says; every request it was sent is kept."""

    issuer: str
    key: ECKey = field(default_factory=lambda: new_key("satu"))
    listed: list[Key] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    answer: Callable[[], dict[str, Any]] = dict
    answers: dict[str, Response] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    site: str = ""
    person: dict[str, Any] = field(default_factory=dict)
    spoilt: dict[str, str] = field(default_factory=dict)

    def anew(self) -> "Told":
        """Forget what it was told and asked; only its address and its key stay."""
        vars(self).update(vars(Told(self.issuer, self.key)))
        return self

    def says_of(self, path: str) -> Response:
        """Answer a request, as one of the standard's pages unless told."""
        if path in self.answers:
            return self.answers[path]
        whole: dict[str, Callable[[], Any]] = {
            "/.well-known/openid-configuration": self._metadata,
            "/keys": lambda: KeySet(self.listed or [self.key]).as_dict(private=False),
            "/token": lambda: {"access_token": "akses", "token_type": "Bearer", **self.answer()},
        }
        if path not in whole:
            return Response("Anda sudah keluar.", status=HTTPStatus.NOT_FOUND)
        return Response(json.dumps(whole[path]()), mimetype="application/json")

    def leads_back(self, asked: dict[str, str]) -> Response:
        """Sign on as `person`, and lead back to the site; what is `spoilt` is not as due."""
        self.will_say(self.signed(self.claims(asked, **self.person)))
        answer = {"code": "kode", "state": asked["state"], "iss": self.issuer, **self.spoilt}
        return Response(status=303, headers={"Location": f"{self.site}{BACK}?{urlencode(answer)}"})

    def _metadata(self) -> dict[str, Any]:
        pages = {
            "authorization_endpoint": "auth",
            "token_endpoint": "token",
            "jwks_uri": "keys",
            "end_session_endpoint": "out",
        }
        addresses = {name: f"{self.issuer}/{page}" for name, page in pages.items()}
        named = {"authorization_response_iss_parameter_supported": True}
        return {"issuer": self.issuer, **addresses, **named, **self.metadata}

    def claims(self, asked: dict[str, str], **changed: Any) -> dict[str, Any]:  # noqa: ANN401
        """Return true claims for a sign-on, with changes; None leaves one out."""
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": SUBJECT,
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            "email": "rina@contoh.example",
            "email_verified": True,
            "name": "Rina Contoh",
            "groups": ["kepala"],
            **changed,
        }
        return {name: value for name, value in claims.items() if value is not None}

    def signed(self, claims: dict[str, Any], key: Key | None = None, **header: str) -> str:
        by = key or self.key
        return jwt.encode({"alg": "ES256", "kid": str(self.key.kid), **header}, claims, by)

    def will_say(self, token: str, **more: str) -> None:
        self.answer = lambda: {"id_token": token, **more}


@contextmanager
def told_provider(tls: ssl.SSLContext | None = None) -> Iterator[Told]:
    with serving(tls) as server:
        told = Told(f"http{'s' if tls else ''}://127.0.0.1:{server.port}")

        def app(environ: Any, start: Any) -> Any:  # noqa: ANN401 - as WSGI has it
            request = Request(environ)
            told.asked.append((request.path, request.form.to_dict()))
            signs_on = request.path == "/auth"
            answer = (
                told.leads_back(request.args.to_dict()) if signs_on else told.says_of(request.path)
            )
            return answer(environ, start)

        server.app = app
        yield told


def signing_on(issuer: str, *, rules: str = RULES, for_operators_only: bool = False) -> SignOn:
    return SignOn(issuer, CLIENT, SECRET, NAME, claim_rules(rules), for_operators_only)


def site_with(engine: Engine, sign_on: SignOn, **environment: str) -> Flask:
    """Return the staff site that signs on through a provider."""
    kind = ("staff with a provider", *sorted(environment.items()))
    current = settings(**environment), engine, lambda _connection: True
    app = sites.lend(engine, kind, lambda: staff_site(*current, sign_on))
    keep_provider(app, sign_on)
    return app


def begin(client: Client, page: str = "") -> dict[str, str]:
    """Press the button; return what the provider is asked."""
    answer = client.get(WAY_IN, query_string={"next": page} if page else None)
    assert answer.status_code == 303, answer.text
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def come_back(client: Client, told: Told, asked: dict[str, str], **changed: str) -> TestResponse:
    """Come back from the provider with a code, as its answer would lead there."""
    given = {"code": "kode", "state": asked["state"], "iss": told.issuer, **changed}
    return client.get(BACK, query_string={k: v for k, v in given.items() if v})


def sign_on(
    app: Flask,
    told: Told,
    client: Client | None = None,
    page: str = "",
    **claims: Any,  # noqa: ANN401
) -> tuple[Client, TestResponse]:
    """Sign on with a true token of these claims; return the browser and the last answer."""
    browser = client or visitor(app)
    asked = begin(browser, page)
    told.will_say(told.signed(told.claims(asked, **claims)))
    return browser, come_back(browser, told, asked)


def is_in(client: Client) -> bool:
    """Say whether a browser has a session that opens a page."""
    return client.get("/staff/akun-saya").status_code == 200
