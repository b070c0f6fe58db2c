"""Files that are malformed, hostile or merely odd, handed in over the page.

Each is answered by a page that says what to do, never by an error of ours; nothing of it is kept,
and no answer takes long or fills the memory.
"""

import io
import re
import time
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

import pytest
from flask import Flask
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from aggregation.office.sheet_template import SheetKind, template_table
from aggregation.sheets import workbook_parts
from aggregation.sheets.grid import LARGEST_FILE, SheetUnreadable
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import read_sheet
from tests.office_factories import OFFICERS, an_office, duty_sheet
from tests.record_factories import everything_in
from tests.sheet_pages import complaints_on, confirm, operator, said_on, upload
from tests.spreadsheets import Cells, archive_of, csv_file, part, with_parts, xlsx_file
from tests.staff_factories import staff

MEGABYTE = 1024 * 1024
LONGEST_ANSWER = 20.0
"""Seconds, on a machine that runs other tests beside."""
MOST_MEMORY = 120 * MEGABYTE
"""Bytes that refusing one hostile file may take at its height."""

HEADER = ["KODE", "NAMA", "AKTIF"]
TABLE: Cells = [HEADER, ["KIA", "Kartu anak", "YA"], ["IKD", "Identitas digital", "YA"]]
WORKSHEET = "xl/worksheets/sheet1.xml"
BOOK = xlsx_file(TABLE)


@cache
def a_bomb() -> bytes:
    """A workbook of a few hundred kilobytes that unpacks to hundreds of megabytes of blanks."""
    file = io.BytesIO(BOOK)
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for number in range(16):
            archive.writestr(f"xl/worksheets/sheet{number + 9}.xml", b" " * (16 * MEGABYTE))
    return file.getvalue()


def a_small_bomb() -> bytes:
    """Forty-two kilobytes that say they are small, and are forty-two megabytes."""
    squeezed = zlib.compress(b" " * (42 * MEGABYTE), 9)[2:-4]
    whole = with_parts(BOOK, {WORKSHEET: b" " * (42 * MEGABYTE)})
    assert len(whole) < 60_000
    assert squeezed in whole
    size = (42 * MEGABYTE).to_bytes(4, "little")
    return whole.replace(size, (1000).to_bytes(4, "little"))


def nested(levels: int = 5) -> bytes:
    """An archive in an archive in an archive."""
    inner = BOOK
    for level in range(levels):
        inner = archive_of([(f"level{level}.zip", inner), (f"copy{level}.zip", inner)])
    return inner


def worksheet(rows: str, before: str = "") -> bytes:
    """A workbook whose one worksheet is written by hand."""
    text = f'<?xml version="1.0"?>{before}<worksheet><sheetData>{rows}</sheetData></worksheet>'
    return with_parts(BOOK, {WORKSHEET: text.encode()})


def row(*cells: str, line: int = 1) -> str:
    inside = "".join(f'<c t="inlineStr"><is><t>{cell}</t></is></c>' for cell in cells)
    return f'<row r="{line}">{inside}</row>'


def absolute_paths() -> bytes:
    with zipfile.ZipFile(io.BytesIO(BOOK)) as archive:
        parts = [(name, archive.read(name)) for name in archive.namelist()]
    return archive_of([*parts, ("/etc/cron.d/x", b"* * * * * root x"), ("../../x.xml", b"<x/>")])


def encrypted_bit() -> bytes:
    """A workbook whose parts say they are locked."""
    data = bytearray(BOOK)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


EXTERNAL = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha ha ha ha ha ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)

