"""One's own account: the password, the second factor, and where one is signed in."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn, member
from aggregation.access.roles import Role
from survey.database import reading, writing
from survey.spelling import typed
from tests.sign_in_factories import EMAIL, PASSWORD, code_at, give_app, make_staff, sign_in
from tests.staff_factories import csrf_token, make_office, send, staff, visitor

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)
NEW = "gajah melompat pagar tinggi"
OWN, CODE = "/staff/akun-saya", "/staff/akun-saya/kode"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SECRET = re.compile(r'<code class="command">([A-Z2-7 ]+)</code>')
RECOVERY = re.compile(r"<code>([0-9A-Z]{4}(?:-[0-9A-Z]{4}){5})</code>")


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def signed_in(app: Flask, email: str = EMAIL) -> Client:
    client = visitor(app)
    assert sign_in(client, email).status_code == 303
    return client


def post(client: Client, address: str, page: str = OWN, **fields: str) -> TestResponse:
    token = csrf_token(client.get(page))
    return client.post(address, data={"csrf_token": token, **fields})


def is_in(client: Client) -> bool:
    return client.get(OWN).status_code == 200


def test_one_sees_name_address_and_roles_with_their_units(
    app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        unit_id = make_office(session)
    roles = (RoleIn(Role.UNIT_HEAD, unit_id), RoleIn(Role.ASSESSOR))
    make_staff(sqlite_engine, *roles, name="Siti <b>Rahma</b>")
    page = signed_in(app).get(OWN).text
    assert "Siti &lt;b&gt;Rahma&lt;/b&gt;" in page
    assert EMAIL in page
    assert "Kepala unit, Disdukcapil Kota Contoh" in page
    assert "Pejabat penilai, semua unit" in page


# The password.


def change(client: Client, current: str = PASSWORD, password: str = NEW) -> TestResponse:
    return post(client, f"{OWN}/kata-sandi", current=current, password=password)


def test_a_new_password_ends_all_other_sessions(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    here, there = signed_in(app), signed_in(app)
    assert change(here).status_code == 303
    assert "Kata sandi diganti." in here.get(OWN).text
    assert is_in(here)
    assert not is_in(there)
    assert sign_in(visitor(app)).status_code == 422
    assert sign_in(visitor(app), password=NEW).status_code == 303


@pytest.mark.parametrize(
    ("current", "password", "told"),
    [
        ("", NEW, "Isi kata sandi."),
        ("salah salah salah", NEW, "Kata sandi sekarang tidak cocok."),
        (PASSWORD, "pendek", "Pakai sedikitnya 12 karakter."),
        (PASSWORD, "rina.contoh.1990", "Kata sandi ini mudah ditebak."),
    ],
)
def test_a_change_that_will_not_do_changes_nothing(
    app: Flask, sqlite_engine: Engine, current: str, password: str, told: str
) -> None:
    make_staff(sqlite_engine)
    client = signed_in(app)
    answer = change(client, current, password)
    assert answer.status_code == 422
    assert told in answer.text
    assert sign_in(visitor(app)).status_code == 303


def test_guessing_the_current_password_is_slowed(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    with time_machine.travel(NOON, tick=False) as clock:
        client = signed_in(app)
        for _ in range(3):
            assert change(client, "salah salah salah").status_code == 422
        early = change(client)
        assert (early.status_code, early.headers["Retry-After"]) == (429, "1")
        clock.shift(timedelta(seconds=1))
        assert change(client).status_code == 303


# Where one is signed in.


def names(client: Client) -> list[str]:
    return re.findall(r'action="/staff/akun-saya/sesi/([0-9a-f]{64})"', client.get(OWN).text)


def test_every_session_is_listed_with_its_device(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    other = visitor(app)
    token = csrf_token(other.get("/staff/masuk"))
    fields = {"csrf_token": token, "email": EMAIL, "password": PASSWORD}
    other.post("/staff/masuk", data=fields, headers={"User-Agent": FIREFOX})
    page = signed_in(app).get(OWN).text
    assert "Firefox, Linux" in page
    assert "Sesi ini" in page


def test_a_session_is_ended_from_another(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    here, there = signed_in(app), signed_in(app)
    [name] = names(here)
    assert post(here, f"{OWN}/sesi/{name}").status_code == 303
    assert not is_in(there)
    assert is_in(here)
    assert names(here) == []


def test_all_others_are_ended_at_once(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    here, *others = (signed_in(app) for _ in range(3))
    assert post(here, f"{OWN}/sesi-lain").status_code == 303
    assert [is_in(each) for each in (here, *others)] == [True, False, False]


@pytest.mark.parametrize("which", ["sesi/{name}", "sesi-lain"])
def test_ending_sessions_asks_to_sign_in_again_after_ten_minutes(
    app: Flask, sqlite_engine: Engine, which: str
) -> None:
    make_staff(sqlite_engine)
    with time_machine.travel(NOON, tick=False) as clock:
        here, there = signed_in(app), signed_in(app)
        address = f"{OWN}/{which.format(name=names(here)[0])}"
        clock.shift(timedelta(minutes=10))
        asked = post(here, address)
        assert (asked.status_code, is_in(there)) == (401, True)
        assert "Masuk sekali lagi" in asked.text
        again = sign_in(here, next="/staff/akun-saya")
        assert again.headers["Location"] == "/staff/akun-saya"
        address = f"{OWN}/{which.format(name=names(here)[0])}"
        assert (post(here, address).status_code, is_in(there)) == (303, False)


def test_somebody_elses_session_does_not_exist_here(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    make_staff(sqlite_engine, email="budi@contoh.example")
    mine, first, second = (
        signed_in(app, email) for email in (EMAIL, "budi@contoh.example", "budi@contoh.example")
    )
    [foreign] = names(first)
    for name in (foreign, "x", "0" * 64):
        assert post(mine, f"{OWN}/sesi/{name}").status_code == 404
    assert is_in(second)


# The second factor.


def secret_on(page: TestResponse) -> str:
    [secret] = SECRET.findall(page.text)
    return str(secret).replace(" ", "")


def set_up(client: Client, at: datetime) -> tuple[str, TestResponse]:
    page = client.get(CODE)
    secret = secret_on(page)
    data = {"csrf_token": csrf_token(page), "code": code_at(secret, at)}
    return secret, client.post(CODE, data=data)


def test_a_second_factor_is_set_up_with_its_first_code(app: Flask, sqlite_engine: Engine) -> None:
    account_id = make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    with time_machine.travel(NOON, tick=False) as clock:
        client, other = signed_in(app), signed_in(app)
        assert client.get("/staff/").headers["Location"] == CODE
        secret, answer = set_up(client, NOON)
        assert answer.status_code == 200
        assert len(set(RECOVERY.findall(answer.text))) == 10
        assert 'href="/staff/"' in answer.text
        assert is_in(client)
        assert other.get(OWN).status_code == 401
        clock.shift(STEP)
        again = visitor(app)
        sign_in(again)
        assert (
            send(again, "/staff/masuk/kode", code=code_at(secret, NOON + STEP)).status_code == 303
        )
    with reading(sqlite_engine) as session:
        assert member(session, account_id).has_second_factor


def test_the_way_leads_on_to_the_page_first_asked_for(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    client = visitor(app)
    sign_in(client, next=OWN)
    assert f'href="{OWN}"' in set_up(client, datetime.now(UTC))[1].text


def test_the_picture_holds_the_secret_and_loads_nothing(app: Flask, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    page = signed_in(app).get(CODE).text
    assert 'src="data:image/svg+xml;base64,' in page


def test_the_secret_stays_until_it_is_confirmed_and_is_this_browsers_own(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine)
    here, there = signed_in(app), signed_in(app)
    assert secret_on(here.get(CODE)) == secret_on(here.get(CODE)) != secret_on(there.get(CODE))
    cookie = here.get_cookie("nilai_staff", path="/staff")
    assert cookie is not None
    assert secret_on(here.get(CODE)) not in cookie.value


def test_a_wrong_first_code_sets_nothing_up(app: Flask, sqlite_engine: Engine) -> None:
    account_id = make_staff(sqlite_engine)
    client = signed_in(app)
    for code, told in (("", "Isi kodenya."), ("000000", "Periksa jam ponsel Anda")):
        answer = post(client, CODE, CODE, code=code)
        assert answer.status_code == 422
        assert told in answer.text
    with reading(sqlite_engine) as session:
        assert not member(session, account_id).has_second_factor


def test_a_password_alone_neither_shows_nor_changes_a_second_factor(
    app: Flask, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    with writing(sqlite_engine) as session:
        give_app(session, account_id, NOON)
    client = signed_in(app)
    token = csrf_token(client.get("/staff/masuk/kode"))
    data = {"csrf_token": token, "code": "000000", "act": "another"}
    for answer in (
        client.get(CODE),
        client.post(CODE, data=data),
        client.post(f"{CODE}/ubah", data=data),
    ):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/masuk/kode")


def with_app(
    app: Flask, engine: Engine, at: datetime, role: Role
) -> tuple[Client, str, list[str], int]:
    """Return a browser that gave its second factor, the app's secret and the recovery codes."""
    account_id = make_staff(engine, RoleIn(role))
    with writing(engine) as session:
        secret, codes = give_app(session, account_id, at)
    client = signed_in(app)
    send(client, "/staff/masuk/kode", code=code_at(secret, at, -1))
    return client, secret, codes, account_id


