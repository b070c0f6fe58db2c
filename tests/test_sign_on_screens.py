"""Signing on through a provider, in a real browser: the button, and every page that refuses."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine, select
from sqlmodel import col

from aggregation.access.models import Account
from survey.database import writing
from tests.pictures import picture
from tests.sign_in_factories import EMAIL, make_staff
from tests.staff_browser import served, violations
from tests.staff_factories import make_office
from tests.told_provider import BACK, NAME, Told, signing_on, site_with, told_provider

# Each width with each theme, and each language twice.
KINDS = [
    (360, "light", "id-ID"),
    (360, "dark", "en-GB"),
    (1280, "light", "en-GB"),
    (1280, "dark", "id-ID"),
]
READ = {KINDS[1], KINDS[3]}
"""Where barriers are looked for, and the notices are: each width, theme and language once."""
PATH_BACK = BACK.removeprefix("/staff")
# What goes wrong on the way, and what its page says first.
REFUSED: dict[str, tuple[dict[str, object], dict[str, str], str]] = {
    "not-genuine": ({"nonce": "x"}, {}, f"Jawaban dari {NAME} tidak dapat dipastikan."),
    "declined": ({}, {"code": ""}, f"{NAME} tidak memberi izin masuk."),
    "stale": ({}, {"state": "x"}, "Percobaan masuk ini sudah tidak berlaku."),
    "no-email": ({"sub": "9", "email_verified": False}, {}, f"{NAME} belum memastikan alamat"),
    "no-role": ({"sub": "9", "email": "b@x.example", "groups": []}, {}, "Anda belum mempunyai"),
    "other-account": ({"sub": "9"}, {}, "Alamat email Anda sudah tertaut dengan akun lain"),
}
Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def provider() -> Iterator[Told]:
    with told_provider() as running:
        yield running


@pytest.fixture
def told(provider: Told, sqlite_engine: Engine) -> Told:
    with writing(sqlite_engine) as session:
        make_office(session)
    return provider.anew()


@contextmanager
def windows(
    browser: Browser, engine: Engine, told: Told, *, strict: bool = False
) -> Iterator[Opens]:
    """Give what opens a new window on the sign-in page of a site that signs on there."""
    contexts = []
    app = site_with(engine, signing_on(told.issuer, for_operators_only=strict))
    with served(app) as address:
        told.site = address.removesuffix("/staff")

        def window(width: int = 360, theme: str = "light", language: str = "id-ID") -> Page:
            size = {"width": width, "height": 800}
            context = browser.new_context(locale=language, color_scheme=theme, viewport=size)  # type: ignore[arg-type]
            contexts.append(context)
            page = context.new_page()
            page.goto(f"{address}/masuk")
            return page

        yield window
        for context in contexts:
            context.close()


def looked_at(page: Page, name: str, kind: tuple[int, str, str]) -> None:
    """Take a picture, and see that the page is no wider than the window and without barriers."""
    width, theme, language = kind
    shot = f"{name}-{width}-{theme}-{language[:2]}"
    picture(page, f"staff/sign-on-{shot}")
    assert page.locator("h1").count() == 1, shot
    assert page.evaluate("document.documentElement.scrollWidth") <= width, shot
    assert page.locator("html").get_attribute("lang") == language[:2], shot
    barriers = violations(page) if kind in READ else []
    assert not barriers, (shot, barriers)


def press(page: Page) -> None:
    """Go to the provider, which leads back at once."""
    page.locator("a.btn").click()
    page.wait_for_load_state()


def test_every_page_on_the_way_is_readable_for_everyone(
    browser: Browser, told: Told, sqlite_engine: Engine
) -> None:
    with windows(browser, sqlite_engine, told) as opens:
        signs_on = opens()
        press(signs_on)
        expect(signs_on.locator("main")).not_to_contain_text("Masuk untuk pegawai")
        for kind in KINDS:
            page = opens(*kind)
            looked_at(page, "ask", kind)
            if kind not in READ:
                continue  # the notices differ in words alone
            for name, (person, spoilt, said) in REFUSED.items():
                told.person, told.spoilt = person, spoilt
                press(page)
                if kind[2] == "id-ID":
                    expect(page.get_by_role("alert")).to_contain_text(said)
                looked_at(page, name, kind)
        told.person, told.spoilt = {}, {}
        switch_off(sqlite_engine)
        for kind in READ:
            page = opens(*kind)
            press(page)
            looked_at(page, "switched-off", kind)


def switch_off(engine: Engine) -> None:
    with writing(engine) as session:
        session.scalars(select(Account).where(col(Account.email) == EMAIL)).one().active = False


def test_a_provider_that_is_down_leaves_the_way_for_operators(
    browser: Browser, told: Told, sqlite_engine: Engine
) -> None:
    told.metadata = {"issuer": "https://lain.example"}
    make_staff(sqlite_engine)
    with windows(browser, sqlite_engine, told, strict=True) as opens:
        for kind in READ:
            page = opens(*kind)
            expect(page.locator("#password")).to_be_hidden()
            looked_at(page, "operators-only", kind)
            press(page)
            expect(page.locator("#password")).to_be_visible()
            looked_at(page, "down", kind)


def test_signing_on_and_out_by_keyboard_and_without_script(
    browser: Browser, told: Told, sqlite_engine: Engine
) -> None:
    with windows(browser, sqlite_engine, told) as opens:
        page = opens(*KINDS[0])
        page.get_by_role("link", name=f"Masuk dengan {NAME}").press("Enter")
        page.wait_for_load_state()
        page.goto(page.url.partition("/staff")[0] + "/staff/akun-saya")
        page.get_by_role("button", name="Keluar").first.click()
        leave = page.get_by_role("link", name=f"Keluar juga dari {NAME}")
        expect(leave).to_be_visible()
        looked_at(page, "left", KINDS[0])
