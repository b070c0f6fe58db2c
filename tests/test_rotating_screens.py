"""The rotating code in a real browser: drawn by the tablet, read by a camera, opened by a phone."""

import io
import time
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from kiosk.app import public_site
from kiosk.rotating_code import PURPOSE, SECONDS, code_key, letters
from survey.assets import assets_in
from survey.database import writing
from tests.factories import KEYS, MadeDesk, make_desk, settings
from tests.pictures import picture
from tests.record_factories import rows_of
from tests.rotating_vectors import KEY, VECTORS
from tests.tablet_factories import enrolled
from tests.test_citizen_screens import Phone, served, tap_face

SITE = "https://nilai.example"
MODULES_OF_VERSION_3 = 29  # a byte for each letter would need version 4
QUIET_ZONE = 4
_KEY = """const how = { name: "HMAC", hash: "SHA-256" };
    const raw = new Uint8Array(bytes);
    const key = await crypto.subtle.importKey("raw", raw, how, false, ["sign"]);"""
LETTERS = f"""async ([at, bytes, steps]) => {{
    {_KEY}
    const {{ lettersOf }} = await import(at);
    return Promise.all(steps.map((step) => lettersOf(key, step)));
}}"""
ENROL = f"""async ([at, bytes, enrolment, config]) => {{
    {_KEY}
    const {{ metaPut }} = await import(at);
    await metaPut("code_key", key);
    await metaPut("config", config);
    await metaPut("enrolment", enrolment);
}}"""
LINK = "async ([at, now]) => (await import(at)).codeLink(now)"
DRAW = """async ([at, link, side]) => {
    const { drawCode } = await import(at);
    const element = document.createElement("div");
    element.id = "code";
    element.style.width = `${side}px`;
    document.body.replaceChildren(element);
    drawCode(element, "https://example.org/older");
    drawCode(element, link);
}"""


class Tablet:
    """A page of the tablet, under its policy, into which the scripts are loaded."""

    def __init__(self, page: Page, address: str, app: Flask) -> None:
        self.page, self.address = page, address
        self._scripts = assets_in(app, "tablet")
        page.goto(f"{address}/kiosk/enrol")

    def run(self, script: str, module: str, *given: object) -> Any:  # noqa: ANN401
        return self.page.evaluate(script, [self._scripts[f"tablet/{module}.js"], *given])

    def enrol(self, desk: MadeDesk, key: bytes, site: str, *, revoked: bool = False) -> None:
        told = {"device": "x", "desk": desk.code, "pin": {}, "revoked": revoked}
        config = {"public_url": site, "desk": {"code": desk.code}}
        self.run(ENROL, "store", list(key), told, config)

    def draw(self, link: str, side: int = 240) -> Image.Image:
        self.run(DRAW, "rotating", link, side)
        shot = self.page.locator("#code svg").screenshot()
        return Image.open(io.BytesIO(shot)).convert("L")


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session)


@pytest.fixture
def address(sqlite_engine: Engine) -> Iterator[str]:
    with served(sqlite_engine) as address:
        yield address


@pytest.fixture
def tablet(browser: Browser, sqlite_engine: Engine, address: str) -> Iterator[Tablet]:
    context = browser.new_context(viewport={"width": 800, "height": 600})
    app = public_site(settings(), sqlite_engine, lambda _: True)
    yield Tablet(context.new_page(), address, app)
    context.close()


def read(picture: Image.Image) -> list[tuple[str, str]]:
    """Return what a camera reads in a picture, and how much of it may be worn away."""
    return [(code.text, code.ec_level) for code in zxingcpp.read_barcodes(picture)]


def quiet_modules(picture: Image.Image, modules: int) -> float:
    """Return how many modules wide the white around the code is, at its narrowest side."""
    dark = picture.point(lambda grey: 255 if grey < 128 else 0).getbbox()
    assert dark is not None
    left, top, right, bottom = dark
    width, height = picture.size
    narrowest = min(left, top, width - right, height - bottom)
    return narrowest / ((right - left) / modules)


def test_the_browser_makes_the_same_letters_as_the_server(tablet: Tablet) -> None:
    steps = list(VECTORS)
    assert tablet.run(LETTERS, "rotating", list(KEY), steps) == list(VECTORS.values())
    other = tablet.run(LETTERS, "rotating", list(KEY[::-1]), steps)
    assert not set(other) & set(VECTORS.values())


