"""The public's pages and the hall's screen in a real browser: widths, themes, languages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import Engine
from sqlmodel import Session

from kiosk.app import public_site
from survey.database import writing
from survey.models import ServiceUnit
from survey.published_document import State, Told
from tests.factories import make_unit, settings
from tests.pictures import picture
from tests.publication_factories import published, release_period, released_unit
from tests.release_factories import made_counts, made_release
from tests.served import serving

SEPTEMBER = re.compile("September 2026")
KINDS = [
    (360, 740, "light", "id"),
    (360, 740, "dark", "en"),
    (1440, 900, "light", "en"),
    (1440, 900, "dark", "id"),
]
"""Every two of width, theme and language meet."""
READ = (KINDS[1], KINDS[2])
"""Where barriers are looked for on every page; the others show the same words and colours."""
WALLS = [(1920, 1080, "light", "id"), (1280, 720, "dark", "en")]
SMALLEST_LETTER = 0.0399
"""Of a screen's height: what can be read from five metres."""
TOLD = (
    Told(
        "Antrean Senin pagi terlalu lama.",
        "Dua loket tambahan dibuka setiap Senin sejak 1 September 2026.",
        State.DONE,
        "2026-09",
    ),
    Told(
        "Tidak tahu blangko habis. " + "Sudah datang dari jauh, lalu pulang lagi. " * 6,
        "Stok blangko diumumkan setiap pukul 07.30 di pintu masuk dan di laman. " * 5,
        State.DONE,
        "2026-08",
    ),
    Told("Kursi di ruang tunggu kurang.", "Dua puluh kursi kami pesan.", State.ANSWERED, "2026-09"),
)
LETTERS = """() => [...document.querySelectorAll("main *:not(.halt)")].flatMap((each) => {
    const own = [...each.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const size = parseFloat(getComputedStyle(each).fontSize);
    return own && getComputedStyle(each).visibility === "visible" ? [size] : [];
})"""
BEYOND = """() => [...document.querySelectorAll(".slide *")].filter((each) => {
    const box = each.getBoundingClientRect();
    return box.bottom > innerHeight + 1 || box.right > innerWidth + 1 || box.top < 0;
}).map((each) => each.outerHTML.slice(0, 80))"""


@dataclass(frozen=True)
class Published:
    """A site with a publication, and what a window saw of it that should not be."""

    address: str
    code: str
    unit_id: int
    engine: Engine


def publish_all(session: Session) -> int:
    unit_id = released_unit(session, "2026-Q3", name="Disdukcapil Kota Contoh")
    made_release(session, unit_id, "2026-Q2", made_counts(380, seed=20, weights=(3, 14, 45, 38)))
    for month in range(1, 9):
        made_release(session, unit_id, f"2026-{month:02}", made_counts(80 + month, seed=month))
    release_period(session, unit_id, "2026-09", (1, 2))
    above = make_unit(session)
    session.get_one(ServiceUnit, above).name = "Pemerintah Kota Contoh"
    session.get_one(ServiceUnit, unit_id).parent_id = above
    for period in ("2026-09", "2026-Q3"):
        published(session, unit_id, period, told=TOLD)
    return unit_id


@pytest.fixture
def site(sqlite_engine: Engine) -> Iterator[Published]:
    with writing(sqlite_engine) as session:
        unit_id = publish_all(session)
        code = session.get_one(ServiceUnit, unit_id).code
    with serving() as server:
        server.app = public_site(settings(), sqlite_engine, lambda _: True)
        yield Published(f"http://127.0.0.1:{server.port}", code, unit_id, sqlite_engine)


def screens(code: str) -> dict[str, str]:
    return {
        "units": "/publik/",
        "search": "/publik/?cari=zzz",
        "unit": f"/publik/{code}",
        "month": f"/publik/{code}?periode=2026-09",
        "how": "/publik/cara",
        "dictionary": "/publik/kamus",
        "missing": f"/publik/{code}?periode=2020",
    }


def window(browser: Browser, kind: tuple[int, int, str, str], **options: object) -> BrowserContext:
    width, height, theme, language = kind
    return browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,  # type: ignore[arg-type]
        locale=language,
        **options,  # type: ignore[arg-type]
    )


def watched(context: BrowserContext, address: str) -> tuple[Page, list[str]]:
    page, wrong = context.new_page(), []
    page.on("console", lambda m: wrong.append(m.text) if "server responded" not in m.text else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda r: wrong.append(r.url) if not r.url.startswith(address) else None)
    return page, wrong


