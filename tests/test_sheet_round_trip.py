"""What is downloaded, uploaded again, changes nothing; and no cell of it runs as a formula."""

import csv
import doctest
import io
from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlmodel import select

from aggregation.office.current_sheet import HANDED_OUT, current_sheet
from aggregation.office.sheet_template import SheetKind, template_table
from aggregation.sheets import formula_cells
from aggregation.sheets.formula_cells import harmless_cell, plain_cell
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import read_sheet
from aggregation.sheets.written_sheet import Table, as_csv, as_workbook
from survey.database import reading, writing
from survey.models import Desk, Service
from survey.units import unit_with
from tests.office_factories import (
    HEAD_NIP,
    SARI_NIP,
    UNIT,
    an_office,
    close,
    duty_sheet,
    take,
)
from tests.record_factories import everything_in, rows_of
from tests.spreadsheets import part

TODAY = date(2026, 10, 5)
FORMS: dict[str, Callable[[Table], bytes]] = {
    "csv": as_csv,
    "xlsx": lambda table: as_workbook(table, "Lembar"),
}
BEGINNINGS = ("=", "+", "-", "@", "\t", "\r", "'=", "''+")

UNITS = """
    KODE;NAMA;INDUK;ZONA WAKTU;URUTAN UNSUR;JAWABAN BIAYA
    KEC-A;Kecamatan A;DUKCAPIL;WITA;LAMPIRAN;Sangat mahal / Mahal / Murah / Gratis
    KEC-B;Kecamatan B;KEC-A;Asia/Pontianak;BATANG TUBUH;
"""
SERVICES = "KODE;NAMA;AKTIF\nKIA;Kartu Identitas Anak;TIDAK"
DESKS = """
    KODE;NAMA;KETERANGAN;JENIS;LAYANAN;BUKA DENGAN;AKTIF
    TIM;Tim keliling;"Sekolah; rumah sakit";KELILING;KIA, KK;SKM;TIDAK
"""
OFFICERS = f"""
    NIP;NOMOR PEGAWAI;NAMA;STATUS;KELOMPOK JABATAN;NIP ATASAN;NIP PENILAI;MULAI;SELESAI
    {SARI_NIP};P-7;"Sari, S.E.";PPPK;Arsip;HL-021;{HEAD_NIP};2026-09-01;2026-12-31
    {SARI_NIP};P-7;"Sari, S.E.";PPPK;Operator;;;2027-01-04;
    ;HL-022;Joko;NON ASN;;;;2026-01-02;2026-08-31
"""
DUTIES = duty_sheet(
    "L1;HL-021;Senin–Kamis;;08.00;12.00;2026-01-05;Awal",
    f"L1;{SARI_NIP};Senin, Rabu;;13.00;15.00;2026-01-05;Awal",
    "L1;HL-021;Jumat;;08.00;11.30;2026-11-02;Nanti",
    "L2;HL-021;Jumat;;08.00;11.30;2025-01-06;Diganti",
    "L2;HL-021;Jumat;;08.00;11.00;2026-02-02;Awal",
    "L1;HL-021;;2026-10-07;08.00;12.00;;Dinas luar",
    f"L1;{SARI_NIP};;2026-10-07;12.00;13.00;;Dinas luar",
    "L2;KOSONG;;2026-10-09;08.00;11.30;;Listrik padam",
    "L2;HL-021;;2026-09-09;08.00;11.30;;Sudah lewat",
)
VISITS = """
    NOMOR ANTREAN;TANGGAL;JAM;LOKET;LAYANAN
    A-001;2026-10-02;08.10;L1;KTP-EL
    =A-2;2026-09-01;13.45;L2;
    A-003;2026-08-31;09.00;L1;
"""

WRITTEN = {"units": 3, "services": 3, "desks": 4, "officers": 4, "duties": 7, "visits": 2}
"""How many lines each sheet has: nothing that is over."""


