"""Cookies over HTTPS: of this host alone, so that no neighbour under the same domain sets them."""

import pytest
from flask import Flask, Response
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse, create_environ
from werkzeug.wrappers import Request

from kiosk.app import public_site
from survey import host_cookie
from survey.staff_mark import mark, seen_in
from tests.factories import settings
from tests.sign_in_factories import EMAIL, PASSWORD, make_staff
from tests.staff_factories import csrf_token, staff, visitor

OVER_HTTPS = {
    "NILAI_PUBLIC_URL": "https://nilai.contoh.example",
    "NILAI_STAFF_URL": "https://nilai.contoh.example/staff",
}
BASE = "https://nilai.contoh.example/"


def signed_in(app: Flask) -> tuple[Client, TestResponse]:
    """Sign in as browsers do over HTTPS, which tell from which page a form was sent."""
    client = visitor(app)
    token = csrf_token(client.get("/staff/masuk", base_url=BASE))
    sent = {"csrf_token": token, "email": EMAIL, "password": PASSWORD}
    headers = {"Referer": f"{BASE}staff/masuk"}
    return client, client.post("/staff/masuk", base_url=BASE, data=sent, headers=headers)


def faults(answer: TestResponse) -> list[str]:
    """Return the cookies of an answer that somebody else than this host could have set."""
    wanted = {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"}
    cookies = [cookie.split("; ") for cookie in answer.headers.getlist("Set-Cookie")]
    return [
        name
        for name, *parts in cookies
        if not name.startswith("__Host-")
        or not wanted <= set(parts)
        or any(part.startswith("Domain") for part in parts)
    ]


def test_every_cookie_of_a_sign_in_is_this_hosts_alone(sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    client, answer = signed_in(staff(sqlite_engine, **OVER_HTTPS))
    assert answer.status_code == 303
    names = {cookie.partition("=")[0] for cookie in answer.headers.getlist("Set-Cookie")}
    assert names == {f"__Host-nilai_{which}" for which in ("staff", "browser", "pegawai")}
    assert faults(answer) == []
    assert client.get("/staff/akun-saya", base_url=BASE).status_code == 200


def test_a_cookie_with_a_plain_name_is_noticed(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(host_cookie, "_PREFIX", "")
    make_staff(sqlite_engine)
    _, answer = signed_in(staff(sqlite_engine, **OVER_HTTPS, NILAI_LANGUAGES="id"))
    assert len(faults(answer)) == 3


@pytest.mark.parametrize("name", ["nilai_pegawai", "__Host-nilai_pegawai"])
def test_a_mark_that_a_neighbour_set_makes_nobody_staff(sqlite_engine: Engine, name: str) -> None:
    site = public_site(settings(**OVER_HTTPS), sqlite_engine, lambda _connection: True)
    request = Request(create_environ(headers={"Cookie": f"{name}=1"}))
    with site.app_context():
        assert bool(seen_in(request)) is name.startswith("__Host-")  # type: ignore[arg-type]


def test_leaving_clears_what_the_browser_kept_and_not_what_a_tablet_keeps(
    sqlite_engine: Engine,
) -> None:
    make_staff(sqlite_engine)
    client, _ = signed_in(staff(sqlite_engine, **OVER_HTTPS))
    token = csrf_token(client.get("/staff/akun-saya", base_url=BASE))
    headers = {"Referer": f"{BASE}staff/akun-saya"}
    sent = {"csrf_token": token}
    left = client.post("/staff/keluar", base_url=BASE, data=sent, headers=headers)
    assert left.headers["Clear-Site-Data"] == '"cache"'
    assert client.get("/staff/akun-saya", base_url=BASE).status_code == 401


def test_the_mark_bears_the_prefix_only_where_browsers_take_it() -> None:
    for secure, name in ((True, "__Host-nilai_pegawai"), (False, "nilai_pegawai")):
        answer = Response()
        mark(answer, secure=secure)
        assert answer.headers["Set-Cookie"].startswith(f"{name}=1;")
