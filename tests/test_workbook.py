import zipfile
from contextlib import suppress
from io import BytesIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregation.sheets.grid import SheetUnreadable
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import read_sheet
from aggregation.sheets.workbook_parts import WorkbookDamaged, WorkbookTooLarge
from tests.spreadsheets import archive_of, part, with_parts, xlsx_file

NAMES = [Column("NIP"), Column("NAMA"), Column("LOKET")]
TABLE = [["NIP", "NAMA", "LOKET"], ["1980", "Ani", "1"], ["1981", "Budi", "2"]]
WORKSHEET = "xl/worksheets/sheet1.xml"
SHARED_TEXTS = "xl/sharedStrings.xml"


def hostile(name: str, old: bytes, new: bytes) -> bytes:
    workbook = xlsx_file(TABLE)
    changed = part(workbook, name).replace(old, new, 1)
    assert changed != part(workbook, name)
    return with_parts(workbook, {name: changed})


def many_texts(cells: int, length: int) -> bytes:
    """A worksheet whose cells all point at one long shared text."""
    workbook = xlsx_file([*TABLE, *([["NIP"] * 10] * (cells // 10))])
    texts = part(workbook, SHARED_TEXTS).replace(b"<t>NIP</t>", b"<t>%s</t>" % (b"x" * length))
    return with_parts(workbook, {SHARED_TEXTS: texts})


def claiming_less(workbook: bytes, name: str) -> bytes:
    """The archive with the unpacked size of one part understated in its list and its head."""
    with zipfile.ZipFile(BytesIO(workbook)) as archive:
        size = archive.getinfo(name).file_size
    return workbook.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))


def with_worksheet(rows: str) -> bytes:
    content = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    return with_parts(xlsx_file(TABLE), {WORKSHEET: content})


DOCTYPE = b'<!DOCTYPE w [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'
MANY_BLANKS = b"<!--" + b" " * 21_000_000 + b"-->"


@pytest.mark.parametrize(
    "data",
    [
        hostile(WORKSHEET, b'r="A2"', b'r="XFD1048576"'),
        hostile(WORKSHEET, b'r="A2"', b'r="a1048576"'),
        with_worksheet('<row r="1048576"><c><v>1</v></c></row><row><c/><c><v>1</v></c></row>'),
        with_worksheet(f"<row>{'<c/>' * 1_100_000}<c><v>1</v></c></row>"),
        with_parts(xlsx_file(TABLE), {"xl/media/image1.png": b"\0" * 21_000_000}),
        with_parts(xlsx_file(TABLE), {"xl/extra.xml": MANY_BLANKS}),
        archive_of((f"xl/part{number}.xml", b"<x/>") for number in range(501)),
        many_texts(1000, 100_000),
    ],
    ids=["cell", "small letters", "row", "wide", "picture", "blanks", "parts", "texts"],
)
def test_a_workbook_that_would_fill_the_memory_is_refused(data: bytes) -> None:
    with pytest.raises(WorkbookTooLarge, match="terlalu besar"):
        read_sheet(data, NAMES)


@pytest.mark.parametrize(
    "data",
    [
        hostile(WORKSHEET, b"<worksheet", DOCTYPE),
        hostile(SHARED_TEXTS, b"<sst", b"<!DOCTYPE sst []><sst"),
        with_parts(xlsx_file(TABLE), {WORKSHEET: "<worksheet/>".encode("utf-16")}),
        hostile(WORKSHEET, b"</sheetData>", b""),
        hostile(WORKSHEET, b'r="A2"', b'r="$A$2"'),
        hostile(WORKSHEET, b"<v>0</v>", b"<v>zero</v>"),
        hostile("xl/workbook.xml", b"<sheets>", b""),
        with_parts(xlsx_file(TABLE), {"XL/worksheets/Sheet1.xml": b"<worksheet/>"}),
        with_parts(xlsx_file(TABLE), {"xl/more.xml": b"<sst><si><t>x</t></si></sst>"}),
        claiming_less(xlsx_file(TABLE), WORKSHEET),
    ],
    ids=[
        "entity", "doctype", "encoding", "unclosed", "place", "pointer", "book", "twice", "texts",
        "lie",
    ],
)  # fmt: skip
def test_a_booby_trapped_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(WorkbookDamaged):
        read_sheet(data, NAMES)


def test_pictures_and_programs_of_a_workbook_are_never_unpacked() -> None:
    harmless = {"xl/media/image1.png": b"\0" * 9_000, "xl/vbaProject.bin": b"MZ"}
    sheet = read_sheet(with_parts(xlsx_file(TABLE), harmless), NAMES)
    assert [list(row.cells.values()) for row in sheet.rows] == TABLE[1:]


def test_formats_far_below_the_table_do_not_matter() -> None:
    formatted = b'</row><row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>'
    data = hostile(WORKSHEET, b"</row></sheetData>", formatted)
    assert len(read_sheet(data, NAMES).rows) == len(TABLE) - 1


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from([None, WORKSHEET, SHARED_TEXTS, "xl/workbook.xml", "xl/styles.xml"]),
    st.integers(0, 10**6),
    st.binary(min_size=1, max_size=8),
)
def test_a_workbook_with_any_bytes_changed_is_read_or_refused(
    name: str | None, place: int, put: bytes
) -> None:
    workbook = xlsx_file(TABLE)
    if name is None:
        data = overwritten(workbook, place, put)
    else:
        data = with_parts(workbook, {name: overwritten(part(workbook, name), place, put)})
    with suppress(SheetUnreadable):
        assert read_sheet(data, NAMES).header == tuple(TABLE[0])


def overwritten(data: bytes, place: int, put: bytes) -> bytes:
    start = place % len(data)
    return data[:start] + put + data[start + len(put) :]
