"""Spreadsheets as offices hand them in."""

import csv
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

import xlsxwriter

Cell = str | int | float | bool | date | datetime | time | None
Cells = Sequence[Sequence[Cell]]

DISTRICT_HEADER = [
    "NO", "TANGGAL", "JAM", "USIA", "JENIS KELAMIN", "PENDIDIKAN", "PEKERJAAN",
    "U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9", "SARAN",
]  # fmt: skip


def district_row(number: int, ratings: Sequence[Cell], comment: str = "") -> list[Cell]:
    return [number, "2026-10-05", "09:30", 34, "P", "SMA", "wirausaha", *ratings, comment]


def csv_file(
    rows: Cells, separator: str = ",", newline: str = "\n", encoding: str = "utf-8"
) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=newline).writerows(rows)
    return text.getvalue().encode(encoding)


def xlsx_file(rows: Cells, **other_sheets: Cells) -> bytes:
    file = io.BytesIO()
    formats = {"default_date_format": "yyyy-mm-dd", "in_memory": True}
    with xlsxwriter.Workbook(file, formats) as book:
        for name, content in {"Data": rows, **other_sheets}.items():
            sheet = book.add_worksheet(name)
            for place, cells in enumerate(content):
                sheet.write_row(place, 0, cells)
    return file.getvalue()


def with_parts(workbook: bytes, changes: Mapping[str, bytes]) -> bytes:
    """The same archive with some parts replaced or added."""
    return archive_of({**_parts(workbook), **changes}.items())


def part(workbook: bytes, name: str) -> bytes:
    return _parts(workbook)[name]


def archive_of(parts: Iterable[tuple[str, bytes]]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(name, content)
    return file.getvalue()


def _parts(workbook: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}
