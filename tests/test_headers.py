"""The security headers of every route of every site, one by one."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug import Response
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse, create_environ

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.app import staff_site
from aggregation.hr_api import hr_api
from kiosk.app import public_site
from survey.database import writing
from tests.access_world import Place, make_place
from tests.factories import settings
from tests.staff_factories import make_account, member, staff

ALWAYS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_STAFF = (
    "default-src 'none'; "
    "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
    "img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; script-src 'self'; connect-src 'self'"
)
_TABLET = (
    f"{_STRICT}; script-src 'self'; connect-src 'self'; worker-src 'self'; manifest-src 'self'"
)
POLICIES = {"public": _STRICT, "staff": _STAFF, "api": _STRICT}
POLICIES_OF_PAGES = {"tablet_pages": _TABLET}
"""Policies of the blueprints that have their own."""
KEPT_TO_HTTPS = "max-age=31536000; includeSubDomains"
KEPT_FOR_A_YEAR = "public, max-age=31536000, immutable"
FOR_FIVE_MINUTES = "public, max-age=300"
A_FILE = "default-src 'none'; sandbox"
"""The policy of a file that somebody handed in."""
# Every other route answers with exactly the headers above.
OWN = {
    "accents.sheet": {"Cache-Control": KEPT_FOR_A_YEAR},
    "tablet_pages.worker": {"Cache-Control": "no-cache"},
    "tablet_pages.manifest": {"Cache-Control": "no-cache"},
    **{
        f"published_pages.{page}": {"Cache-Control": FOR_FIVE_MINUTES}
        for page in ("units", "dictionary", "dictionary_data", "how")
    },
    "seal_pages.seals": {"Cache-Control": FOR_FIVE_MINUTES},
    "seal_pages.seal_list": {"Cache-Control": FOR_FIVE_MINUTES},
    "improvements.actions.download": {"Content-Security-Policy": A_FILE},
    "publications.showing_pages.photo": {"Content-Security-Policy": A_FILE},
}
OF_ACTS = {("sign_in.leave", "POST"): {"Clear-Site-Data": '"cache"'}}
"""Headers of what is done, not shown. Stored taps and cookies of this browser stay."""
LEAKS = re.compile(
    r"Traceback|werkzeug|sqlalchemy|File &#34;|gunicorn|Python/|/site-packages/", re.IGNORECASE
)
OF_THE_MESSAGE = {
    "Accept-Ranges", "Allow", "Content-Disposition", "Content-Length", "Content-Type", "Date",
    "ETag", "Link", "Location",
    "Retry-After", "Set-Cookie", "Vary", "WWW-Authenticate", "X-Robots-Tag",
}  # fmt: skip


@pytest.fixture
def place(sqlite_engine: Engine) -> Place:
    with writing(sqlite_engine) as session:
        return make_place(session, "KOTA")


def everybody(engine: Engine, place: Place) -> int:
    """Make an account with every role there is, so that every page opens."""
    with writing(engine) as session:
        return make_account(
            session,
            *(RoleIn(role, place.unit_id) for role in Role),
            officer_id=place.officer_id,
        )


def sites(engine: Engine, place: Place) -> dict[str, tuple[Flask, Callable[[], Client], str]]:
    """Return each site with what opens it, and what its addresses begin with."""
    current = settings(), engine, lambda _connection: True
    public, pages, api = public_site(*current), staff(engine), hr_api(*current)
    pages.config["WTF_CSRF_ENABLED"] = False
    who = everybody(engine, place)
    return {
        "public": (public, public.test_client, ""),
        "staff": (pages, lambda: member(pages, engine, account_id=who), "/staff"),
        "api": (api, api.test_client, ""),
    }


def answers(
    app: Flask, opens: Callable[[], Client], prefix: str, place: Place
) -> Iterator[tuple[str, str, TestResponse]]:
    for rule in app.url_map.iter_rules():
        for method in sorted(rule.methods or ()):
            address = prefix + filled(rule, place)
            yield rule.endpoint, method, opens().open(address, method=method)


def filled(rule: Rule, place: Place) -> str:
    known = place.filled(rule, default="x")
    return str(rule.map.bind("127.0.0.1", "/").build(rule.endpoint, known, method=None))


def differences(
    name: str, app: Flask, opens: Callable[[], Client], prefix: str, place: Place
) -> list[tuple[str, str, dict[str, str]]]:
    """Return where an answer's headers are not exactly those of the snapshot."""
    found = []
    for endpoint, method, answer in answers(app, opens, prefix, place):
        is_read = method in {"GET", "HEAD"} and answer.status_code == 200
        own = OWN.get(endpoint, {}) if is_read else {}
        policy = POLICIES_OF_PAGES.get(endpoint.partition(".")[0], POLICIES[name])
        act = OF_ACTS.get((endpoint, method), {})
        expected = {"Content-Security-Policy": policy, **ALWAYS, **own, **act}
        got = {key: value for key, value in answer.headers if key not in OF_THE_MESSAGE}
        if got != expected or not is_said_well(answer):
            found.append((endpoint, method, got | {"Content-Type": str(answer.content_type)}))
    return found


