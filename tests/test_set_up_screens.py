"""The pages that set a unit up, in a real browser: every screen, width, theme and language."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from survey.database import writing
from survey.models import ServiceUnit
from tests.office_factories import UNIT, an_office, by_code
from tests.pictures import picture
from tests.staff_browser import Opens, look_everywhere, violations, windows
from tests.staff_factories import make_office, member, staff

OPERATOR = RoleIn(Role.OPERATOR)
SCREENS = {
    "set-up-units": "/",
    "set-up-unit-new": "/unit/baru",
    "set-up-unit-edit": f"/unit/{UNIT}/ubah",
    "set-up-guide": f"/unit/{UNIT}/penyiapan",
    "set-up-guide-empty": "/unit/KECAMATAN/penyiapan",
    "set-up-services": f"/unit/{UNIT}/layanan",
    "set-up-services-empty": "/unit/KECAMATAN/layanan",
    "set-up-desks": f"/unit/{UNIT}/loket",
    "set-up-desks-none-found": f"/unit/{UNIT}/loket?cari=zzz",
    "set-up-desks-empty": "/unit/KECAMATAN/loket",
    "set-up-questionnaire": f"/unit/{UNIT}/kuesioner",
}


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    unit_id = an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        make_office(session, "KECAMATAN", "Kecamatan Contoh Utara")
        old = make_office(session, "LAMA", "Kantor lama")
        session.get_one(ServiceUnit, old).active = False
        session.get_one(ServiceUnit, old).parent_id = unit_id
        session.get_one(ServiceUnit, unit_id).accent = "#1f4e8c"
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    with windows(browser, app, sqlite_engine, OPERATOR) as window:
        yield window


def of_one(engine: Engine) -> dict[str, str]:
    """Return the screens of a desk and of a service."""
    desk = by_code(engine, "desk")["L1"]["public_key"]
    service = by_code(engine, "service")["KK"]["id"]
    return {
        "set-up-desk": f"/unit/{UNIT}/loket/{desk}",
        "set-up-slips": f"/unit/{UNIT}/loket/{desk}/karcis",
        "set-up-service": f"/unit/{UNIT}/layanan/{service}",
    }


def test_every_screen_is_readable_for_everyone(opens: Opens, sqlite_engine: Engine) -> None:
    look_everywhere(opens, {**SCREENS, **of_one(sqlite_engine)})


def test_every_screen_is_there(app: Flask, sqlite_engine: Engine) -> None:
    client = member(app, sqlite_engine, OPERATOR)
    for path in {**SCREENS, **of_one(sqlite_engine)}.values():
        assert client.get(f"/staff{path}").status_code == 200, path


@pytest.mark.parametrize("width", [360, 1440])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_form_that_was_refused_is_readable_too(opens: Opens, width: int, theme: str) -> None:
    page = opens(viewport={"width": width, "height": 800}, color_scheme=theme).open(
        SCREENS["set-up-desks"]
    )
    page.get_by_label("Nama loket").fill("Loket 1")
    page.get_by_role("button", name="Simpan loket").click()
    expect(page.get_by_text("Pakai nama lain, misalnya “Loket 1B”.")).to_be_visible()
    seen(page, "set-up-desks-refused", width, theme)
    page.goto(page.url.replace("/loket", "/ubah"))
    page.get_by_label("Warna", exact=True).fill("#ffcc00")
    page.get_by_role("button", name="Simpan unit").click()
    expect(page.get_by_text("Warna ini terlalu terang untuk dibaca.")).to_be_visible()
    seen(page, "set-up-unit-refused", width, theme)


def seen(page: Page, name: str, width: int, theme: str) -> None:
    picture(page, f"staff/{name}-{width}-{theme}-id")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_an_office_is_set_up_without_script_and_by_keyboard(
    browser: Browser, sqlite_engine: Engine
) -> None:
    with windows(browser, staff(sqlite_engine), sqlite_engine, OPERATOR) as opens:
        page = opens(java_script_enabled=False).open("/")
        page.get_by_label("Nama unit").fill("Disdukcapil Kota Contoh")
        page.keyboard.press("Enter")
        page.get_by_role("link", name="Atur loket").click()
        page.get_by_label("Nama loket").fill("Loket 1")
        page.keyboard.press("Enter")
        expect(page.get_by_text("Loket 1 sudah ditambahkan.")).to_be_visible()
        with page.expect_download() as download:
            page.get_by_role("link", name="Cetak semua poster").click()
        assert download.value.path().read_bytes().startswith(b"%PDF")
        page.get_by_role("link", name="Langkah").click()
        expect(page.get_by_role("img", name="Kode QR Loket 1")).to_be_visible()


def test_the_unit_s_colour_is_the_colour_of_its_buttons(opens: Opens) -> None:
    page = opens(color_scheme="light").open(SCREENS["set-up-desks"])
    button = page.get_by_role("button", name="Simpan loket")
    expect(button).to_have_css("background-color", "rgb(31, 78, 140)")
    page.goto(page.url.replace(UNIT, "KECAMATAN"))
    expect(button).to_have_css("background-color", "rgb(103, 42, 85)")
