"""Open data: a unit's publications as tidy rows, and the dictionary of their columns.

Hidden cells have a row that says so. Text that a spreadsheet would take for a formula begins with
an apostrophe.
"""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from survey.language import worded
from survey.published_cuts import cell_words
from survey.published_document import CellFigure, PublishedDocument
from survey.questionnaire import Element

INDEX = "IKM"
WHOLE, EVERYBODY = "WHOLE", "*"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Column(NamedTuple):
    """A column of the data: its name, what it means, how it is written."""

    name: str
    meaning: str
    form: str


COLUMNS = (
    Column("unit", worded("Kode unit pelayanan"), worded("huruf besar, angka, tanda hubung")),
    Column(
        "periode",
        worded("Bulan, triwulan, semester, atau tahun survei"),
        "2026-10, 2026-Q3, 2026-S2, 2026",
    ),
    Column("terbitan", worded("Nomor terbitan; yang terbaru berlaku"), worded("bilangan, mulai 1")),
    Column(
        "potongan",
        worded("Menurut apa kuesioner dibagi; hanya satu pada satu waktu"),
        "WHOLE, SERVICE, CHANNEL, TIME, SEX, EDUCATION",
    ),
    Column(
        "sel",
        worded("Bagian dari potongan; kosong berarti tidak diketahui, * berarti semua"),
        worded("kode layanan, jalur, hari-jam (1-1 = Senin pagi), jawaban profil"),
    ),
    Column("nama_sel", worded("Nama bagian itu dalam bahasa Indonesia"), worded("teks")),
    Column(
        "keadaan",
        worded("shown: ditampilkan; hidden: disembunyikan agar tidak seorang pun dikenali"),
        "shown, hidden",
    ),
    Column(
        "unsur",
        worded("IKM untuk kesembilan unsur bersama, atau satu unsur"),
        ", ".join([INDEX, *(element.value for element in Element)]),
    ),
    Column("n", worded("Kuesioner lengkap; kosong bila disembunyikan"), worded("bilangan")),
    Column(
        "rata_rata",
        worded("Nilai rata-rata unsur; kosong pada baris IKM"),
        worded("1.00 sampai 4.00, titik desimal"),
    ),
    Column("indeks", worded("25 kali nilai rata-rata"), worded("25.00 sampai 100.00")),
)


def data_csv(publications: Iterable[tuple[int, PublishedDocument]]) -> str:
    """Return publications, each with its issue's number, as CSV with a head.

    Commas part the columns, points the decimals; lines end with CR and LF (RFC 4180).
    """
    rows = (row for issue, document in publications for row in rows_of(issue, document))
    return _csv([column.name for column in COLUMNS], rows)


def dictionary_csv(say: Iterable[Column]) -> str:
    """Return the dictionary of the columns as CSV, in the words of a language."""
    return _csv(["kolom", "arti", "bentuk"], (list(column) for column in say))


def rows_of(issue: int, document: PublishedDocument) -> Iterator[list[str]]:
    """Yield the rows of a publication: its whole, then cut by cut."""
    own = [document.unit_code, document.period, str(issue)]
    yield from (
        [*own, WHOLE, EVERYBODY, "", "shown", *row]
        for row in _figures(document.n, document.index, _elements(document))
    )
    for cut, cells in document.cuts.items():
        for cell in cells:
            yield from ([*own, cut.value, *row] for row in _cell_rows(cell_words(cut, cell), cell))


def _elements(document: PublishedDocument) -> list[tuple[Element, Decimal, Decimal]]:
    return [(figure.element, figure.mean, figure.index) for figure in document.elements]


def _cell_rows(name: str, cell: CellFigure) -> Iterator[list[str]]:
    own = [cell.cell, name]
    if cell.n is None:
        yield [*own, "hidden", INDEX, "", "", ""]
        return
    elements = [(element, mean, cell.indices[element]) for element, mean in cell.means.items()]
    yield from ([*own, "shown", *row] for row in _figures(cell.n, cell.index, elements))


def _figures(
    n: int, index: Decimal | None, elements: Sequence[tuple[Element, Decimal, Decimal]]
) -> Iterator[list[str]]:
    yield [INDEX, str(n), "", "" if index is None else str(index)]
    yield from ([each.value, str(n), str(mean), str(points)] for each, mean, points in elements)


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    writer.writerows([_as_text(value) for value in row] for row in rows)
    return text.getvalue()


def _as_text(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value