DAMAGED = "Berkas ini bukan XLSX, rusak, atau terkunci sandi"
TOO_LARGE = "Isi berkas XLSX ini terlalu besar"
HEADER_MISSING = "judul"
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "Berkas ini kosong"),
    "blanks": (lambda: b" \r\n\t" * 100, "Berkas ini kosong"),
    "a byte too many": (
        lambda: b"KODE;NAMA\n" + b"x" * (LARGEST_FILE - 9),
        "lebih besar dari 2 MB",
    ),
    "three megabytes": (lambda: b"x" * 3 * MEGABYTE, "lebih besar dari 2 MB"),
    "a bomb": (a_bomb, TOO_LARGE),
    "a bomb that lies": (a_small_bomb, DAMAGED),
    "nested archives": (nested, DAMAGED),
    "an archive of an archive": (lambda: archive_of([("book.xlsx", BOOK)]), DAMAGED),
    "external entity": (lambda: worksheet(row("&a;"), EXTERNAL), DAMAGED),
    "a billion laughs": (lambda: worksheet(row("&i;"), LAUGHS), DAMAGED),
    "external document type": (
        lambda: worksheet(row("x"), '<!DOCTYPE x SYSTEM "http://127.0.0.1/x.dtd">'),
        DAMAGED,
    ),
    "a million columns": (
        lambda: worksheet(f'<row r="1"><c r="A1"><v>1</v></c>{"<c/>" * 1_000_000}'
                          "<c><v>1</v></c></row>"),
        TOO_LARGE,
    ),
    "the last cell": (
        lambda: worksheet(row(*HEADER) + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'),
        TOO_LARGE,
    ),
    "a million columns of text": (lambda: b";" * 1_000_000 + b"\n", "lebih dari 1000 sel"),
    "a truncated workbook": (lambda: BOOK[: len(BOOK) // 2], DAMAGED),
    "a workbook without its end": (lambda: BOOK[:-30], DAMAGED),
    "locked parts": (encrypted_bit, DAMAGED),
    "a locked workbook": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "sandi"),
    "an old workbook": (lambda: b"\xd0\xcf\x11\xe0" + b"Workbook" * 90, "XLS lama"),
    "html named xls": (
        lambda: b"<html><table><tr><td>KODE</td><td>NAMA</td></tr></table></html>",
        "Tidak ada baris judul",
    ),
    "an open document": (
        lambda: archive_of([("content.xml", b"<office:document-content/>")]), DAMAGED,
    ),
    "pdf": (lambda: b"%PDF-1.7\n1 0 obj", "Berkas ini PDF"),
    "picture": (lambda: b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0", ""),
    "program": (lambda: b"MZ\x90\0\3\0\0\0" * 100, ""),
    "zero bytes": (lambda: b"KODE;NAMA\nKI\0A;Kartu\0 anak\n", "bukan teks"),
    "half of utf-16": (lambda: "KODE;NAMA\nKIA;x".encode("utf-16")[:-1], "bukan teks"),
    "half a surrogate": (lambda: b"\xff\xfe" + "KODE;NAMA\n".encode("utf-16-le") + b"\x00\xd8",
                         "bukan teks"),
    "a quotation mark that never closes": (lambda: b'KODE;NAMA\nKIA;"Kartu\n' * 50, "tanda kutip"),
    "a cell of a megabyte": (lambda: b"KODE;NAMA\nKIA;" + b"x" * MEGABYTE, "terlalu panjang"),
    "a column twice": (lambda: csv_file([["KODE", "NAMA", "Nama"], ["K", "a", "b"]]), "dua kali"),
    "a column missing": (lambda: csv_file([["KODE", "AKTIF"], ["K", "YA"]]), "kolom NAMA"),
    "no header": (lambda: csv_file(TABLE[1:]), "Tidak ada baris judul"),
    "two tables": (lambda: xlsx_file(TABLE, Februari=TABLE), "Sisakan satu lembar"),
    "parts twice": (
        lambda: with_parts(BOOK, {"XL/Worksheets/Sheet1.xml": part(BOOK, WORKSHEET)}), DAMAGED,
    ),
    "five hundred parts": (
        lambda: archive_of((f"xl/p{number}.xml", b"<x/>") for number in range(501)), TOO_LARGE,
    ),
    "utf-7 in disguise": (
        lambda: with_parts(BOOK, {WORKSHEET: b'<?xml version="1.0" encoding="utf-7"?><x/>'}),
        "",
    ),
}  # fmt: skip
COMPLAINED: dict[str, tuple[Callable[[], bytes], str]] = {
    "a formula without a value": (
        lambda: worksheet(row(*HEADER) + '<row r="2"><c t="inlineStr"><is><t>KIA</t></is></c>'
                          '<c><f>1+1</f></c></row>'),
        "kosong",
    ),
    "a code that is a formula": (lambda: csv_file([HEADER, ["=1+1", "x", "YA"]]), "bukan kode"),
    "a long name": (lambda: xlsx_file([HEADER, ["KIA", "x" * 32_000, "YA"]]), "terlalu panjang"),
    "unseen signs": (lambda: csv_file([HEADER, ["KIA", "Kar\u202etu", "YA"]]), "tidak terlihat"),
    "a shifted line": (lambda: b"KODE;NAMA;AKTIF\nKIA;Kartu;YA;YA\n", "lebih banyak sel"),
    "the same code twice": (lambda: csv_file([*TABLE, TABLE[1]]), "sudah ada di baris 2"),
    "a word that is no answer": (lambda: csv_file([HEADER, ["KIA", "x", "MUNGKIN"]]), "MUNGKIN"),
}  # fmt: skip
TAKEN: dict[str, Callable[[], bytes]] = {
    "a byte order mark": lambda: csv_file(TABLE, ";", encoding="utf-8-sig"),
    "utf-16": lambda: csv_file(TABLE, "\t", encoding="utf-16"),
    "utf-16 without a mark": lambda: csv_file(TABLE, ";", encoding="utf-16-le"),
    "mixed line ends": lambda: b"KODE;NAMA\r\nKIA;Kartu anak\rIKD;Identitas digital\n",
    "old windows letters": lambda: csv_file([HEADER, ["KIA", "Kartu\u2013anak", "YA"],
                                             ["IKD", "\xe9", "YA"]], encoding="cp1252"),
    "macros": lambda: with_parts(BOOK, {"xl/vbaProject.bin": b"MZ" * 9000}),
    "absolute paths": absolute_paths,
    "a workbook named csv": lambda: BOOK,
    "pictures": lambda: with_parts(BOOK, {"xl/media/image1.png": b"\x89PNG" + b"\0" * 9000}),
    "formulas with values": lambda: worksheet(
        row(*HEADER)
        + '<row r="2"><c t="str"><f>"K"&amp;"IA"</f><v>KIA</v></c>'
        '<c t="str"><f>HYPERLINK("http://127.0.0.1")</f><v>Kartu</v></c></row>'
        + row("IKD", "Identitas", line=3)
    ),
}  # fmt: skip


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    an_office(sqlite_engine)
    return staff(sqlite_engine)


@pytest.fixture
def client(app: Flask, sqlite_engine: Engine) -> Client:
    return operator(app, sqlite_engine)


def office_in(engine: Engine) -> dict[str, list[str]]:
    rows = everything_in(engine)
    return {name: rows[name] for name in rows if not name.startswith("staff_")}


@contextmanager
def in_time(seconds: float = LONGEST_ANSWER) -> Iterator[None]:
    """See that what happens here does not take long."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


@contextmanager
def within(most: int) -> Iterator[None]:
    """See that what happens here takes no more memory than so many bytes at its height."""
    tracemalloc.start()
    try:
        yield
    finally:
        height = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert height < most, f"memory: {height}"


def read_anyhow(data: bytes) -> None:
    with suppress(SheetUnreadable):
        read_sheet(data, [Column("KODE"), Column("NAMA")])


def handed_in(client: Client, data: bytes, kind: SheetKind = SheetKind.SERVICES) -> TestResponse:
    with in_time():
        return upload(client, kind, data, name="lembar.csv")


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_that_is_no_sheet_is_refused_in_a_sentence(
    client: Client, sqlite_engine: Engine, name: str
) -> None:
    make, says = REFUSED[name]
    data = make()
    before = office_in(sqlite_engine)
    page = handed_in(client, data)
    assert page.status_code == 422
    assert says in said_on(page)
    assert re.fullmatch(r"[A-ZT].+\.", said_on(page))
    assert office_in(sqlite_engine) == before


@pytest.mark.parametrize("name", COMPLAINED)
def test_bad_cells_are_named_and_nothing_is_kept(
    client: Client, sqlite_engine: Engine, name: str
) -> None:
    make, says = COMPLAINED[name]
    before = office_in(sqlite_engine)
    page = handed_in(client, make())
    assert page.status_code == 422
    assert says in complaints_on(page)[0][2]
    assert office_in(sqlite_engine) == before


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_merely_odd_is_read(client: Client, name: str) -> None:
    page = handed_in(client, TAKEN[name]())
    assert page.status_code == 200
    assert page.text.count("<li>") == 2
    assert confirm(client, SheetKind.SERVICES, page).status_code == 303


@pytest.mark.parametrize(
    "name",
    [
        "a bomb", "a bomb that lies", "nested archives", "a billion laughs", "a million columns",
        "the last cell", "a million columns of text", "a byte too many", "five hundred parts",
    ],
)  # fmt: skip
def test_hostile_files_do_not_fill_the_memory(name: str) -> None:
    data = REFUSED[name][0]()
    with within(MOST_MEMORY):
        read_anyhow(data)


def test_there_are_at_least_twenty_of_them() -> None:
    assert len(REFUSED) + len(COMPLAINED) >= 20
    assert len(a_bomb()) < LARGEST_FILE


def test_a_nip_that_became_a_number_is_told_from_one_that_did_not(client: Client) -> None:
    header = ["NIP", "NAMA", "STATUS", "MULAI"]
    as_number = xlsx_file([header, [198001012005011008, "Joko", "PNS", "2026-01-02"]])
    page = handed_in(client, as_number, SheetKind.OFFICERS)
    assert "terbaca sebagai angka" in complaints_on(page)[0][2]
    as_text = xlsx_file([header, ["198001012005011008", "Joko", "PNS", "2026-01-02"]])
    assert handed_in(client, as_text, SheetKind.OFFICERS).status_code == 200


def test_one_bad_line_among_thousands_keeps_all_of_them_out(
    client: Client, sqlite_engine: Engine
) -> None:
    rows: Cells = [
        HEADER,
        *([f"L{n}", "Layanan", "YA"] for n in range(3000)),
        ["", "Tanpa kode", ""],
    ]
    before = office_in(sqlite_engine)
    page = handed_in(client, xlsx_file(rows))
    assert complaints_on(page) == [("3002", "KODE", "kosong; kolom ini harus diisi.")]
    assert office_in(sqlite_engine) == before


def test_a_body_beyond_every_limit_is_refused_before_it_is_read(
    client: Client, sqlite_engine: Engine
) -> None:
    before = office_in(sqlite_engine)
    page = upload(client, SheetKind.SERVICES, b"x" * 5 * MEGABYTE)
    assert page.status_code == 413
    assert "2 MB" in page.text
    assert office_in(sqlite_engine) == before


@pytest.mark.parametrize("kind", list(SheetKind))
@pytest.mark.parametrize("name", ["a bomb", "external entity", "a million columns", "program"])
def test_every_kind_of_sheet_has_the_same_gate(client: Client, kind: SheetKind, name: str) -> None:
    page = handed_in(client, REFUSED[name][0](), kind)
    assert (page.status_code, bool(said_on(page))) == (422, True)


def full_of(line: Callable[[int], str], header: str) -> bytes:
    """Return two megabytes of lines."""
    text = header + "\n"
    number = 0
    lines = [text]
    size = len(text)
    while size < LARGEST_FILE - 200:
        number += 1
        lines.append(line(number) + "\n")
        size += len(lines[-1])
    return "".join(lines).encode()


LINES: dict[SheetKind, Callable[[int], str]] = {
    SheetKind.UNITS: lambda n: f"U{n};N;U{n - 1 or 2};WIB",
    SheetKind.SERVICES: lambda n: f"S{n};N",
    SheetKind.DESKS: lambda n: f"D{n};N;;;X",
    SheetKind.OFFICERS: lambda n: f";H-{n};N;NON ASN;;H-{n - 1};;2026-01-02;",
    SheetKind.DUTIES: lambda n: f"L1;HL-021;;2090-01-02;08.00;12.00;;a{n}",
}


@pytest.mark.parametrize("kind", LINES)
def test_two_megabytes_of_lines_are_answered_in_time(
    client: Client, sqlite_engine: Engine, kind: SheetKind
) -> None:
    before = office_in(sqlite_engine)
    data = full_of(LINES[kind], ";".join(template_table(kind)[0]))
    with in_time(60):
        page = upload(client, kind, data)
    assert page.status_code in {200, 422}
    assert office_in(sqlite_engine) == before


# The negative controls.


def test_a_reader_that_measures_nothing_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    with within(MOST_MEMORY):
        read_anyhow(a_bomb())
    monkeypatch.setattr(workbook_parts, "LARGEST_UNPACKED", 10_000 * MEGABYTE)
    with pytest.raises(AssertionError, match="memory"), within(MOST_MEMORY):
        read_anyhow(a_bomb())


def test_a_page_that_keeps_halves_is_noticed(client: Client, sqlite_engine: Engine) -> None:
    before = office_in(sqlite_engine)
    confirm(client, SheetKind.SERVICES, upload(client, SheetKind.SERVICES, BOOK))
    assert office_in(sqlite_engine) != before


def test_the_sheets_of_the_factories_would_be_taken(client: Client) -> None:
    assert upload(client, SheetKind.OFFICERS, OFFICERS).status_code == 200
    assert upload(client, SheetKind.DUTIES, duty_sheet()).status_code == 200
