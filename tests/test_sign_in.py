from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug.routing import Rule
from werkzeug.test import Client, TestResponse

from aggregation.access.models import OneTimeLink, StaffSession
from aggregation.site import sign_in
from survey.database import reading, writing
from tests.staff_factories import csrf_token, link, make_office, member, press, staff, visitor

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        make_office(session)
    return staff(sqlite_engine)


def addresses(app: Flask) -> list[tuple[str, str]]:
    """Every method and address of the site that asks for a session, read from its URL map."""
    asked = [r for r in app.url_map.iter_rules() if r.endpoint not in sign_in.WITHOUT_SESSION]
    return [(method, _filled(rule)) for rule in asked for method in sorted(rule.methods or ())]


def _filled(rule: Rule) -> str:
    adapter = rule.map.bind("127.0.0.1", "/staff")
    return str(adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "X")))


def answered_without_session(app: Flask) -> list[tuple[str, str]]:
    client = visitor(app)
    return [
        (method, address)
        for method, address in addresses(app)
        if client.open(address, method=method).status_code != 401
    ]


def test_every_page_asks_for_a_session(app: Flask) -> None:
    assert len(addresses(app)) >= 6
    assert answered_without_session(app) == []


def test_a_site_whose_guard_is_gone_is_noticed(app: Flask) -> None:
    app.before_request_funcs[None].remove(sign_in.require_session)
    assert ("GET", "/staff/") in answered_without_session(app)


def test_an_unknown_address_tells_a_stranger_nothing(app: Flask) -> None:
    assert visitor(app).get("/staff/x").status_code == 401


def test_a_stranger_learns_how_to_get_a_link(app: Flask) -> None:
    page = visitor(app).get("/staff/")
    assert "Halaman ini untuk pegawai yang sudah masuk." in page.text
    assert "nilai link" in page.text


def test_a_program_without_session_gets_problem_details(app: Flask) -> None:
    answer = visitor(app).get("/staff/", headers={"Accept": "application/json"})
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


def test_a_link_signs_in_once(app: Flask, sqlite_engine: Engine) -> None:
    address = link(sqlite_engine)
    answer = press(visitor(app), address)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    again = visitor(app).get(address)
    assert again.status_code == 410
    assert "Tautan ini sudah dipakai." in again.text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_preview_of_a_link_does_not_spend_it(
    app: Flask, sqlite_engine: Engine, method: str
) -> None:
    address = link(sqlite_engine)
    for _ in range(3):
        assert visitor(app).open(address, method=method).status_code == 200
    assert press(visitor(app), address).status_code == 303