def a_full_office(engine: Engine) -> int:
    unit_id = an_office(engine)
    for kind, text in (
        (SheetKind.UNITS, UNITS),
        (SheetKind.SERVICES, SERVICES),
        (SheetKind.DESKS, DESKS),
        (SheetKind.OFFICERS, OFFICERS),
        (SheetKind.DUTIES, DUTIES),
        # Two batches speak of one day, half hour by half hour.
        (SheetKind.DUTIES, duty_sheet("L1;HL-021;;2026-10-07;11.00;12.30;;Tukar")),
        (SheetKind.VISITS, VISITS),
    ):
        take(engine, kind, text)
    return unit_id


def written(engine: Engine, kind: SheetKind, unit_id: int) -> Table:
    with reading(engine) as session:
        return current_sheet(session, kind, unit_id, TODAY)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", HANDED_OUT)
def test_what_is_written_out_and_taken_in_again_changes_nothing(
    engine: Engine, kind: SheetKind, form: str
) -> None:
    unit_id = a_full_office(engine)
    table = written(engine, kind, unit_id)
    before = office_of(engine)
    outcome = take(engine, kind, FORMS[form](table))
    assert (outcome.added, outcome.changed, outcome.unchanged) == ((), (), len(table) - 1)
    assert office_of(engine) == before
    assert (
        len(table) - 1
        == {"units": 3, "services": 3, "desks": 4, "officers": 4, "duties": 7, "visits": 2}[kind]
    )


def office_of(engine: Engine) -> dict[str, list[str]]:
    """Return all that an office is made of; that a sheet was handed in, the log may say."""
    rows = everything_in(engine)
    return {name: rows[name] for name in rows if name not in {"log_entry", "log_detail"}}


@pytest.mark.parametrize("kind", HANDED_OUT)
def test_a_change_of_one_cell_is_noticed(engine: Engine, kind: SheetKind) -> None:
    """The negative control: the round trip above can tell a change from none."""
    unit_id = a_full_office(engine)
    header, first, *rows = written(engine, kind, unit_id)
    column, other = {
        SheetKind.DUTIES: ("SELESAI", "16.00"),
        SheetKind.OFFICERS: ("KELOMPOK JABATAN", "Lain"),
        SheetKind.VISITS: ("JAM", "10.30"),
    }.get(kind, ("NAMA", "Nama lain"))
    changed = [other if name == column else cell for name, cell in zip(header, first, strict=True)]
    outcome = take(engine, kind, as_csv([header, changed, *rows]), reason="Perbaikan")
    assert len(outcome.added) + len(outcome.changed) >= 1


def test_columns_are_those_of_the_example(engine: Engine) -> None:
    unit_id = an_office(engine)
    for kind in HANDED_OUT:
        assert written(engine, kind, unit_id)[0] == template_table(kind)[0]


def test_a_roster_of_closed_months_may_stand_in_the_sheet_unchanged(engine: Engine) -> None:
    unit_id = a_full_office(engine)
    close(engine, unit_id)
    outcome = take(engine, SheetKind.DUTIES, as_csv(written(engine, SheetKind.DUTIES, unit_id)))
    assert (outcome.added, outcome.unchanged) == ((), 7)


def test_a_duty_sheet_uploaded_twice_makes_one_batch(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.DUTIES, DUTIES)
    before = len(rows_of(engine, "duty_batch")), len(rows_of(engine, "duty"))
    again = take(engine, SheetKind.DUTIES, DUTIES)
    assert (again.added, again.unchanged) == ((), 9)
    assert (len(rows_of(engine, "duty_batch")), len(rows_of(engine, "duty"))) == before