def test_the_link_names_desk_and_minute_in_capitals_and_how_long_it_is_shown(
    tablet: Tablet, desk: MadeDesk
) -> None:
    step, code = 29_852_940, VECTORS[29_852_940]
    assert tablet.run(LINK, "rotating", 0) is None  # not enrolled
    tablet.enrol(desk, KEY, SITE)
    for seconds, left in ((0, 60), (0.001, 60), (18.5, 42), (59.2, 1)):
        told = tablet.run(LINK, "rotating", (step * SECONDS + seconds) * 1000)
        assert told == {"link": f"{SITE.upper()}/Q/{desk.code}/{code}", "secondsLeft": left}
    tablet.enrol(desk, KEY, SITE, revoked=True)
    assert tablet.run(LINK, "rotating", step * SECONDS * 1000) is None


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_code_is_black_on_white_with_its_quiet_zone_and_is_read_by_a_camera(
    tablet: Tablet, desk: MadeDesk, theme: str
) -> None:
    tablet.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    link = f"{SITE.upper()}/Q/{desk.code}/{VECTORS[0]}"
    for side in (120, 240, 391):
        picture = tablet.draw(link, side)
        assert read(picture) == [(link, "M")]
        assert picture.getpixel((0, 0)) == 255
        assert quiet_modules(picture, MODULES_OF_VERSION_3) >= QUIET_ZONE - 0.2
    drawing = tablet.page.locator("#code svg")
    assert drawing.count() == 1
    side = MODULES_OF_VERSION_3 + 2 * QUIET_ZONE
    expect(drawing).to_have_attribute("viewBox", f"-4 -4 {side} {side}")


def test_a_code_without_its_quiet_zone_would_be_noticed(tablet: Tablet, desk: MadeDesk) -> None:
    tablet.draw(f"{SITE.upper()}/Q/{desk.code}/{VECTORS[0]}")
    drawing = tablet.page.locator("#code svg")
    drawing.evaluate("svg => svg.setAttribute('viewBox', '-1 -1 31 31')")
    narrow = Image.open(io.BytesIO(drawing.screenshot())).convert("L")
    assert quiet_modules(narrow, MODULES_OF_VERSION_3) < 2


def test_a_phone_without_scripts_rates_what_the_tablet_shows(
    browser: Browser, sqlite_engine: Engine, tablet: Tablet, desk: MadeDesk, address: str
) -> None:
    device = enrolled(sqlite_engine, desk.id).device
    tablet.enrol(desk, key_of(device), address)
    link = tablet.run(LINK, "rotating", time.time() * 1000)["link"]
    [(scanned, _)] = read(tablet.draw(link))
    for locale, again in (
        ("id-ID", "Pindai kode sekali lagi"),
        ("en-GB", "Please scan the code again"),
    ):
        phone = a_phone(browser, address, locale)
        page = phone.open(scanned.removeprefix(address.upper()))
        assert "/s/" in page.url
        picture(page, f"citizen/scanned-360-{locale[:2]}")
        tap_face(page, 3)
        expect(page.locator(".nine")).to_be_visible()
        page.go_back()
        page.reload()
        picture(page, f"citizen/scanned-rated-360-{locale[:2]}")
        expect(page.locator(".faces")).to_have_count(0)
        old = letters(key_of(device), int(time.time() // SECONDS) - 3)
        page = phone.open(f"/Q/{desk.code}/{old}")
        picture(page, f"citizen/scan-again-360-{locale[:2]}")
        expect(page.get_by_role("heading", level=1)).to_have_text(again)
        phone.close()
    found = [(row["overall"], row["channel"]) for row in rows_of(sqlite_engine, "response")]
    assert found == [(3, "kiosk_qr")] * 2


def key_of(device: UUID) -> bytes:
    return code_key(KEYS.key(PURPOSE), device)


def a_phone(browser: Browser, address: str, locale: str) -> Phone:
    context = browser.new_context(
        java_script_enabled=False, locale=locale, viewport={"width": 360, "height": 740}
    )
    return Phone(context.new_page(), address)
