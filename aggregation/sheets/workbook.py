"""Workbooks (XLSX) read to the texts that a reader of the sheet would see."""

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from aggregation.sheets.grid import Grid, GridRow
from aggregation.sheets.workbook_extent import require_bounded
from aggregation.sheets.workbook_parts import WorkbookDamaged, pack, unpack

_DIGITS_A_CELL_KEEPS = 15

CellValue = int | float | str | bool | time | date | datetime | timedelta


def workbook_grids(data: bytes) -> Iterator[Grid]:
    """Read each worksheet, from its first row on, so that line numbers are row numbers.

    Raises
    ------
    WorkbookDamaged
        If it is no readable workbook.
    WorkbookTooLarge
        If it would unpack to more than an office's sheet can hold.
    """
    parts = unpack(data)
    require_bounded(parts.values())
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(pack(parts))) as book:
            sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
            yield from map(_grid, sheets)
    except CalamineError as error:
        raise WorkbookDamaged from error


def _grid(sheet: CalamineSheet) -> Grid:
    rows = sheet.to_python(skip_empty_area=False)
    return Grid(
        sheet.name,
        tuple(
            GridRow(line, tuple(map(cell_text, cells))) for line, cells in enumerate(rows, start=1)
        ),
    )


def cell_text(value: CellValue) -> str:
    """Write a cell's value as text.

    Parameters
    ----------
    value
        As the workbook holds it: every number there is a float.

    Notes
    -----
    Whole numbers lose their ".0". A spreadsheet cell keeps 15 digits, so a longer number, such
    as a NIP typed as a number, has lost its end: it comes out as 1.98001012005011e+17, which no
    reader takes for a NIP. Dates are YYYY-MM-DD, times HH:MM.

    Examples
    --------
    >>> cell_text(4.0), cell_text(3.5), cell_text(" Ani ")
    ('4', '3.5', 'Ani')
    """
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        return f"{value:.{_DIGITS_A_CELL_KEEPS}g}"
    if isinstance(value, date | time):
        return _time_text(value)
    return str(value).strip()


def _time_text(value: date | time) -> str:
    if isinstance(value, time):
        return value.isoformat("minutes")
    if isinstance(value, datetime) and value.time() != time():
        return value.isoformat(" ", "minutes")
    return value.strftime("%Y-%m-%d")
