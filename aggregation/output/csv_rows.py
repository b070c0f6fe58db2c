"""Rows as a CSV file: plain RFC 4180 in UTF-8, and nothing that a spreadsheet would run."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

_FORMULA_BEGINS_WITH = ("=", "+", "-", "@", "\t", "\r")

Cell = str | int | Decimal | None


def csv_rows(columns: Sequence[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    """Write rows below their columns; a text that begins like a formula is quoted by a ``'``."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow([_harmless(column) for column in columns])
    for row in rows:
        writer.writerow([_harmless(cell) for cell in row])
    return out.getvalue().encode()


def _harmless(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_FORMULA_BEGINS_WITH):
        return f"'{cell}"
    return str(cell)
