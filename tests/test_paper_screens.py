"""The screens of paper questionnaires in a real browser, and a sheet typed without the mouse."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from survey.questionnaire import Element
from tests.office_factories import UNIT, an_office
from tests.paper_factories import paper_line, paper_sheet
from tests.pictures import picture
from tests.record_factories import rows_of
from tests.staff_browser import Opens, look_everywhere, violations, windows
from tests.staff_factories import staff

PAGE, SHEETS = f"/unit/{UNIT}/kertas", f"/unit/{UNIT}/lembar/responses"
MOST_KEYS = 30
"""Keys from one sheet to the next: about a second each would be 25 seconds with the reading."""


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    an_office(sqlite_engine)
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    with windows(browser, app, sqlite_engine, RoleIn(Role.UNIT_HEAD)) as window:
        yield window


def test_every_screen_keeps_what_it_owes(opens: Opens) -> None:
    look_everywhere(opens, {"paper": PAGE, "paper-sheet": SHEETS})


class Keys:
    """A keyboard that counts what is pressed."""

    def __init__(self, page: Page) -> None:
        self.page, self.count = page, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
        self.count += len(keys)


def test_a_sheet_is_typed_without_the_mouse_in_few_keys(
    opens: Opens, sqlite_engine: Engine
) -> None:
    page = opens(viewport={"width": 1440, "height": 900}).open(PAGE)
    for number in (1, 2):
        keys = Keys(page)
        keys.press("3", "4", "Tab", "ArrowRight", "Tab", "S", "M", "A", "Tab", "W", "Tab")
        keys.press(*"343433431", "Control+Enter")
        expect(page.get_by_role("status")).to_contain_text(f"Lembar ke-{number} ")
        assert keys.count <= MOST_KEYS
    followups = rows_of(sqlite_engine, "followup")
    assert [[row[e.lower()] for e in Element] for row in followups] == [
        [3, 4, 3, 4, 3, 3, 4, 3, 1]
    ] * 2
    texts = {row["text"] for row in rows_of(sqlite_engine, "private_text")}
    assert texts == {"26-35", "P", "SMA", "WIRAUSAHA"}


def test_a_sheet_can_be_typed_without_scripts_and_errors_are_shown_where_they_are(
    opens: Opens, sqlite_engine: Engine
) -> None:
    visit = opens(viewport={"width": 360, "height": 800}, java_script_enabled=False)
    page = visit.open(PAGE)
    for element in (e for e in Element if e is not Element.WAKTU):
        page.locator(f"input[name={element}][value='3']").check()
    page.get_by_role("button", name="Simpan lembar").click()
    expect(page.locator(".paper-row.bad legend")).to_have_text("U3 Waktu pelayanan")
    picture(page, "staff/paper-refused-360-light-id")
    assert page.locator("input[type=radio]:checked").count() == 8
    page.locator("input[name=WAKTU][value='3']").check()
    page.get_by_role("button", name="Simpan lembar").click()
    expect(page.get_by_role("status")).to_contain_text("Lembar ke-1 ")
    assert len(rows_of(sqlite_engine, "response")) == 1


def test_a_sheet_is_looked_at_before_it_is_taken_in(opens: Opens, tmp_path: Path) -> None:
    page = opens(viewport={"width": 1440, "height": 800}).open(PAGE)
    page.get_by_role("link", name="Muat dari spreadsheet").click()
    file = tmp_path / "kertas.csv"
    file.write_bytes(paper_sheet(paper_line(), paper_line("2026-10-01"), paper_line()))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name=re.compile("Periksa")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa sebelum disimpan")
    picture(page, "staff/paper-preview-1440-light-id")
    assert violations(page) == []
    page.get_by_role("button", name="Simpan semuanya").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Tersimpan: 3 baru")
    assert page.url.endswith("/kertas")
