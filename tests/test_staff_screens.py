"""The staff site in a real browser: every screen, width, theme and language."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask, Response
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from aggregation.output.chart_theme import PALETTES
from survey.database import writing
from survey.models import ServiceUnit
from survey.month import Month
from tests.month_factories import Seen, small_office, store
from tests.questionnaires import alike
from tests.staff_browser import KINDS, READ, Opens, Visit, look_everywhere, violations, windows
from tests.staff_factories import make_closed_month, make_office, staff
from tests.unit_worlds import unit_world

SCREENS = {
    "unit": "/unit/DISDUKCAPIL-CONTOH",
    "not-complete": "/unit/DISDUKCAPIL-CONTOH?periode=2026-Q4",
    "too-few": "/unit/SEPI",
    "branch": "/unit/KOTA",
    "not-closed": "/unit/KECAMATAN",
    "units": "/",
    "not-found": "/unit/X",
    "how-to-sign-in": "/masuk",
    "unknown-link": "/masuk/x",
}
UNIT = SCREENS["unit"]


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    with writing(sqlite_engine) as session:
        city = make_office(session, "KOTA", "Kota Contoh")
        office = unit_world(session).unit_id
        quiet = make_office(session, "SEPI", "Kantor sepi")
        make_closed_month(session, quiet, [alike(3)] * 9, release=True)
        for below in (office, quiet, make_office(session, "KECAMATAN", "Kecamatan Contoh Utara")):
            session.get_one(ServiceUnit, below).parent_id = city
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    """Sign in once; every call is a new window on the site."""
    with windows(browser, app, sqlite_engine) as window:
        yield window


ELEMENTS = "section#unsur"


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


def test_another_period_is_two_keys_away_and_stands_in_the_address(opens: Opens) -> None:
    page = opens().open(UNIT)
    page.get_by_label("Periode", exact=True).select_option("2026-Q3")
    page.get_by_role("button", name="Tampilkan").press("Enter")
    expect(page.locator(".head p")).to_contain_text("Triwulan III 2026")
    assert page.url.endswith("?periode=2026-Q3")


def test_a_part_that_is_folded_away_is_drawn_when_it_is_opened(opens: Opens) -> None:
    page = opens().open(UNIT)
    drawn_bars(page)
    expect(page.locator("#layanan .chart .main-svg").first).not_to_be_attached()
    page.locator("#layanan summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#layanan .chart .bars .point")).to_have_count(4)


def test_on_paper_every_table_is_open_every_chart_drawn_and_nothing_to_press(
    opens: Opens,
) -> None:
    page = opens(color_scheme="dark").open(UNIT)
    drawn_bars(page)
    page.emulate_media(media="print")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    for name in ("unsur", "tren", "loket", "prioritas", "layanan", "kanal"):
        expect(page.locator(f"#{name} table")).to_be_visible()
        expect(page.locator(f"#{name} .chart .main-svg").first).to_be_visible()
    for pressed in (".nav", ".period", ".chart-files", ".who"):
        for each in page.locator(pressed).all():
            expect(each).to_be_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("#unsur table")).to_be_hidden()


def test_the_running_month_refreshes_itself_and_says_so_only_when_it_changed(
    opens: Opens, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        office = small_office(session)
        unit = session.get_one(ServiceUnit, office.unit_id)
        unit.code, unit.time_zone = "RAMAI", "UTC"
        today = datetime.now(UTC).date()
        tap = Seen(None, received_on=today)
        store(session, office, [tap] * 12, Month.of(today))
    visit = opens()
    visit.page.clock.install()
    page = visit.open("/unit/RAMAI")
    status, panel = page.locator("[data-live-said]"), page.locator("[data-live]")
    expect(panel).to_contain_text("Paling sedikit 10 tanggapan")
    with page.expect_response("**/berjalan"):
        page.clock.run_for(61_000)
    expect(status).to_have_text("")
    with writing(sqlite_engine) as session:
        store(session, office, [tap] * 9, Month.of(today))
    with page.expect_response("**/berjalan"):
        page.clock.run_for(61_000)
    expect(panel).to_contain_text("Paling sedikit 20 tanggapan")
    expect(status).to_have_text("Angka bulan berjalan diperbarui.")
    expect(panel.locator(".chart .bars .point")).to_have_count(2)
    assert (visit.refused, visit.foreign) == ([], [])


def test_the_first_tab_leads_past_the_menu(opens: Opens) -> None:
    page = opens().open(UNIT)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Langsung ke isi")).to_be_focused()


def test_leaving_ends_the_session(opens: Opens) -> None:
    page = opens().open(UNIT)
    page.get_by_role("button", name="Keluar").click()
    expect(page.get_by_text("Anda sudah keluar.")).to_be_visible()
