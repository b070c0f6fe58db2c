"""Reads any spreadsheet handed in: CSV or XLSX to rows with named cells and true line numbers.

Title rows above the header do not matter, nor the case and spacing of column names, nor columns
nobody asked for. The readers of officers, duties, visits and questionnaires build on this.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregation.sheets.delimited_text import text_grids
from aggregation.sheets.grid import LARGEST_FILE, Grid, GridRow, SheetTooLarge, SheetUnreadable
from aggregation.sheets.header import (
    Column,
    columns_of,
    header_missing,
    is_header,
    known_names,
    require_distinct,
)
from aggregation.sheets.workbook import workbook_grids

_WORKBOOK_MARK = b"PK\x03\x04"
_OTHER_FORMATS = {
    b"\xd0\xcf\x11\xe0": "Berkas ini XLS lama atau XLSX yang terkunci sandi.",
    b"%PDF": "Berkas ini PDF.",
    b"{\\rtf": "Berkas ini dokumen, bukan spreadsheet.",
}


class SheetEmpty(SheetUnreadable):
    """The file holds nothing."""


class FormatUnknown(SheetUnreadable):
    """The file is something else than CSV or XLSX."""


class SeveralTables(SheetUnreadable):
    """More than one worksheet holds such a table; reading only one would lose the others."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row below the header that is not blank.

    Attributes
    ----------
    line
        Line of a text file on which the row begins, or row of a workbook; from 1.
    cells
        Column name → text without surrounding blanks, "" if empty, for the header's columns.
    first
        Text of the row's first filled cell, under whatever column; where labels stand.
    overflows
        Whether a cell stands beyond the header's last one: in a comma-separated file the sign
        of an unquoted decimal comma, which shifts all that follows.
    """

    line: int
    cells: Mapping[str, str]
    first: str
    overflows: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """The table of a file.

    Attributes
    ----------
    header_line
        Where the header stands; from 1.
    header
        The columns found, in the file's order, by the names they were looked for.
    rows
        Rows below the header, without blank ones.
    """

    header_line: int
    header: tuple[str, ...]
    rows: tuple[Row, ...]


def read_sheet(data: bytes, wanted: Sequence[Column]) -> Sheet:
    """Read the one table of a CSV or XLSX file.

    Parameters
    ----------
    data
        The file, up to 2 MB. CSV may be UTF-8, UTF-16 or cp1252, with any line ends, and
        separated by semicolons, tabs, commas or bars.
    wanted
        The columns to look for. The first row that holds all required ones is the header.

    Raises
    ------
    SheetUnreadable
        Saying in Indonesian what to do. Its kinds: too large, empty, another format, damaged,
        quotation marks unpaired, no header, a column twice, several tables.
    """
    _require_sheet(data)
    if data.startswith(_WORKBOOK_MARK):
        return _only_table(_tables(list(workbook_grids(data)), wanted))
    tables = _tables(list(text_grids(data)), wanted)
    # The right separator is the one that shows the most of the columns looked for.
    return max(tables.values(), key=lambda sheet: len(sheet.header))


def _require_sheet(data: bytes) -> None:
    if len(data) > LARGEST_FILE:
        message = "Berkas lebih besar dari 2 MB. Bagi menjadi beberapa berkas."
        raise SheetTooLarge(message)
    if not data.strip():
        message = "Berkas ini kosong. Pilih berkas yang berisi tabel."
        raise SheetEmpty(message)
    for mark, meaning in _OTHER_FORMATS.items():
        if data.startswith(mark):
            message = f"{meaning} Simpan sebagai XLSX atau CSV tanpa sandi, lalu coba lagi."
            raise FormatUnknown(message)


def _only_table(tables: Mapping[str, Sheet]) -> Sheet:
    filled = {name: sheet for name, sheet in tables.items() if sheet.rows} or tables
    if len(filled) > 1:
        names = ", ".join(f"“{name}”" for name in filled)
        message = f"Lembar {names} berisi tabel yang sama. Sisakan satu lembar per berkas."
        raise SeveralTables(message)
    return next(iter(filled.values()))


def _tables(grids: Sequence[Grid], wanted: Sequence[Column]) -> Mapping[str, Sheet]:
    """Return the table of each grid that shows one, at least one.

    Raises
    ------
    SheetUnreadable
        Why there is none, or what stopped the reading.
    """
    tables = {grid.name: sheet for grid in grids if (sheet := _table(grid, wanted))}
    if not tables:
        broken = [grid.broken for grid in grids if grid.broken]
        raise broken[0] if broken else header_missing(grids, wanted)
    return tables


def _table(grid: Grid, wanted: Sequence[Column]) -> Sheet | None:
    names = known_names(wanted)
    for place, row in enumerate(grid.rows):
        columns = columns_of(row, names)
        if is_header(columns, wanted):
            require_distinct(row, columns)
            if grid.broken:
                raise grid.broken
            below = tuple(r for r in grid.rows[place + 1 :] if not r.is_blank)
            rows = tuple(_row(r, columns, len(row.cells)) for r in below)
            return Sheet(row.line, tuple(columns.values()), rows)
    return None


def _row(row: GridRow, columns: Mapping[int, str], width: int) -> Row:
    filled = {place: cell for place, cell in enumerate(row.cells) if cell}
    return Row(
        row.line,
        {name: filled.get(place, "") for place, name in columns.items()},
        next(iter(filled.values())),
        any(place >= width for place in filled),
    )
