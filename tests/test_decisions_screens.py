"""Proposals and notes in a real browser: every width and theme, and with the keyboard alone."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from aggregation.appraisal.models import NoteKind
from aggregation.appraisal.notes import write_note
from aggregation.changes.batch import Cause
from aggregation.method.component import Proposal
from survey.database import reading, writing
from tests.decision_factories import (
    ABOVE,
    BELOW,
    EXPECTED,
    SIXTH,
    DecidedOffice,
    assessor_account,
    decided,
    decisions_on,
    object_to,
    place,
    proposing_office,
)
from tests.month_factories import OCTOBER
from tests.staff_browser import Opens, look_everywhere, violations, windows
from tests.staff_factories import staff

WHY = "Loket ini khusus warga yang berkasnya sudah lengkap."
CHANGED = 4


@dataclass(frozen=True)
class World:
    engine: Engine
    office: DecidedOffice
    account_id: int

    @property
    def proposals(self) -> str:
        return f"/unit/{self.office.code}/usulan/2026-10"

    @property
    def screens(self) -> dict[str, str]:
        code, keys = self.office.code, self.office.keys
        return {
            "proposals": self.proposals,
            "proposals-change": f"{self.proposals}?ubah={keys[BELOW]}",
            "proposals-none": f"{self.proposals}?saring=keberatan",
            "proposals-months": f"/unit/{code}/usulan",
            "notes": f"/unit/{code}/catatan?bulan=2026-10",
            "note": f"/unit/{code}/catatan/2026-10/{keys[EXPECTED]}",
            "help-assessor": "/bantuan/assessor",
        }

    def words_on(self, who: int) -> list[tuple[str, str]]:
        with reading(self.engine) as session:
            found = decisions_on(session, self.office, who)
            return [(each.decision, each.reason) for each in found]


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    with writing(sqlite_engine) as session:
        office = proposing_office(session)
        decided(session, office, ABOVE)
        decided(session, office, CHANGED, Proposal.EXPECTED, WHY)
        object_to(session, office, EXPECTED)
        for who in (EXPECTED, 5):
            place(session, office, who)
        place(session, office, 6, assessor_id=office.officer(5))
        for kind in NoteKind:
            write_note(
                session, office.unit_id, OCTOBER, office.officer(EXPECTED), kind=kind,
                text="Sepakat: menyapa lebih dulu.\nDilihat lagi bulan depan.",
                cause=Cause("kepala", "", SIXTH, "kepala"), author_officer_id=None,
            )  # fmt: skip
        account_id = assessor_account(session, office)
    return World(sqlite_engine, office, account_id)


@pytest.fixture
def opens(browser: Browser, world: World) -> Iterator[Opens]:
    app = staff(world.engine)
    with windows(browser, app, world.engine, account_id=world.account_id) as window:
        yield window


def row(world: World, who: int) -> str:
    """Return the id of what holds the focus of an officer's row."""
    return f"baris-{world.office.keys[who]}"


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.id"))


def test_every_screen_is_readable_for_everyone(opens: Opens, world: World) -> None:
    look_everywhere(opens, world.screens)


def test_a_row_whose_drawing_says_nothing_is_noticed(opens: Opens, world: World) -> None:
    page = opens().open(world.proposals)
    page.evaluate(
        "document.querySelector('[data-row] svg[role=img]').removeAttribute('aria-label')"
    )
    assert any(each.startswith("svg-img-alt") for each in violations(page))


def test_a_month_is_decided_with_the_keyboard_alone(opens: Opens, world: World) -> None:
    visit = opens(viewport={"width": 1440, "height": 900})
    page = visit.open(world.proposals)
    page.locator(f"#{row(world, ABOVE)}").focus()
    page.keyboard.press("ArrowDown")
    assert focused(page) == row(world, BELOW)
    page.keyboard.press("Enter")
    page.wait_for_url("**#baris-*")
    # The officer of the next row has another assessor, so the one after it has the focus.
    expect(page.locator(f"#{row(world, EXPECTED)}")).to_be_focused()
    assert world.words_on(BELOW) == [("below_expectation", "")]
    page.keyboard.press("u")
    page.wait_for_url("**ubah=*")
    expect(page.get_by_role("radio", name="Sesuai ekspektasi (usulan)")).to_be_focused()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Tab")
    page.keyboard.type("Uji: melatih petugas baru.")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**#baris-*")
    assert world.words_on(EXPECTED) == [("above_expectation", "Uji: melatih petugas baru.")]
    assert visit.refused == []


def test_a_change_without_a_reason_leads_back_to_the_reason(opens: Opens, world: World) -> None:
    page = opens().open(f"{world.proposals}?ubah={world.office.keys[EXPECTED]}")
    page.get_by_label("Di bawah ekspektasi").check()
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text("Tulis alasannya dalam satu kalimat.")).to_be_visible()
    expect(page.get_by_label("Alasan perubahan")).to_be_focused()
    expect(page.get_by_label("Di bawah ekspektasi")).to_be_checked()
    assert violations(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(f"#{row(world, EXPECTED)}")).to_be_focused()


def test_keys_do_nothing_beside_the_rows_and_can_be_switched_off(
    opens: Opens, world: World
) -> None:
    page = opens().open(world.proposals)
    address = page.url
    page.keyboard.press("u")
    page.keyboard.press("ArrowDown")
    assert (page.url, focused(page)) == (address, "")
    page.get_by_role("button", name="Matikan pintasan").click()
    page.locator(f"#{row(world, EXPECTED)}").focus()
    page.keyboard.press("u")
    page.keyboard.press("ArrowDown")
    assert (page.url, focused(page)) == (address, row(world, EXPECTED))
    page.reload()
    expect(page.get_by_role("button", name="Nyalakan pintasan")).to_be_visible()
    expect(page.get_by_text("pindah baris")).to_be_hidden()


def test_everything_works_without_scripts(opens: Opens, world: World) -> None:
    page = opens(java_script_enabled=False).open(world.proposals)
    expect(page.get_by_text("pindah baris")).to_be_hidden()
    name = page.locator(f"#{row(world, EXPECTED)} .sr").inner_text().strip()
    page.get_by_role("link", name=f"Ubah {name}").click()
    page.get_by_label("Di bawah ekspektasi").check()
    page.get_by_label("Alasan perubahan").fill(WHY)
    page.get_by_role("button", name="Simpan keputusan").click()
    expect(page.get_by_text(f"Keputusan untuk {name} tersimpan.")).to_be_visible()
    assert world.words_on(EXPECTED) == [("below_expectation", WHY)]


def test_sixty_officers_fit_on_one_page(browser: Browser, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = proposing_office(session, ((0, 1, 30, 29),) * 60)
        account_id = assessor_account(session, office)
    with windows(browser, staff(sqlite_engine), sqlite_engine, account_id=account_id) as opens:
        page = opens().open(f"/unit/{office.code}/usulan/2026-10")
        expect(page.locator("[data-row]")).to_have_count(60)
        expect(page.get_by_role("button", name="Setujui")).to_have_count(60)
        page.locator("[data-row] button").nth(40).press("Enter")
        page.wait_for_url("**#baris-*")
        expect(page.locator("[data-row] [data-focus]").nth(41)).to_be_focused()
        expect(page.locator("[data-row] [data-focus]").nth(41)).to_be_in_viewport()
        expect(page.get_by_text("1 dari 60")).to_be_visible()
