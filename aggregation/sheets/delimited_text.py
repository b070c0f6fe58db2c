"""Text files of rows: CSV as spreadsheet programs write it, whatever their settings."""

import csv
import io
from collections.abc import Iterator

from aggregation.sheets.formula_cells import plain_cell
from aggregation.sheets.grid import Grid, GridRow, SheetTooLarge, SheetUnreadable

SEPARATORS = (";", "\t", ",", "|")

MOST_COLUMNS = 1_000
"""Cells of a line; a separator that makes more of it is not the table's."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOOK = 400


class TextNotReadable(SheetUnreadable):
    """The bytes are no text in an encoding that offices use."""


class LineTooWide(SheetTooLarge):
    """A line has more cells than any office's table has columns."""


class QuotesUnpaired(SheetUnreadable):
    """A quotation mark opens a cell and does not close it where the cell ends."""


def text_grids(data: bytes) -> Iterator[Grid]:
    """Read the text once with each separator; the caller knows which one shows a header.

    Raises
    ------
    TextNotReadable
        If the bytes are no text.
    """
    text = _decode(data)
    for separator in [mark for mark in SEPARATORS if mark in text] or SEPARATORS[:1]:
        yield _split(text, separator)


def _decode(data: bytes) -> str:
    """Decode UTF-8 with or without a mark, UTF-16, or the code page of older Windows programs."""
    if data.startswith(_UTF16_MARKS):
        encodings = ["utf-16"]
    elif b"\0" in data[:_LOOK]:
        encodings = ["utf-16-le" if b"\0" in data[1:_LOOK:2] else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    message = "Berkas ini bukan teks CSV. Simpan sebagai XLSX atau CSV UTF-8, lalu coba lagi."
    raise TextNotReadable(message)


def _split(text: str, separator: str) -> Grid:
    # newline="" leaves line ends to the reader, which knows that a quoted cell may hold some.
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    rows: list[GridRow] = []
    broken: SheetUnreadable | None = None
    begins = 1
    try:
        for cells in reader:
            if len(cells) > MOST_COLUMNS:
                message = (
                    f"Baris {begins} berisi lebih dari {MOST_COLUMNS} sel. Hapus kolom kosong."
                )
                broken = LineTooWide(message)
                break
            rows.append(GridRow(begins, tuple(plain_cell(cell.strip()) for cell in cells)))
            begins = reader.line_num + 1
    except csv.Error:
        message = (
            f"Baris {begins}: tanda kutip tidak berpasangan, atau isi sel terlalu panjang. "
            "Perbaiki baris itu atau simpan sebagai XLSX."
        )
        broken = QuotesUnpaired(message)
    return Grid(separator, tuple(rows), broken)