def test_a_link_expires_after_fifteen_minutes(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        address, client = link(sqlite_engine), visitor(app)
        token = csrf_token(client.get(address))
        clock.shift(15 * MINUTE)
        assert "Tautan ini sudah tidak berlaku." in client.get(address).text
        answer = client.post(address, data={"csrf_token": token})
        assert answer.status_code == 410
        assert client.get("/staff/").status_code == 401


def test_a_link_that_was_cut_off_is_unknown(app: Flask, sqlite_engine: Engine) -> None:
    page = visitor(app).get(link(sqlite_engine)[:-1])
    assert page.status_code == 404
    assert "Salin tautan seutuhnya" in page.text


def test_a_form_without_its_token_spends_nothing(app: Flask, sqlite_engine: Engine) -> None:
    address = link(sqlite_engine)
    answer = visitor(app).post(address)
    assert answer.status_code == 400
    assert "Belum terkirim." in answer.text
    with reading(sqlite_engine) as session:
        assert session.execute(select(col(OneTimeLink.used_at))).scalar_one() is None


def test_another_sites_form_is_refused(app: Flask, sqlite_engine: Engine) -> None:
    address, client = link(sqlite_engine), visitor(app)
    data = {"csrf_token": csrf_token(client.get(address))}
    answer = client.post(address, data=data, headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_the_key_stays_under_staff_and_out_of_scripts_reach(
    app: Flask, sqlite_engine: Engine
) -> None:
    cookie = press(visitor(app), link(sqlite_engine)).headers["Set-Cookie"]
    assert cookie.startswith("nilai_staff=")
    assert {"HttpOnly", "Path=/staff", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_the_key_travels_by_https_only_where_the_site_does(sqlite_engine: Engine) -> None:
    app = staff(sqlite_engine, NILAI_STAFF_URL="https://nilai.example.go.id/staff")
    page = visitor(app).get(link(sqlite_engine))
    assert "Secure" in page.headers["Set-Cookie"]
    assert page.headers["Strict-Transport-Security"]


def test_signing_in_gives_a_new_key_and_ends_the_old_session(
    app: Flask, sqlite_engine: Engine
) -> None:
    client = member(app, sqlite_engine)
    before = client.get_cookie("nilai_staff", path="/staff")
    press(client, link(sqlite_engine))
    after = client.get_cookie("nilai_staff", path="/staff")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    with reading(sqlite_engine) as session:
        running = select(StaffSession).where(col(StaffSession.ended_at).is_(None))
        assert len(session.execute(running).all()) == 1


def test_a_session_ends_after_thirty_idle_minutes(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = member(app, sqlite_engine)
        for _ in range(3):
            clock.shift(29 * MINUTE)
            assert opens(client)
        clock.shift(30 * MINUTE)
        assert not opens(client)


def test_a_session_ends_after_twelve_hours_of_use(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client = member(app, sqlite_engine)
        for _ in range(35):
            clock.shift(20 * MINUTE)
            assert opens(client)
        clock.shift(20 * MINUTE)
        assert not opens(client)


def test_a_copy_of_the_cookie_is_worthless_once_its_owner_left(
    app: Flask, sqlite_engine: Engine
) -> None:
    client, thief = member(app, sqlite_engine), visitor(app)
    cookie = client.get_cookie("nilai_staff", path="/staff")
    assert cookie is not None
    thief.set_cookie("nilai_staff", cookie.value, path="/staff")
    assert opens(thief)
    left = client.post("/staff/keluar", data={"csrf_token": csrf_token(unit_page(client))})
    assert "Anda sudah keluar." in left.text
    assert not opens(thief)
    assert not opens(client)


def test_a_forged_key_opens_nothing(app: Flask, sqlite_engine: Engine) -> None:
    client = member(app, sqlite_engine)
    other = staff(sqlite_engine, NILAI_SECRET_KEY="another-secret-another-secret-another")
    cookie = client.get_cookie("nilai_staff", path="/staff")
    assert cookie is not None
    forger = visitor(other)
    forger.set_cookie("nilai_staff", cookie.value, path="/staff")
    assert not opens(forger)


def test_leaving_needs_a_form_of_this_site(app: Flask, sqlite_engine: Engine) -> None:
    client = member(app, sqlite_engine)
    assert client.post("/staff/keluar").status_code == 400
    assert client.get("/staff/keluar").status_code == 405
    assert opens(client)


def test_the_language_chosen_once_stays_chosen(app: Flask, sqlite_engine: Engine) -> None:
    client = member(app, sqlite_engine)
    assert "Keluar" in unit_page(client).text
    client.get("/staff/unit/DISDUKCAPIL-CONTOH?lang=en")
    assert "Sign out" in unit_page(client).text


@pytest.mark.parametrize(
    "query", ["_external=1&_scheme=x", "endpoint=x", "lang=xx", "a=%22%3E%3Cb"]
)
def test_a_strange_query_is_carried_into_links_unharmed(
    app: Flask, sqlite_engine: Engine, query: str
) -> None:
    page = member(app, sqlite_engine).get(f"/staff/unit/DISDUKCAPIL-CONTOH?{query}")
    assert page.status_code == 200
    assert 'href="/staff/unit/DISDUKCAPIL-CONTOH?' in page.text
    assert "<b>" not in page.text.partition("</main>")[2]


def test_no_answer_may_be_kept_and_none_may_load_from_elsewhere(
    app: Flask, sqlite_engine: Engine
) -> None:
    client = member(app, sqlite_engine)
    for path in ("/staff/", "/staff/unit/DISDUKCAPIL-CONTOH", "/staff/x", "/staff/masuk"):
        headers = client.get(path).headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["Content-Security-Policy"] == (
            "default-src 'none'; "
            "style-src 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='; "
            "img-src 'self' data: blob:; form-action 'self'; base-uri 'none'; "
            "frame-ancestors 'none'; script-src 'self'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_health_is_told_without_a_session(app: Flask) -> None:
    assert visitor(app).get("/staff/healthz").status_code == 200
    assert visitor(app).get("/staff/readyz").status_code == 200


def opens(client: Client) -> bool:
    return unit_page(client).status_code == 200


def unit_page(client: Client) -> TestResponse:
    return client.get("/staff/unit/DISDUKCAPIL-CONTOH")