def act(client: Client, what: str, code: str) -> TestResponse:
    return post(client, f"{CODE}/ubah", CODE, act=what, code=code)


def test_new_recovery_codes_are_made_for_a_code_of_now(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        client, secret, old, _ = with_app(app, sqlite_engine, NOON, Role.OPERATOR)
        answer = act(client, "codes", code_at(secret, NOON))
        new = RECOVERY.findall(answer.text)
        assert len(new) == 10
        assert not set(map(typed, new)) & set(map(typed, old))
        assert act(client, "codes", old[0]).status_code == 422
        assert act(client, "codes", new[0]).status_code == 200


def test_another_app_takes_over_once_it_shows_a_code(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        client, old, _, _ = with_app(app, sqlite_engine, NOON, Role.OPERATOR)
        assert act(client, "another", code_at(old, NOON)).headers["Location"] == CODE
        new, answer = set_up(client, NOON)
        assert answer.status_code == 200
        assert new != old
        clock.shift(STEP)
        other = signed_in(app)
        assert send(other, "/staff/masuk/kode", code=code_at(old, NOON + STEP)).status_code == 422
        assert send(other, "/staff/masuk/kode", code=code_at(new, NOON + STEP)).status_code == 303


def test_a_second_factor_is_removed_where_no_role_asks_for_it(
    app: Flask, sqlite_engine: Engine
) -> None:
    with time_machine.travel(NOON, tick=False):
        client, secret, _, account_id = with_app(app, sqlite_engine, NOON, Role.UNIT_HEAD)
        assert "Hapus kode verifikasi" in client.get(CODE).text
        assert act(client, "remove", code_at(secret, NOON)).status_code == 303
        assert is_in(signed_in(app))
    with reading(sqlite_engine) as session:
        assert not member(session, account_id).has_second_factor


def test_a_second_factor_that_a_role_asks_for_stays(app: Flask, sqlite_engine: Engine) -> None:
    with time_machine.travel(NOON, tick=False):
        client, secret, _, account_id = with_app(app, sqlite_engine, NOON, Role.HR)
        assert "Hapus kode verifikasi" not in client.get(CODE).text
        act(client, "remove", code_at(secret, NOON))
        assert "Akun Anda wajib memakai kode verifikasi" in client.get(OWN).text
    with reading(sqlite_engine) as session:
        assert member(session, account_id).has_second_factor


def test_a_second_factor_that_the_office_asks_everybody_for_stays(sqlite_engine: Engine) -> None:
    app = staff(sqlite_engine, NILAI_SECOND_FACTOR="all")
    with time_machine.travel(NOON, tick=False):
        client, secret, _, account_id = with_app(app, sqlite_engine, NOON, Role.UNIT_HEAD)
        assert "Hapus kode verifikasi" not in client.get(CODE).text
        act(client, "remove", code_at(secret, NOON))
        assert "Akun Anda wajib memakai kode verifikasi" in client.get(OWN).text
    with reading(sqlite_engine) as session:
        assert member(session, account_id).has_second_factor


def test_no_other_app_is_set_up_without_a_code_of_the_first(
    app: Flask, sqlite_engine: Engine
) -> None:
    with time_machine.travel(NOON, tick=False):
        client, *_ = with_app(app, sqlite_engine, NOON, Role.OPERATOR)
        answer = post(client, CODE, CODE, code="000000")
        assert (answer.status_code, answer.headers["Location"]) == (303, CODE)
        assert not SECRET.findall(client.get(CODE).text)


def test_a_key_from_before_the_second_factor_opens_nothing_after_it(
    app: Flask, sqlite_engine: Engine
) -> None:
    make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    with time_machine.travel(NOON, tick=False):
        client, thief = signed_in(app), visitor(app)
        before = client.get_cookie("nilai_staff", path="/staff")
        assert before is not None
        set_up(client, NOON)
        assert is_in(client)
        thief.set_cookie("nilai_staff", before.value, path="/staff")
        assert not is_in(thief)


@pytest.mark.parametrize("what", ["codes", "another", "remove"])
def test_nothing_about_it_changes_without_a_code(
    app: Flask, sqlite_engine: Engine, what: str
) -> None:
    with time_machine.travel(NOON, tick=False):
        client, _, old, _ = with_app(app, sqlite_engine, NOON, Role.UNIT_HEAD)
        for _ in range(3):
            assert act(client, what, "000000").status_code == 422
        assert act(client, what, "000000").status_code == 429
        assert act(client, what, old[0]).status_code == 429
