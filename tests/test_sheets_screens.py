"""The screens of spreadsheets and officers in a real browser."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.office.sheet_template import SheetKind
from tests.office_factories import HEAD_NIP, SARI_NIP, UNIT, an_office, csv, duty_sheet, take
from tests.pictures import picture
from tests.record_factories import rows_of
from tests.staff_browser import (
    Opens,
    every_kind_of_screen,
    look_everywhere,
    violations,
    windows,
)
from tests.staff_factories import staff

PLACE = f"/unit/{UNIT}"
MORE_OFFICERS = f"""
    NIP;NOMOR PEGAWAI;NAMA;STATUS;KELOMPOK JABATAN;NIP ATASAN;NIP PENILAI;MULAI;SELESAI
    {SARI_NIP};;Sari Contoh Lestari, S.Kom.;PPPK;Operator SIAK;{HEAD_NIP};{HEAD_NIP};2026-06-01;
    ;HL-022;Joko Contoh;NON ASN;Tenaga loket;{HEAD_NIP};{HEAD_NIP};2026-01-02;2026-08-31
    ;HL-023;Tono Contoh;NON ASN;Tenaga loket;{HEAD_NIP};{HEAD_NIP};2090-01-02;
"""
BAD = """
    NIP;NOMOR PEGAWAI;NAMA;STATUS;MULAI
    1990022820212120;;Rina Contoh;PPPK;2026-01-02
    ;HL-030;;NON ASN;kapan
    ;;Wati Contoh;NON ASN;2026-01-02
"""
GOOD = """
    NIP;NOMOR PEGAWAI;NAMA;STATUS;KELOMPOK JABATAN;MULAI
    19900231 202121 2 001;;Rina Contoh;PPPK;Operator SIAK;2026-01-02
    ;HL-030;Wati Contoh;NON ASN;Tenaga loket;2026-01-02
    ;HL-021;Budi Contoh, A.Md.;NON ASN;Tenaga loket;2026-01-02
"""
SCREENS = {
    "sheet-officers": f"{PLACE}/lembar/officers",
    "sheet-duties": f"{PLACE}/lembar/duties",
    "officers": f"{PLACE}/petugas",
    "officers-none-found": f"{PLACE}/petugas?cari=x",
    "officer-new": f"{PLACE}/petugas/baru",
}


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    an_office(sqlite_engine)
    take(sqlite_engine, SheetKind.OFFICERS, MORE_OFFICERS)
    joko = duty_sheet("L1;HL-022;Senin;;08.00;12.00;2026-01-05;A")
    take(sqlite_engine, SheetKind.DUTIES, joko, reason="Awal")
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    with windows(browser, app, sqlite_engine, RoleIn(Role.OPERATOR)) as window:
        yield window


def key_of(engine: Engine, name: str) -> str:
    return next(str(row["key"]) for row in rows_of(engine, "officer") if row["name"] == name)


def test_every_screen_keeps_what_it_owes(opens: Opens, sqlite_engine: Engine) -> None:
    officer = f"{PLACE}/petugas/{key_of(sqlite_engine, 'Sari Contoh Lestari, S.Kom.')}"
    screens = {**SCREENS, "officer": officer, "officer-edit": f"{officer}/ubah"}
    look_everywhere(opens, screens)


def hand_in(page: Page, folder: Path, sheet: str) -> None:
    file = folder / "lembar.csv"
    file.write_bytes(csv(sheet))
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name=re.compile("Periksa|Check")).click()
    page.wait_for_load_state()


@every_kind_of_screen
def test_what_is_refused_and_what_would_change_can_be_read_anywhere(
    opens: Opens, tmp_path: Path, width: int, theme: str, language: str
) -> None:
    visit = opens(viewport={"width": width, "height": 800}, color_scheme=theme, locale=language)
    for name, sheet in (("sheet-refused", BAD), ("sheet-preview", GOOD)):
        page = visit.open(f"{PLACE}/lembar/officers")
        hand_in(page, tmp_path, sheet)
        picture(page, f"staff/{name}-{width}-{theme}-{language[:2]}")
        assert (name, violations(page)) == (name, [])
        assert page.locator("h1").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert (visit.refused, visit.foreign) == ([], [])


def test_an_operator_brings_officers_in_by_keyboard_and_file(opens: Opens, tmp_path: Path) -> None:
    page = opens(viewport={"width": 1440, "height": 800}).open(f"{PLACE}/petugas")
    page.get_by_role("link", name="Muat dari spreadsheet").press("Enter")
    page.wait_for_load_state()
    with page.expect_download() as download:
        page.get_by_role("link", name="XLSX").first.click()
    assert download.value.suggested_filename == f"{UNIT}-officers.xlsx"
    hand_in(page, tmp_path, BAD)
    assert page.locator("table.complaints tbody tr").count() == 4
    hand_in(page, tmp_path, GOOD)
    expect(page.get_by_role("heading", level=1)).to_have_text("Periksa sebelum disimpan")
    page.get_by_role("button", name="Simpan semuanya").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Tersimpan: 2 baru, 2 berubah")
    assert page.url.endswith("/petugas")


def test_a_form_that_is_refused_shows_where(opens: Opens) -> None:
    page = opens(viewport={"width": 360, "height": 800}).open(f"{PLACE}/petugas/baru")
    page.get_by_label("Nama lengkap").fill("Rina Contoh")
    page.get_by_label("NIP", exact=True).fill("1990")
    page.get_by_role("button", name="Simpan").click()
    page.wait_for_load_state()
    picture(page, "staff/officer-refused-360-light-id")
    assert page.get_by_label("NIP", exact=True).get_attribute("aria-invalid") == "true"
    assert page.get_by_label("Nama lengkap").input_value() == "Rina Contoh"
    assert violations(page) == []