def is_said_well(answer: TestResponse) -> bool:
    """Say whether an answer names its letters' code, and nothing of what it is made with."""
    if not answer.data:
        return True
    kind = answer.content_type or ""
    if not kind.startswith("text/") and not str(answer.mimetype).endswith("xml"):
        return bool(kind)
    return "charset=utf-8" in kind and not LEAKS.search(answer.text)


@pytest.mark.parametrize("name", ["public", "staff", "api"])
def test_every_route_carries_exactly_these_headers(
    sqlite_engine: Engine, place: Place, name: str
) -> None:
    assert differences(name, *sites(sqlite_engine, place)[name], place) == []


def test_every_page_of_the_staff_site_was_really_opened(
    sqlite_engine: Engine, place: Place
) -> None:
    app, opens, prefix = sites(sqlite_engine, place)["staff"]
    met = {(e, m): a.status_code for e, m, a in answers(app, opens, prefix, place)}
    assert {each for each, status in met.items() if status in (401, 403, 500, 503)} == set()


@pytest.mark.parametrize("missing", sorted({*ALWAYS, "Content-Security-Policy"}))
def test_a_header_that_is_missing_is_noticed(
    sqlite_engine: Engine, place: Place, missing: str
) -> None:
    app, opens, prefix = sites(sqlite_engine, place)["public"]
    whole = app.wsgi_app

    def without(environ: object, start_response: Callable[..., object]) -> object:
        def start(status: str, headers: list[tuple[str, str]], *error: object) -> object:
            return start_response(status, [h for h in headers if h[0] != missing], *error)

        return whole(environ, start)  # type: ignore[arg-type]

    app.wsgi_app = without  # type: ignore[assignment,method-assign]
    assert len(differences("public", app, opens, prefix, place)) > 5


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("<p>Halo</p>", "text/html"),
        ("<svg/>", "image/svg+xml"),
        ("Traceback (most recent call last)", "text/html; charset=utf-8"),
    ],
)
def test_an_answer_that_says_too_little_or_too_much_is_noticed(body: str, kind: str) -> None:
    environ = create_environ()
    answer = Client(Response(body, content_type=kind)).open(environ)
    assert not is_said_well(answer)


@pytest.mark.parametrize("name", ["public", "staff", "api"])
def test_files_errors_and_addresses_of_nobody_are_protected_too(
    sqlite_engine: Engine, name: str
) -> None:
    environment = {f"NILAI_{which}_URL": "https://nilai.example" for which in ("PUBLIC", "STAFF")}
    current = settings(**environment), sqlite_engine, lambda _connection: True
    build = {"public": public_site, "staff": staff_site, "api": hr_api}[name]
    app: Flask = build(*current)
    with app.test_request_context():
        static = app.jinja_env.from_string("{{ asset('citizen.css') }}").render()
    for address in (static, "/no-such-page", "/readyz"):
        headers = app.test_client().get(address, buffered=True).headers
        missing = (ALWAYS.keys() | {"Content-Security-Policy"}) - set(headers.keys())
        assert missing == set(), address
        assert headers["Strict-Transport-Security"] == KEPT_TO_HTTPS, address


@pytest.mark.parametrize("build", [public_site, staff_site, hr_api])
def test_no_other_site_may_read_an_answer_and_no_method_echoes_a_request(
    sqlite_engine: Engine, build: Callable[..., Flask]
) -> None:
    browser = build(settings(), sqlite_engine, lambda _connection: True).test_client()
    for method in ("GET", "OPTIONS", "TRACE", "CONNECT"):
        sent = {"Origin": "https://asing.example", "X-Planted": "planted-elsewhere"}
        answer = browser.open("/healthz", method=method, headers=sent)
        assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]
        assert "planted-elsewhere" not in answer.text
        assert method in {"GET", "OPTIONS"} or answer.status_code in {403, 405}
