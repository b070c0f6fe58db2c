"""Tables written as files that spreadsheet programs open, and that a reader here takes back.

A cell that a program would run as a formula is kept from it: in CSV by an apostrophe before it,
in a workbook because every cell is text.
"""

import csv
import io
from collections.abc import Sequence

from xlsxwriter import Workbook

from aggregation.sheets.formula_cells import harmless_cell

Table = Sequence[Sequence[str]]
"""Rows of texts, the header first."""

_SEPARATOR = ";"
_WIDTH = 22


def as_csv(table: Table) -> bytes:
    """Write a table as CSV that Indonesian spreadsheet programs open by a double click."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, delimiter=_SEPARATOR, lineterminator="\r\n")
    writer.writerows([harmless_cell(cell) for cell in row] for row in table)
    return written.getvalue().encode("utf-8-sig")


def as_workbook(table: Table, name: str) -> bytes:
    """Write a table as a workbook; its cells are text, so that no NIP becomes a number.

    Parameters
    ----------
    name
        Of its one worksheet, up to 31 characters.
    """
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet(name)
        text = book.add_format({"num_format": "@"})
        sheet.set_column(0, len(table[0]) - 1, _WIDTH, text)
        sheet.freeze_panes(1, 0)
        for line, cells in enumerate(table):
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell)
    return written.getvalue()
