from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.sheets.delimited_text import QuotesUnpaired, TextNotReadable
from aggregation.sheets.formula_cells import plain_cell
from aggregation.sheets.grid import SheetTooLarge, SheetUnreadable
from aggregation.sheets.header import Column, ColumnTwice, HeaderMissing
from aggregation.sheets.sheet import FormatUnknown, SeveralTables, Sheet, SheetEmpty, read_sheet
from aggregation.sheets.workbook_parts import WorkbookDamaged
from tests.spreadsheets import Cell, archive_of, csv_file, xlsx_file

NAMES = [
    Column("NIP"),
    Column("NAMA", also=("Nama Petugas",)),
    Column("LOKET", required=False),
]
TABLE = [["NIP", "NAMA", "LOKET"], ["1980", "Ani", "1"], ["1981", "Budi", "2"]]


def cells_of(sheet: Sheet) -> list[list[str]]:
    return [list(row.cells.values()) for row in sheet.rows]


def lines_of(sheet: Sheet) -> list[int]:
    return [row.line for row in sheet.rows]


# One table, however it was saved.


@pytest.mark.parametrize("separator", [";", "\t", ",", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_csv_reads_the_same(separator: str, newline: str, encoding: str) -> None:
    sheet = read_sheet(csv_file(TABLE, separator, newline, encoding), NAMES)
    assert cells_of(sheet) == TABLE[1:]
    assert (sheet.header_line, lines_of(sheet)) == (1, [2, 3])


def test_a_workbook_reads_like_the_csv() -> None:
    assert read_sheet(xlsx_file(TABLE), NAMES) == read_sheet(csv_file(TABLE), NAMES)


def test_letters_of_older_windows_programs_are_read() -> None:
    sheet = read_sheet(csv_file([["NIP", "NAMA"], ["1", "José–Ñ"]], encoding="cp1252"), NAMES)
    assert sheet.rows[0].cells["NAMA"] == "José–Ñ"


def test_a_header_is_found_below_titles_whatever_its_case_and_spaces() -> None:
    titles: list[list[str]] = [["DAFTAR PETUGAS"], [], ["Dinas", "Dukcapil"], []]
    header = ["No.", " nip ", "nama  PETUGAS", "Loket:", "Catatan"]
    rows = [*titles, header, ["1", "1980", "Ani", "3", "x"]]
    for data in (csv_file(rows, ";"), xlsx_file(rows)):
        sheet = read_sheet(data, NAMES)
        assert (sheet.header_line, sheet.header) == (5, ("NIP", "NAMA", "LOKET"))
        assert (lines_of(sheet), cells_of(sheet)) == ([6], [["1980", "Ani", "3"]])
        assert sheet.rows[0].first == "1"


def test_excels_separator_line_is_a_title_like_any_other() -> None:
    data = b"sep=;\r\n" + csv_file(TABLE, ";", "\r\n")
    assert lines_of(read_sheet(data, NAMES)) == [3, 4]


def test_blank_lines_are_left_out_and_still_counted() -> None:
    rows = [TABLE[0], [], TABLE[1], ["", " ", ""], TABLE[2], []]
    assert lines_of(read_sheet(csv_file(rows), NAMES)) == [3, 5]
    assert lines_of(read_sheet(xlsx_file(rows), NAMES)) == [3, 5]


def test_a_line_is_where_its_row_begins_in_the_text() -> None:
    rows = [TABLE[0], ["1980", "Ani\nbinti\nBudi", "1"], TABLE[2]]
    assert lines_of(read_sheet(csv_file(rows), NAMES)) == [2, 5]


def test_a_column_that_is_not_required_may_be_missing() -> None:
    sheet = read_sheet(csv_file([["NIP", "NAMA"], ["1980"]]), NAMES)
    assert sheet.rows[0].cells == {"NIP": "1980", "NAMA": ""}


def test_a_single_column_needs_no_separator() -> None:
    assert cells_of(read_sheet(b"Nip\n1980\n", [Column("NIP")])) == [["1980"]]


def test_a_title_that_names_a_column_does_not_decide_the_separator() -> None:
    wanted = [Column("NIP"), Column("NAMA", required=False)]
    sheet = read_sheet(b"NIP\nNIP;NAMA\n1980;Ani, S.Kom\n", wanted)
    assert sheet.rows[-1].cells["NIP"] in {"1980", "1980;Ani, S.Kom"}


def test_a_cell_beyond_the_header_is_told() -> None:
    sheet = read_sheet(csv_file([["NIP", "NAMA"], ["1", "Ani", "", "x"], ["2", "Budi", ""]]), NAMES)
    assert [row.overflows for row in sheet.rows] == [True, False]


def test_values_of_a_workbook_become_the_texts_one_sees() -> None:
    day, moment = date(2026, 10, 5), datetime(2026, 10, 5, 9, 30)  # noqa: DTZ001 - a cell's
    rows: list[list[Cell]] = [
        ["NIP", "NAMA"],
        [4, 3.5],
        [True, day],
        [moment, " Ani "],
        [198001012005011003, "198001012005011003"],
        ["0.1", 0.1],
        [time(8, 5), "04"],
    ]
    assert cells_of(read_sheet(xlsx_file(rows), NAMES)) == [
        ["4", "3.5"],
        ["TRUE", "2026-10-05"],
        ["2026-10-05 09:30", "Ani"],
        ["1.98001012005011e+17", "198001012005011003"],
        ["0.1", "0.1"],
        ["08:05", "04"],
    ]


def test_other_worksheets_do_not_matter_unless_they_hold_such_a_table() -> None:
    with_notes = xlsx_file(TABLE, Catatan=[["Petunjuk"]], Kosong=[TABLE[0]])
    assert cells_of(read_sheet(with_notes, NAMES)) == TABLE[1:]
    with pytest.raises(SeveralTables, match="“Data”, “Februari”"):
        read_sheet(xlsx_file(TABLE, Februari=TABLE), NAMES)


# What cannot be read says why and what to do.


@pytest.mark.parametrize(
    ("data", "fact", "says"),
    [
        (b"", SheetEmpty, "kosong"),
        (b" \r\n\t\n", SheetEmpty, "kosong"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", FormatUnknown, "XLS lama"),
        (b"%PDF-1.7", FormatUnknown, "PDF"),
        (b"{\\rtf1}", FormatUnknown, "Simpan sebagai XLSX atau CSV"),
        (b"NIP;NAMA\n\x81\x8d\x8f;Ani", TextNotReadable, "bukan teks"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", SheetUnreadable, "coba lagi"),
        (b"\xff\xfe\x00\x01\x02", TextNotReadable, "bukan teks"),
        (b"apa;saja\n1;2\n", HeaderMissing, "Tidak ada baris judul dengan kolom NIP, NAMA"),
        (b"x\ny\nNIP;LOKET\n1;2\n", HeaderMissing, "Baris 3: judul tidak memuat kolom NAMA"),
        (b"x\nNIP;NAMA;nip\n1;2\n", ColumnTwice, "Baris 2: judul kolom NIP ada dua kali"),
        (b'NIP;NAMA\n1;Ani\n2;"Budi\n3;C\n', QuotesUnpaired, "Baris 3: tanda kutip"),
        (b'NIP;NAMA\n1;"Ani" S\n', QuotesUnpaired, "Baris 2"),
        (b"NIP;NAMA\n1;" + b"x" * 200_000, QuotesUnpaired, "Baris 2"),
        (b"PK\x03\x04 and nothing more", WorkbookDamaged, "simpan ulang sebagai XLSX"),
        (archive_of([("content.xml", b"<ods/>")]), WorkbookDamaged, "bukan XLSX"),
        (xlsx_file(TABLE)[:-40], WorkbookDamaged, "rusak"),
        (b"x" * (2 * 1024 * 1024 + 1), SheetTooLarge, "2 MB"),
    ],
)
def test_a_file_that_is_no_sheet_is_refused_with_advice(
    data: bytes, fact: type[SheetUnreadable], says: str
) -> None:
    with pytest.raises(fact, match=says):
        read_sheet(data, NAMES)


@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    with suppress(SheetUnreadable):
        assert "NIP" in read_sheet(data, NAMES).header


CELLS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12)


@given(
    st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=6),
    st.sampled_from([";", "\t", ",", "|"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_what_was_written_is_read(
    rows: Sequence[Sequence[str]], separator: str, newline: str
) -> None:
    sheet = read_sheet(csv_file([TABLE[0], *rows], separator, newline), NAMES)
    stripped = [[plain_cell(cell.strip()) for cell in row] for row in rows]
    assert cells_of(sheet) == [row for row in stripped if any(row)]