def barriers(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{each['id']}: {node['html'][:200]}" for each in found for node in each["nodes"]]


def test_every_page_is_whole_on_every_kind_of_screen(browser: Browser, site: Published) -> None:
    for kind in KINDS:
        context = window(browser, kind)
        page, wrong = watched(context, site.address)
        for name, path in screens(site.code).items():
            page.goto(site.address + path)
            shot = f"{name}-{kind[0]}-{kind[2]}-{kind[3]}"
            picture(page, f"public/{shot}")
            assert page.evaluate("document.documentElement.scrollWidth") <= kind[0], shot
            looked = kind in READ or name == "unit"
            assert not looked or barriers(page) == [], shot
        assert wrong == []
        assert context.cookies() == []
        context.close()


def test_a_period_can_be_chosen_and_a_unit_found_without_javascript(
    browser: Browser, site: Published
) -> None:
    context = window(browser, KINDS[0], java_script_enabled=False)
    page, wrong = watched(context, site.address)
    page.goto(f"{site.address}/publik/")
    page.get_by_label("Cari unit").fill("dukcapil")
    page.get_by_role("button", name="Cari").click()
    page.get_by_role("link", name="Disdukcapil Kota Contoh").click()
    page.get_by_label("Periode").select_option("2026-09")
    page.get_by_role("button", name="Tampilkan").click()
    expect(page).to_have_title(SEPTEMBER)
    page.get_by_role("link", name="English").click()
    expect(page).to_have_url(re.compile(r"\?periode=2026-09&lang=en$"))
    expect(page).to_have_title(SEPTEMBER)
    page.goto(f"{site.address}/publik/{site.code}/tv")
    assert page.locator(".slide").first.is_visible()
    assert wrong == []
    context.close()


def test_the_hall_s_screen_turns_and_each_slide_is_read_from_five_metres(
    browser: Browser, site: Published
) -> None:
    for kind in WALLS:
        context = window(browser, kind)
        page, wrong = watched(context, site.address)
        page.goto(f"{site.address}/publik/{site.code}/tv")
        for number in range(5):
            # The movement is the style sheet's: its time is set, not waited for.
            page.evaluate(
                "(at) => document.getAnimations().forEach((each) => {"
                " each.pause(); each.currentTime = at })",
                number * 12_000 + 6_000,
            )
            seen = page.locator(".slide").evaluate_all(
                "(all) => all.map((each) => getComputedStyle(each).visibility === 'visible')"
            )
            assert seen == [each == number for each in range(5)]
            picture(page, f"public/tv-{number}-{kind[0]}-{kind[2]}-{kind[3]}", whole=False)
            assert min(page.evaluate(LETTERS)) >= SMALLEST_LETTER * kind[1]
            assert page.evaluate(BEYOND) == []
        page.emulate_media(reduced_motion="reduce")
        assert barriers(page) == []
        assert wrong == []
        context.close()


def test_whoever_wants_no_movement_sees_all_of_it_at_once(
    browser: Browser, site: Published
) -> None:
    context = window(browser, (1280, 720, "light", "id"), reduced_motion="reduce")
    page, wrong = watched(context, site.address)
    page.goto(f"{site.address}/publik/{site.code}/tv")
    assert [each.is_visible() for each in page.locator(".slide").all()] == [True] * 5
    assert page.evaluate("document.getAnimations().length") == 0
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert wrong == []
    context.close()


def test_the_movement_can_be_halted_by_keyboard(browser: Browser, site: Published) -> None:
    context = window(browser, WALLS[1])
    page, _ = watched(context, site.address)
    page.goto(f"{site.address}/publik/{site.code}/tv")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    states = page.evaluate("document.getAnimations().map((each) => each.playState)")
    assert states == ["paused"] * 5
    context.close()


def test_a_screen_that_hangs_for_months_takes_up_what_is_new_and_survives_a_lost_network(
    browser: Browser, site: Published
) -> None:
    context = window(browser, WALLS[0])
    page = context.new_page()
    page.clock.install()
    page.goto(f"{site.address}/publik/{site.code}/tv")
    context.set_offline(True)
    page.clock.run_for(2 * 60 * 60 * 1000 + 1000)
    assert page.locator(".slide").count() == 5

    with writing(site.engine) as session:
        published(session, site.unit_id, "2026-Q3", told=TOLD[:1])
    context.set_offline(False)
    page.clock.run_for(60 * 60 * 1000 + 1000)
    expect(page.locator(".slide")).to_have_count(4)
    context.route("**/tv", lambda route: route.fulfill(body="<main>Masuk ke WiFi</main>"))
    with page.expect_response("**/tv"):
        page.clock.run_for(60 * 60 * 1000 + 1000)
    assert page.locator(".slide").count() == 4
    context.close()
