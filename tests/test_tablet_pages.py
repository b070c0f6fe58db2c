"""The tablet's app as the site serves it: its worker, its manifest, the page for its code."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page
from sqlalchemy import Engine

from kiosk.app import public_site
from survey.assets import assets_in
from survey.database import writing
from tests.durability.tablets import enrol, new_code
from tests.factories import KEYS, MadeDesk, make_desk, make_unit
from tests.served import serving
from tests.tablet_factories import issued

ENROL = "/kiosk/enrol"


@pytest.fixture
def site(sqlite_engine: Engine) -> Flask:
    return public_site(KEYS, sqlite_engine, lambda _: True)


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session, make_unit(session), name="Loket 7")


@pytest.fixture
def address(site: Flask) -> Iterator[str]:
    with serving() as server:
        server.app = site
        yield f"http://127.0.0.1:{server.port}"


def kept_by_the_worker(client: FlaskClient) -> set[str]:
    script = client.get("/kiosk/sw.js").text
    return set(re.findall(r'"(/[^"]+)"', script.partition("ASSETS = ")[2].partition(";")[0]))


def version(client: FlaskClient) -> str:
    [found] = re.findall(r'VERSION = "([0-9a-f]{16})"', client.get("/kiosk/sw.js").text)
    return str(found)


def test_the_worker_keeps_every_script_and_all_that_the_page_asks_for(
    site: Flask, client: FlaskClient
) -> None:
    scripts = {at for name, at in assets_in(site, "tablet").items() if name.endswith(".js")}
    asked_for = set(re.findall(r'"(/static/[^"]+)"', client.get("/kiosk/").text))
    assert scripts | asked_for <= kept_by_the_worker(client)
    kept = [client.get(each, buffered=True) for each in kept_by_the_worker(client)]
    assert {answer.status_code for answer in kept} == {200}


def test_the_page_says_the_version_that_its_worker_keeps(client: FlaskClient) -> None:
    assert f'<meta name="version" content="{version(client)}">' in client.get("/kiosk/").text


def test_another_page_makes_another_version(site: Flask, client: FlaskClient) -> None:
    first = version(client)
    assert version(client) == first
    site.jinja_env.globals["asset"] = lambda name: f"/static/other.{name}"
    assert version(client) != first


def test_the_version_is_the_same_for_every_language_of_a_browser(client: FlaskClient) -> None:
    english = client.get("/kiosk/sw.js", headers={"Accept-Language": "en"}).text
    assert english == client.get("/kiosk/sw.js", headers={"Accept-Language": "id"}).text


def test_the_manifest_opens_the_app_on_the_whole_screen(client: FlaskClient) -> None:
    answer = client.get("/kiosk/manifest.webmanifest")
    told = answer.get_json(force=True)
    assert answer.mimetype == "application/manifest+json"
    assert (told["display"], told["start_url"], told["scope"]) == (
        "fullscreen",
        "/kiosk/",
        "/kiosk/",
    )
    [icon] = told["icons"]
    assert client.get(icon["src"], buffered=True).mimetype == icon["type"] == "image/svg+xml"


def test_without_scripts_the_code_leads_to_the_desks_own_page_and_says_what_is_missing(
    client: FlaskClient, sqlite_engine: Engine, desk: MadeDesk
) -> None:
    code = new_code(sqlite_engine, desk.id, KEYS)
    page = client.post(ENROL, data={"code": code.lower().replace("-", " ")})
    assert page.status_code == 200
    assert f'href="{desk.path}"' in page.text
    assert "Loket 7" in page.text
    assert "menyimpan penilaian saat jaringan putus" in page.text
    assert "seperti dari kode pada poster" in page.text


def test_without_scripts_a_code_serves_once(
    client: FlaskClient, sqlite_engine: Engine, desk: MadeDesk
) -> None:
    code = new_code(sqlite_engine, desk.id, KEYS)
    assert client.post(ENROL, data={"code": code}).status_code == 200
    again = client.post(ENROL, data={"code": code})
    assert again.status_code == 422
    assert "minta kode baru" in again.text


def test_without_scripts_an_old_code_or_five_wrong_tries_are_refused(
    client: FlaskClient, sqlite_engine: Engine, desk: MadeDesk
) -> None:
    long_ago = datetime.now(UTC) - timedelta(minutes=11)
    old = issued(sqlite_engine, desk.id, long_ago).code
    assert client.post(ENROL, data={"code": old}).status_code == 422
    code = new_code(sqlite_engine, desk.id, KEYS)
    wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
    for _ in range(5):
        assert client.post(ENROL, data={"code": wrong}).status_code == 422
    assert client.post(ENROL, data={"code": code}).status_code == 422


def test_a_code_that_was_not_taken_is_still_in_its_field(client: FlaskClient) -> None:
    page = client.post(ENROL, data={"code": '7K3M-"><b>'})
    assert page.status_code == 422
    assert 'value="7K3M-&#34;&gt;&lt;b&gt;"' in page.text


def violations(page: Page) -> list[str]:
    return [found["id"] for found in Axe().run(page).response["violations"]]


def test_the_page_for_the_code_in_a_browser_with_and_without_scripts(
    browser: Browser, address: str, sqlite_engine: Engine, desk: MadeDesk
) -> None:
    able = browser.new_context(locale="id-ID", color_scheme="dark").new_page()
    able.goto(address + ENROL)
    able.locator("[data-plain]").wait_for(state="hidden")
    able.get_by_label("Kode pendaftaran").fill("7K3M-Q9TX")
    able.keyboard.press("Enter")
    able.get_by_text("Kode ini salah, sudah dipakai").wait_for()
    assert violations(able) == []
    enrol(able, address, new_code(sqlite_engine, desk.id, KEYS))
    plain = browser.new_context(
        locale="id-ID", java_script_enabled=False, viewport={"width": 360, "height": 740}
    ).new_page()
    plain.goto(address + ENROL)
    plain.get_by_text("tidak dapat menyimpan penilaian saat jaringan putus").wait_for()
    plain.get_by_label("Kode pendaftaran").fill(new_code(sqlite_engine, desk.id, KEYS))
    plain.get_by_role("button", name="Daftarkan").click()
    plain.get_by_role("link", name="Buka halaman loket").click()
    assert plain.url == address + desk.path
    for page in (able, plain):
        page.context.close()