def test_what_is_over_is_not_written(engine: Engine) -> None:
    unit_id = a_full_office(engine)
    officers = written(engine, SheetKind.OFFICERS, unit_id)
    assert [(row[2], row[4]) for row in officers[1:]] == [
        ("Ahmad", "Kepala seksi"),
        ("Budi", "Tenaga loket"),
        ("Sari, S.E.", "Arsip"),
        ("Sari, S.E.", "Operator"),
    ]
    duties = written(engine, SheetKind.DUTIES, unit_id)
    assert {row[6] for row in duties[1:] if row[0] == "L2"} == {"2026-02-02", ""}


def test_a_hall_is_nobodys_duty_even_if_it_once_was(engine: Engine) -> None:
    unit_id = a_full_office(engine)
    take(engine, SheetKind.DESKS, "KODE;NAMA;JENIS\nL2;Loket 2;RUANG")
    table = written(engine, SheetKind.DUTIES, unit_id)
    assert {row[0] for row in table[1:]} == {"L1"}
    assert take(engine, SheetKind.DUTIES, as_csv(table)).added == ()


@pytest.mark.parametrize("form", FORMS)
def test_names_that_look_like_formulas_come_back_as_they_were(engine: Engine, form: str) -> None:
    unit_id = an_office(engine)
    name = "=HYPERLINK('x')"
    with writing(engine) as session:
        session.exec(select(Service)).first().name = name  # type: ignore[union-attr]
        session.exec(select(Desk)).first().about = "'=2+5"  # type: ignore[union-attr]
    for kind in (SheetKind.SERVICES, SheetKind.DESKS):
        outcome = take(engine, kind, FORMS[form](written(engine, kind, unit_id)))
        assert (outcome.added, outcome.changed) == ((), ())


def runs(cell: str) -> bool:
    """Say whether a spreadsheet program would run a cell of CSV."""
    return cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


def cells_of_csv(data: bytes) -> list[str]:
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return [cell for row in csv.reader(text, delimiter=";") for cell in row]


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_no_cell_of_csv_runs(beginning: str) -> None:
    table = [["NAMA"], [f"{beginning}1+1"]]
    assert not any(map(runs, cells_of_csv(as_csv(table))))


def test_a_cell_that_would_run_is_noticed() -> None:
    assert runs("=1+1")
    assert any(map(runs, cells_of_csv(b"NAMA\r\n=1+1\r\n")))


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_every_cell_of_a_workbook_is_text(beginning: str) -> None:
    data = as_workbook([["NAMA"], [f"{beginning}1+1"]], "Lembar")
    with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
        rows = book.get_sheet_by_index(0).to_python()
    assert rows[1][0] == f"{beginning}1+1"
    assert b"<f>" not in part(data, "xl/worksheets/sheet1.xml")


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_any_cell_survives_the_way_out_and_in(text: str) -> None:
    assert plain_cell(harmless_cell(text)) == text
    sheet = read_sheet(as_csv([["NAMA", "X"], [text, "x"]]), [Column("NAMA"), Column("X")])
    assert sheet.rows[0].cells["NAMA"] in {text.strip(), plain_cell(harmless_cell(text).strip())}


def test_the_sheet_of_a_branch_names_nobody_beyond_it(engine: Engine) -> None:
    a_full_office(engine)
    with reading(engine) as session:
        below = unit_with(session, "KEC-A").id or 0
    assert [row[0] for row in written(engine, SheetKind.UNITS, below)[1:]] == ["KEC-A", "KEC-B"]
    assert UNIT not in [row[0] for row in written(engine, SheetKind.UNITS, below)]


def test_units_keep_their_order_when_one_was_changed(engine: Engine) -> None:
    unit_id = a_full_office(engine)
    before = [row[0] for row in written(engine, SheetKind.UNITS, unit_id)]
    with writing(engine) as session:
        unit_with(session, "KEC-A").name = "Kecamatan A yang baru"
    assert [row[0] for row in written(engine, SheetKind.UNITS, unit_id)] == before


def test_worked_examples_of_formula_cells_hold() -> None:
    assert doctest.testmod(formula_cells).failed == 0
