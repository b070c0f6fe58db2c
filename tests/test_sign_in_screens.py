"""Signing in, in a real browser: every screen, width, theme and language."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.one_time_link import Purpose, new_link
from aggregation.access.roles import Role
from aggregation.access.staff_session import open_session
from survey.database import writing
from tests.pictures import picture
from tests.sign_in_factories import EMAIL, PASSWORD, code_at, give_app, make_staff
from tests.staff_browser import (
    Opens,
    Visit,
    look_everywhere,
    served,
    violations,
    windows,
)
from tests.staff_factories import make_office, staff

NEW = "gajah melompat pagar tinggi"
FIREFOX = "Firefox, Windows"


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        make_office(session)
    return staff(sqlite_engine)


@pytest.fixture
def strangers(browser: Browser, app: Flask) -> Iterator[Opens]:
    """Give what opens a window on the site that nobody has signed in with."""
    contexts = []
    with served(app) as address:

        def window(**options: object) -> Visit:
            context = browser.new_context(**{"locale": "id-ID", **options})  # type: ignore[arg-type]
            contexts.append(context)
            return Visit(context.new_page(), address)

        yield window
        for context in contexts:
            context.close()


def path_of(engine: Engine, purpose: Purpose, account_id: int | None = None) -> str:
    with writing(engine) as session:
        return f"/masuk/{new_link(session, purpose, datetime.now(UTC), account_id=account_id)}"


def test_every_screen_before_signing_in_is_readable_for_everyone(
    strangers: Opens, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine)
    screens = {
        "sign-in-no-operator": "/masuk",
        "sign-in-signed-out": "/unit/X",
        "sign-in-unknown-link": "/masuk/x",
        "sign-in-link": path_of(sqlite_engine, Purpose.SIGN_IN, account_id),
        "sign-in-invitation": path_of(sqlite_engine, Purpose.INVITATION, account_id),
        "sign-in-first-operator": path_of(sqlite_engine, Purpose.SET_UP),
    }
    look_everywhere(strangers, screens)


def test_every_screen_of_ones_own_account_is_readable_for_everyone(
    browser: Browser, app: Flask, sqlite_engine: Engine
) -> None:
    account_id = make_staff(sqlite_engine, RoleIn(Role.UNIT_HEAD), RoleIn(Role.ASSESSOR))
    with writing(sqlite_engine) as session:
        open_session(session, account_id, datetime.now(UTC), device=FIREFOX)
    with windows(browser, app, sqlite_engine, account_id=account_id) as opens:
        screens = {"own-account": "/akun-saya", "own-code-set-up": "/akun-saya/kode"}
        look_everywhere(opens, screens)
    with writing(sqlite_engine) as session:
        give_app(session, account_id, datetime.now(UTC))
    with windows(browser, app, sqlite_engine, account_id=account_id) as opens:
        look_everywhere(opens, {"own-code": "/akun-saya/kode"})


def snap(page: Page, name: str) -> None:
    picture(page, f"staff/{name}")
    assert (name, violations(page)) == (name, [])


def fill(page: Page, **fields: str) -> None:
    for name, text in fields.items():
        page.locator(f"[name={name}]").fill(text)
    page.locator("main .btn:not([type=button])").first.click()


@pytest.mark.parametrize(("width", "theme"), [(360, "light"), (360, "dark"), (1440, "dark")])
def test_a_wrong_password_is_told_where_it_was_typed(
    strangers: Opens, sqlite_engine: Engine, width: int, theme: str
) -> None:
    make_staff(sqlite_engine, RoleIn(Role.OPERATOR))
    visit = strangers(viewport={"width": width, "height": 800}, color_scheme=theme)
    page = visit.open("/masuk")
    fill(page, email=EMAIL, password="bukan itu")
    expect(page.get_by_text("Email atau kata sandi tidak cocok.")).to_be_visible()
    expect(page.locator("#password")).to_have_attribute("aria-invalid", "true")
    expect(page.locator("#email")).to_have_value(EMAIL)
    snap(page, f"sign-in-mismatch-{width}-{theme}")
    while page.get_by_text("Tunggu sebentar.").is_hidden():
        fill(page, email=EMAIL, password="bukan itu")
    snap(page, f"sign-in-later-{width}-{theme}")
    assert (visit.refused, visit.foreign) == ([], [])


def test_a_password_is_shown_and_hidden_by_its_button(strangers: Opens) -> None:
    page = strangers().open("/masuk")
    button, password = page.get_by_role("button", name="Lihat"), page.locator("#password")
    for pressed, kind in (("true", "text"), ("false", "password")):
        button.press("Enter")
        expect(button).to_have_attribute("aria-pressed", pressed)
        expect(password).to_have_attribute("type", kind)


def test_signing_in_needs_no_script(strangers: Opens, sqlite_engine: Engine) -> None:
    make_staff(sqlite_engine)
    page = strangers(java_script_enabled=False).open("/akun-saya")
    expect(page.get_by_role("button", name="Lihat")).to_be_hidden()
    fill(page, email=EMAIL, password=PASSWORD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Akun saya")


def test_from_the_first_link_to_the_first_page_by_keyboard_and_phone(
    strangers: Opens, sqlite_engine: Engine
) -> None:
    visit = strangers(viewport={"width": 360, "height": 780})
    page = visit.open(path_of(sqlite_engine, Purpose.SET_UP))
    page.locator("[name=name]").focus()
    for typed in ("Rina Contoh", EMAIL, NEW):
        page.keyboard.type(typed)
        page.keyboard.press("Tab")
    page.locator("[name=password]").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Pasang kode verifikasi")
    page.get_by_text("Tidak dapat memindai?").click()
    secret = re.sub(r"\s", "", page.locator("code.command").inner_text())
    snap(page, "own-code-set-up-open-360")
    fill(page, code=code_at(secret, datetime.now(UTC)))
    expect(page.get_by_role("heading", level=1)).to_have_text("Simpan kode pemulihan ini")
    assert page.locator(".codes li").count() == 10
    snap(page, "recovery-codes-360")
    page.get_by_role("link", name="Sudah saya simpan, lanjut").click()
    page.wait_for_url(re.compile(r"/staff/(?!akun-saya|masuk)"))
    again = strangers(viewport={"width": 360, "height": 780}).open("/akun-saya")
    fill(again, email=EMAIL, password=NEW)
    expect(again.get_by_role("heading", level=1)).to_have_text("Masukkan kode verifikasi")
    snap(again, "give-code-360")
    fill(again, code="000000")
    expect(again.get_by_text("Kode tidak cocok atau sudah dipakai.")).to_be_visible()
    snap(again, "give-code-wrong-360")
    fill(again, code=code_at(secret, datetime.now(UTC), 1))
    expect(again.get_by_role("heading", level=1)).to_have_text("Akun saya")
    assert (visit.refused, visit.foreign) == ([], [])
