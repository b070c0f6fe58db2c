"""The staff site in a real browser: every screen, width, theme and language."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from aggregation.output.chart_theme import PALETTES
from survey.database import writing
from survey.month import Month
from survey.questionnaire import Element
from tests.questionnaires import Ratings, summing_by_element
from tests.staff_browser import KINDS, READ, Opens, Visit, look_everywhere, violations, windows
from tests.staff_factories import (
    OCTOBER,
    SEPTEMBER,
    make_closed_month,
    make_office,
    staff,
)

SCREENS = {
    "unit": "/unit/DISDUKCAPIL-CONTOH",
    "first-month": "/unit/DISDUKCAPIL-CONTOH?bulan=2026-09",
    "too-few": "/unit/DISDUKCAPIL-CONTOH?bulan=2026-08",
    "not-closed": "/unit/KECAMATAN",
    "units": "/",
    "not-found": "/unit/X",
    "how-to-sign-in": "/masuk",
    "unknown-link": "/masuk/x",
}
UNIT = SCREENS["unit"]
NOW = (3.42, 3.31, 3.06, 3.87, 3.41, 3.45, 3.53, 3.34, 3.09)
BEFORE = (3.39, 3.27, 3.21, 3.86, 3.40, 3.42, 3.47, 3.12, 3.10)


def sheets(means: tuple[float, ...], n: int) -> Iterator[Ratings]:
    sums = {e: round(mean * n) for e, mean in zip(Element, means, strict=True)}
    return summing_by_element(sums, n)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        unit_id = make_office(session)
        make_closed_month(session, unit_id, sheets(BEFORE, 9), Month(2026, 8), release=True)
        make_closed_month(session, unit_id, sheets(BEFORE, 388), SEPTEMBER, release=True)
        make_closed_month(session, unit_id, sheets(NOW, 412), OCTOBER, taps=634, release=True)
        make_office(session, "KECAMATAN", "Kecamatan Contoh Utara")
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    """Sign in once; every call is a new window on the site."""
    with windows(browser, app, sqlite_engine) as window:
        yield window


ELEMENTS = "section[aria-labelledby=unsur]"


def drawn_bars(page: Page) -> int:
    expect(page.locator("#unsur-picture")).to_be_visible()
    return page.locator(f"{ELEMENTS} .chart .bars .point").count()


def test_every_screen_is_readable_for_everyone(opens: Opens) -> None:
    look_everywhere(opens, SCREENS)


def test_barriers_are_looked_for_at_every_width_and_in_every_pair_of_theme_and_language() -> None:
    assert {kind[1:] for kind in READ} == {kind[1:] for kind in KINDS}
    assert {width // 300 for width, _, _ in READ} == {width // 300 for width, _, _ in KINDS}


def test_a_barrier_is_noticed_wherever_one_looks(opens: Opens) -> None:
    def unnamed(**options: object) -> Visit:
        visit = opens(**options)
        visit.page.add_init_script(
            "addEventListener('DOMContentLoaded', () =>"
            " document.querySelector('div[role=img]').removeAttribute('aria-label'))"
        )
        return visit

    with pytest.raises(AssertionError, match="role-img-alt"):
        look_everywhere(unnamed, {"barrier": UNIT})


def test_a_barrier_is_noticed(opens: Opens) -> None:
    page = opens().open(UNIT)
    page.evaluate("document.querySelector('div[role=img]').removeAttribute('aria-label')")
    assert any(each.startswith("role-img-alt") for each in violations(page))


def test_a_page_that_may_not_style_itself_is_noticed(app: Flask, opens: Opens) -> None:
    def stricter(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = "style-src 'none'; script-src 'self'"
        return response

    app.after_request_funcs[None].append(stricter)
    visit = opens()
    visit.open(UNIT)
    assert any("Content Security Policy" in said for said in visit.refused)


def test_without_script_the_table_stands_in_for_the_chart(opens: Opens) -> None:
    page = opens(java_script_enabled=False).open(UNIT)
    expect(page.locator(ELEMENTS).get_by_role("row")).to_have_count(10)
    expect(page.get_by_role("row", name="Waktu pelayanan")).to_be_visible()
    for button in page.locator(".chart-tools button").all():
        expect(button).to_be_hidden()


def test_with_script_the_table_folds_away_and_opens_by_keyboard(opens: Opens) -> None:
    page = opens().open(UNIT)
    assert drawn_bars(page) == 9
    expect(page.locator(f"{ELEMENTS} table")).to_be_hidden()
    page.locator(f"{ELEMENTS} summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"{ELEMENTS} table")).to_be_visible()


def test_the_chart_shows_what_the_table_says(opens: Opens) -> None:
    page = opens().open(UNIT)
    drawn_bars(page)
    texts = page.locator(f"{ELEMENTS} .chart .annotation-text").all_text_contents()
    page.locator(f"{ELEMENTS} summary").click()
    rows = page.locator(ELEMENTS).get_by_role("row").all()[1:]
    for place, row in enumerate(rows):
        name, now, _, change = row.locator("th, td").all_inner_texts()
        assert [texts[3 * place], texts[3 * place + 1]] == [name, now]
        assert texts[3 * place + 2].lstrip("↑↓ ") == change


def test_the_chart_follows_the_theme_of_the_device(opens: Opens) -> None:
    page = opens(color_scheme="light").open(UNIT)
    drawn_bars(page)
    bar = page.locator(f"{ELEMENTS} .bars .point path").first
    for theme in ("light", "dark", "light"):
        page.emulate_media(color_scheme=theme)
        red, green, blue = bytes.fromhex(PALETTES[theme].data[1:])
        expect(bar).to_have_css("fill", f"rgb({red}, {green}, {blue})")


def test_the_chart_can_be_kept_as_a_picture(opens: Opens) -> None:
    visit = opens()
    page = visit.open(UNIT)
    with page.expect_download() as download:
        page.locator("#unsur-picture").click()
    assert download.value.suggested_filename == "unsur-2026-10.png"
    assert download.value.path().read_bytes().startswith(b"\x89PNG")
    assert (visit.refused, visit.foreign) == ([], [])


def test_the_chart_offers_no_cloud(opens: Opens) -> None:
    page = opens().open(UNIT)
    drawn_bars(page)
    expect(page.locator(".modebar-btn")).to_have_count(0)


def test_another_month_is_two_keys_away(opens: Opens) -> None:
    page = opens().open(UNIT)
    page.get_by_label("Bulan", exact=True).select_option("2026-09")
    page.get_by_role("button", name="Tampilkan").press("Enter")
    expect(page.locator(".head p")).to_contain_text("September 2026")


def test_the_first_tab_leads_past_the_menu(opens: Opens) -> None:
    page = opens().open(UNIT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()


def test_leaving_ends_the_session(opens: Opens) -> None:
    page = opens().open(UNIT)
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_text("Anda sudah keluar.")).to_be_visible()
