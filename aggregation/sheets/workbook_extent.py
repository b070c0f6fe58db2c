"""How much a workbook's parts would make a reader hold, measured before it reads.

A single cell in the last corner makes a reader reserve memory for every cell before it, and one
long shared text can be pointed at by each of a hundred thousand cells.
"""

import re
from collections.abc import Iterable
from xml.parsers import expat

from aggregation.sheets.workbook_parts import WorkbookDamaged, WorkbookTooLarge

MOST_CELLS = 1_000_000
"""Cells of the rectangles from A1 to the last filled cell, all worksheets together."""

MOST_COLUMNS = 16_384
"""Columns that any spreadsheet program knows."""

MOST_SHARED_TEXT = 20_000_000
"""Characters that all cells together take from the shared texts."""

_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_PLACE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


def require_bounded(parts: Iterable[bytes]) -> None:
    """Refuse a workbook that would fill the memory.

    Raises
    ------
    WorkbookDamaged
        If a part is not well-formed XML in UTF-8, or declares a document type.
    WorkbookTooLarge
        If the filled cells span too much, or repeat too much text.
    """
    scans = [_Scan(part) for part in parts]
    if sum(scan.last_row * scan.last_column for scan in scans) > MOST_CELLS:
        raise WorkbookTooLarge
    shared_texts = [scan.shared for scan in scans if scan.shared]
    if len(shared_texts) > 1:
        raise WorkbookDamaged
    shared = dict(enumerate(shared_texts[0])) if shared_texts else {}
    if sum(shared.get(i, 0) for scan in scans for i in scan.pointed) > MOST_SHARED_TEXT:
        raise WorkbookTooLarge


class _Scan:
    """What one part holds: a worksheet's cells, or the texts that worksheets share."""

    def __init__(self, part: bytes) -> None:
        self.last_row = self.last_column = 0
        self.shared: list[int] = []
        self.pointed: list[int] = []
        self._row = self._column = 0
        self._points = False
        self._open = ""
        self._text = ""
        self._read(part)

    def _read(self, part: bytes) -> None:
        # The encoding is fixed, so that no mark or declaration makes two readers see two documents.
        if part.startswith(_UTF16_MARKS) or b"\0" in part:
            raise WorkbookDamaged
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._doctype
        try:
            parser.Parse(part, True)  # noqa: FBT003 - expat takes it by position only
        except WorkbookTooLarge:
            raise
        except (expat.ExpatError, ValueError) as error:
            raise WorkbookDamaged from error

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0
        elif name == "c":
            self._enter(attributes)
        elif name in {"v", "is"}:
            self.last_row = max(self.last_row, self._row)
            self.last_column = max(self.last_column, self._column)
            self._open, self._text = name, ""
        elif name == "si":
            self._open = name
            self.shared.append(0)

    def _enter(self, attributes: dict[str, str]) -> None:
        self._column += 1
        self._points = attributes.get("t") == "s"
        if "r" in attributes:
            place = _PLACE.fullmatch(attributes["r"].upper())
            if place is None:
                raise WorkbookDamaged
            self._column, self._row = _number_of(place[1]), int(place[2])
        if self._column > MOST_COLUMNS:
            raise WorkbookTooLarge

    def _characters(self, text: str) -> None:
        if self._open == "si":
            self.shared[-1] += len(text)
        elif self._open == "v" and self._points:
            self._text += text

    def _end(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name == "v" and self._points:
            self.pointed.append(int(self._text))
        if name == self._open:
            self._open = ""

    def _doctype(self, *_declared: object) -> None:
        raise WorkbookDamaged


def _number_of(letters: str) -> int:
    """Return the column's number, A being 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
