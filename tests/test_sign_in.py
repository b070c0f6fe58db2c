"""Signing in with a password and a code: who gets in, where to, and what others learn of it."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import argon2
import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine, select
from sqlmodel import col
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account, StaffSession
from aggregation.access.passwords import is_outdated
from aggregation.access.roles import Role
from survey.database import reading, writing
from tests.sign_in_factories import (
    EMAIL,
    PASSWORD,
    code_at,
    give_app,
    give_password,
    make_staff,
    sign_in,
)
from tests.staff_factories import csrf_token, link, make_office, member, press, staff, visitor

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
WRONG = "bukan kata sandinya"
MISMATCH = "Email atau kata sandi tidak cocok. Periksa huruf besar dan kecil, lalu coba lagi."
UNIT = "/staff/unit/DISDUKCAPIL-CONTOH"


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        make_office(session)
    return staff(sqlite_engine)


def test_a_password_signs_in_and_leads_to_the_first_page(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    client = visitor(app)
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")
    assert opens(client)


def test_an_address_is_taken_in_capitals_and_with_blanks(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    assert sign_in(visitor(app), f" {EMAIL.upper()} ").status_code == 303


def test_a_wrong_password_is_told_without_telling_which_of_the_two(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    client = visitor(app)
    answer = sign_in(client, password=WRONG)
    assert answer.status_code == 422
    assert MISMATCH in answer.text
    assert f'value="{EMAIL}"' in answer.text
    assert WRONG not in answer.text
    assert not opens(client)


def without_what_was_typed(page: TestResponse, email: str) -> str:
    return page.text.replace(email, "").replace(csrf_token(page), "")


def told_to(app: Flask, email: str, times: int) -> list[tuple[int, str, str | None]]:
    """Return status, page and wait of so many wrong attempts from a browser of its own."""
    client = visitor(app)
    answers = [sign_in(client, email, WRONG) for _ in range(times)]
    return [
        (a.status_code, without_what_was_typed(a, email), a.headers.get("Retry-After"))
        for a in answers
    ]


@pytest.mark.parametrize("times", [1, 5])
def test_nobody_learns_which_addresses_have_an_account(
    app: Flask, sqlite_engine: Engine, times: int
) -> None:
    make_staff(sqlite_engine)
    switched_off = make_staff(sqlite_engine, email="off@contoh.example")
    with writing(sqlite_engine) as session:
        session.get_one(Account, switched_off).active = False
    with time_machine.travel(NOON, tick=False):
        known, unknown, off = (
            told_to(app, email, times)
            for email in (EMAIL, "tidak.ada@contoh.example", "off@contoh.example")
        )
    assert known == unknown == off


@pytest.mark.parametrize("blank", [{"email": ""}, {"password": ""}, {"email": "x" * 300}])
def test_a_form_that_is_not_filled_in_is_not_counted(
    app: Flask, sqlite_engine: Engine, blank: dict[str, str]
) -> None:
    make_staff(sqlite_engine)
    client = visitor(app)
    for _ in range(9):
        assert sign_in(client, **blank).status_code == 422
    assert sign_in(client).status_code == 303


@pytest.mark.parametrize("typed", ["\u202e", "😀" * 99, "' OR 1=1 --", "a@b" * 80])
def test_any_text_may_be_typed(app: Flask, typed: str) -> None:
    assert sign_in(visitor(app), typed, typed).status_code == 422


# Slower, never locked (the arithmetic is in test_throttle).


def test_after_a_few_failures_the_page_says_how_long_to_wait(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    with time_machine.travel(NOON, tick=False) as clock:
        client = visitor(app)
        for _ in range(3):
            assert sign_in(client, password=WRONG).status_code == 422
        early = sign_in(client)
        assert (early.status_code, early.headers["Retry-After"]) == (429, "1")
        assert "Coba lagi setelah 1 detik." in early.text
        clock.shift(timedelta(seconds=1))
        assert sign_in(client).status_code == 303


def test_a_browser_that_signed_in_before_does_not_wait_for_others(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    with time_machine.travel(NOON, tick=False):
        own = visitor(app)
        sign_in(own)
        forget_session(own)
        stranger = visitor(app)
        for _ in range(4):
            sign_in(stranger, password=WRONG)
        assert sign_in(stranger).status_code == 429
        assert sign_in(own).status_code == 303


def test_a_stolen_or_forged_mark_of_a_known_browser_opens_nothing(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    own = visitor(app)
    sign_in(own)
    mark = own.get_cookie("nilai_browser", path="/staff")
    assert mark is not None
    thief = visitor(app)
    thief.set_cookie("nilai_browser", mark.value, path="/staff")
    assert not opens(thief)
    thief.set_cookie("nilai_browser", mark.value[:-1], path="/staff")
    assert sign_in(thief).status_code == 303


def test_a_browser_known_to_one_account_is_a_stranger_to_another(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    make_staff(sqlite_engine, email="budi@contoh.example")
    with time_machine.travel(NOON, tick=False):
        client = visitor(app)
        sign_in(client, "budi@contoh.example")
        forget_session(client)
        for _ in range(4):
            sign_in(visitor(app), password=WRONG)
        assert sign_in(client).status_code == 429


def test_the_one_time_link_works_during_any_wait(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        for _ in range(5):
            sign_in(visitor(app), password=WRONG)
        assert press(visitor(app), link(sqlite_engine)).status_code == 303


def test_the_mark_of_a_known_browser_stays_under_staff_and_out_of_scripts_reach(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    [cookie] = [c for c in sign_in(visitor(app)).headers.getlist("Set-Cookie") if "browser" in c]
    assert {"HttpOnly", "Path=/staff", "SameSite=Lax"} <= set(cookie.split("; "))
    assert EMAIL not in cookie


# Where to, afterwards.


def test_one_gets_to_the_page_that_was_asked_for(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    client = visitor(app)
    asked = client.get(f"{UNIT}?bulan=2026-10")
    assert asked.status_code == 401
    assert f'name="next" value="{UNIT}?bulan=2026-10"' in asked.text
    answer = sign_in(client, next=f"{UNIT}?bulan=2026-10")
    assert answer.headers["Location"] == f"{UNIT}?bulan=2026-10"


@pytest.mark.parametrize(
    "elsewhere",
    [
        "https://evil.example/staff/",
        "//evil.example/staff/",
        "//[",
        "http://[x",
        "/\\evil.example",
        "/staff\\..\\x",
        "/staff/../l/ABC",
        "/staff/%2e%2e/l/ABC",
        "javascript:alert(1)",
        "/staff",
        "/l/ABC",
        "/staffx/",
        "/staff/\nSet-Cookie: a=b",
        "/staff/" + "a" * 600,
    ],
)
def test_one_gets_nowhere_else(app: Flask, sqlite_engine: Engine, elsewhere: str) -> None:
    make_staff(sqlite_engine)
    assert sign_in(visitor(app), next=elsewhere).headers["Location"] == "/staff/"


def test_a_form_sent_after_the_session_ended_is_not_sent_again(app: Flask) -> None:
    page = visitor(app).post("/staff/keluar")
    assert page.status_code == 401
    assert 'name="next" value=""' in page.text


# Who may not.


def test_an_account_that_is_switched_off_is_out_with_the_next_request(
    app: Flask, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine)
    client = visitor(app)
    sign_in(client)
    with writing(sqlite_engine) as session:
        session.get_one(Account, account_id).active = False
    assert not opens(client)
    assert sign_in(visitor(app)).status_code == 422


def test_an_account_without_password_has_none(app: Flask, sqlite_engine: Engine) -> None:
    account_id = make_staff(sqlite_engine)
    with writing(sqlite_engine) as session:
        session.get_one(Account, account_id).password_hash = None
    assert sign_in(visitor(app)).status_code == 422


def test_a_hash_of_other_parameters_is_renewed_on_the_way_in(
    app: Flask, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine)
    weaker = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)
    with writing(sqlite_engine) as session:
        give_password(session, account_id, weaker.hash(PASSWORD))
    assert sign_in(visitor(app)).status_code == 303
    with reading(sqlite_engine) as session:
        assert not is_outdated(session.get_one(Account, account_id).password_hash or "")
    assert sign_in(visitor(app)).status_code == 303


# The second factor.


def make_operator(engine: Engine, at: datetime) -> tuple[str, list[str]]:
    account_id = make_staff(engine, RoleIn(Role.OPERATOR))
    with writing(engine) as session:
        return give_app(session, account_id, at)


def give(client: Client, code: str) -> TestResponse:
    token = csrf_token(client.get("/staff/masuk/kode"))
    return client.post("/staff/masuk/kode", data={"csrf_token": token, "code": code})


def test_whoever_has_a_second_factor_gives_it_before_anything_else(
    app: Flask, sqlite_engine: Engine
) -> None:
    with time_machine.travel(NOON, tick=False):
        secret, _ = make_operator(sqlite_engine, NOON)
        client = visitor(app)
        sign_in(client, next=UNIT)
        for path in (UNIT, "/staff/", "/staff/akun-saya"):
            assert client.get(path).headers["Location"] == "/staff/masuk/kode"
        answer = give(client, code_at(secret, NOON))
        assert (answer.status_code, answer.headers["Location"]) == (303, UNIT)
        assert opens(client)


def test_the_code_gives_the_session_another_key(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        secret, _ = make_operator(sqlite_engine, NOON)
        client, thief = visitor(app), visitor(app)
        sign_in(client)
        half_way = client.get_cookie("nilai_staff", path="/staff")
        assert half_way is not None
        give(client, code_at(secret, NOON))
        thief.set_cookie("nilai_staff", half_way.value, path="/staff")
        assert thief.get("/staff/masuk/kode").status_code == 401
        assert opens(client)


def test_a_recovery_code_will_do(app: Flask, sqlite_engine: Engine) -> None:
    _, codes = make_operator(sqlite_engine, NOON)
    client = visitor(app)
    sign_in(client)
    assert give(client, codes[0].lower()).status_code == 303
    assert opens(client)


def test_a_wrong_code_is_told_and_wrong_ones_are_slowed(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        secret, _ = make_operator(sqlite_engine, NOON)
        client = visitor(app)
        sign_in(client)
        for _ in range(3):
            wrong = give(client, "000000")
            assert wrong.status_code == 422
            assert "Kode tidak cocok atau sudah dipakai." in wrong.text
        early = give(client, code_at(secret, NOON))
        assert (early.status_code, early.headers["Retry-After"]) == (429, "1")
        clock.shift(timedelta(seconds=1))
        assert give(client, code_at(secret, NOON)).status_code == 303


def test_codes_are_slowed_for_the_account_whatever_the_session(
    app: Flask, sqlite_engine: Engine
) -> None:
    with time_machine.travel(NOON, tick=False):
        make_operator(sqlite_engine, NOON)
        for _ in range(3):
            client = visitor(app)
            sign_in(client)
            assert give(client, "000000").status_code == 422
        another = visitor(app)
        sign_in(another)
        assert give(another, "000000").status_code == 429


def test_a_password_alone_makes_no_browser_a_known_one(app: Flask, sqlite_engine: Engine) -> None:
    make_operator(sqlite_engine, NOON)
    client = visitor(app)
    sign_in(client)
    assert client.get_cookie("nilai_browser", path="/staff") is None


def test_a_role_that_needs_a_second_factor_sets_one_up_first(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    client = visitor(app)
    assert sign_in(client).status_code == 303
    assert client.get("/staff/").headers["Location"] == "/staff/akun-saya/kode"


def test_the_question_for_a_code_is_over_once_it_is_given(
    app: Flask, sqlite_engine: Engine
) -> None:
    client = member(app, sqlite_engine)
    answer = client.get("/staff/masuk/kode")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/")


# The key and the session.


def test_the_key_stays_under_staff_and_out_of_scripts_reach(
    app: Flask, sqlite_engine: Engine
) -> None:
    cookies = press(visitor(app), link(sqlite_engine)).headers.getlist("Set-Cookie")
    [cookie] = [each for each in cookies if each.startswith("nilai_staff=")]
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
    csrf = {"csrf_token": csrf_token(unit_page(client))}
    left = client.post("/staff/keluar", data=csrf, follow_redirects=True)
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
            "frame-ancestors 'none'; script-src 'self'; connect-src 'self'"
        )
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_health_is_told_without_a_session(app: Flask) -> None:
    assert visitor(app).get("/staff/healthz").status_code == 200
    assert visitor(app).get("/staff/readyz").status_code == 200


def forget_session(client: Client) -> None:
    client.delete_cookie("nilai_staff", path="/staff")


def opens(client: Client) -> bool:
    return unit_page(client).status_code == HTTPStatus.OK


def unit_page(client: Client) -> TestResponse:
    return client.get(UNIT)
