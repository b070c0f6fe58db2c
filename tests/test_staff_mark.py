"""Ratings from a browser in which staff have signed in are looked at first (method §7)."""

import pytest
from flask import Flask, Response
from sqlalchemy import Engine
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.test import Client

from kiosk.app import public_site
from survey.database import writing
from survey.questionnaire import OVERALL
from survey.staff_mark import COOKIE, mark
from tests.factories import MadeDesk, hidden_fields, make_desk, settings, tap
from tests.record_factories import rows_of
from tests.sign_in_factories import make_staff, sign_in
from tests.site_client import phone
from tests.staff_factories import csrf_token, link, press, staff, visitor


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session)


@pytest.fixture
def browser(sqlite_engine: Engine) -> Client:
    """Give a browser in front of both sites, as one address serves them."""
    public = public_site(settings(), sqlite_engine, lambda _connection: True)
    return Client(DispatcherMiddleware(public, {"/staff": staff(sqlite_engine)}))


def reasons(engine: Engine) -> list[str]:
    return [row["reason"] for row in rows_of(engine, "finding")]


def rate(browser: Client, desk: MadeDesk, rating: int = 4) -> int:
    fields = hidden_fields(browser.get(desk.path))
    return browser.post(desk.path, data={**fields, OVERALL: str(rating)}).status_code


@pytest.mark.parametrize("rating", [1, 4])
def test_a_rating_from_a_browser_of_the_staff_is_stored_with_the_reason(
    sqlite_engine: Engine, browser: Client, desk: MadeDesk, rating: int
) -> None:
    make_staff(sqlite_engine)
    sign_in(browser)
    assert rate(browser, desk, rating) == 201
    assert reasons(sqlite_engine) == ["staff_browser"]


def test_signing_out_leaves_the_mark(
    sqlite_engine: Engine, browser: Client, desk: MadeDesk
) -> None:
    make_staff(sqlite_engine)
    sign_in(browser)
    token = csrf_token(browser.get("/staff/akun-saya"))
    assert browser.post("/staff/keluar", data={"csrf_token": token}).status_code == 303
    rate(browser, desk)
    assert reasons(sqlite_engine) == ["staff_browser"]


def test_a_one_time_link_leaves_the_mark_too(
    sqlite_engine: Engine, browser: Client, desk: MadeDesk
) -> None:
    press(browser, link(sqlite_engine))
    rate(browser, desk)
    assert reasons(sqlite_engine) == ["staff_browser"]


def test_who_only_looked_at_the_sign_in_page_is_a_citizen(
    sqlite_engine: Engine, browser: Client, desk: MadeDesk
) -> None:
    browser.get("/staff/masuk")
    sign_in(browser, "nobody@contoh.example")
    rate(browser, desk)
    assert reasons(sqlite_engine) == []


def test_a_citizen_who_carries_no_mark_gets_none(sqlite_engine: Engine, desk: MadeDesk) -> None:
    assert tap(phone(sqlite_engine), desk.path).status_code == 201
    assert reasons(sqlite_engine) == []


def marks(app: Flask, engine: Engine) -> list[str]:
    make_staff(engine)
    cookies = sign_in(visitor(app)).headers.getlist("Set-Cookie")
    return [cookie for cookie in cookies if cookie.startswith(f"{COOKIE}=")]


def test_the_mark_names_nobody_and_is_out_of_scripts_reach(sqlite_engine: Engine) -> None:
    [found] = marks(staff(sqlite_engine), sqlite_engine)
    assert found.startswith(f"{COOKIE}=1;")
    assert {"HttpOnly", "Path=/", "SameSite=Lax"} <= set(found.split("; "))
    assert "Secure" not in found


def test_the_mark_travels_by_https_only_where_the_site_does() -> None:
    answer = Response()
    mark(answer, secure=True)
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")
