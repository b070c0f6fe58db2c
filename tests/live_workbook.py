"""A workbook whose formulas are computed anew, by another's reading of what they mean."""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

import formulas
import numpy as np

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_CELL = re.compile(r"([A-Z]+)([0-9]+)")

Place = tuple[str, str]
"""Sheet and cell: ("Unsur", "K13")."""


@dataclass
class LiveWorkbook:
    """The cells of a workbook: what stands in each, and the formula behind it if there is one."""

    kept: dict[Place, Any] = field(default_factory=dict)
    formulas: dict[Place, str] = field(default_factory=dict)
    computed: dict[Place, Any] = field(default_factory=dict)

    @classmethod
    def read(cls, file: bytes) -> "LiveWorkbook":
        book = cls()
        with zipfile.ZipFile(io.BytesIO(file)) as packed:
            names = [
                each.attrib["name"]
                for each in ET.fromstring(packed.read("xl/workbook.xml")).iter(f"{_MAIN}sheet")
            ]
            strings = _strings(packed)
            for number, name in enumerate(names, start=1):
                sheet = ET.fromstring(packed.read(f"xl/worksheets/sheet{number}.xml"))
                for cell in sheet.iter(f"{_MAIN}c"):
                    book._take(name, cell, strings)
        return book

    def _take(self, sheet: str, cell: ET.Element, strings: list[str]) -> None:
        place, kind = (sheet, cell.attrib["r"]), cell.attrib.get("t", "n")
        text = "".join(cell.itertext()) if kind == "inlineStr" else cell.findtext(f"{_MAIN}v")
        formula = cell.findtext(f"{_MAIN}f")
        if formula is not None:
            self.formulas[place] = f"={formula}"
        if text is not None:
            kept: Any = strings[int(text)] if kind == "s" else text
            self.kept[place] = float(kept) if kind == "n" else kept

    def value(self, sheet: str, cell: str) -> Any:  # noqa: ANN401 - a number or a word
        """Compute a cell from the cells that hold no formula; nothing that was kept is trusted."""
        place = (sheet, cell)
        if place not in self.formulas:
            return self.kept.get(place)
        if place not in self.computed:
            self.computed[place] = self._compute(sheet, self.formulas[place])
        return self.computed[place]

    def _compute(self, sheet: str, formula: str) -> Any:  # noqa: ANN401
        compute = formulas.Parser().ast(formula)[1].compile()
        known = {name.upper(): name for name, _ in self.kept}
        given = []
        for name in compute.inputs:
            of, _, cells = str(name).rpartition("!")
            given.append(self._cells(known[of.strip("'")] if of else sheet, cells))
        return np.asarray(compute(*given)).ravel()[0]

    def _cells(self, sheet: str, cells: str) -> np.ndarray[Any, Any]:
        first, _, last = cells.partition(":")
        rows = [
            [self.value(sheet, f"{column}{row}") for column in _columns(first, last or first)]
            for row in range(_row(first), _row(last or first) + 1)
        ]
        return np.array(rows, dtype=object)

    def in_column(self, sheet: str, column: str) -> Iterator[tuple[int, Any]]:
        """Yield row and kept content of a column's cells."""
        for (of, cell), content in self.kept.items():
            if of == sheet and _letters(cell) == column:
                yield _row(cell), content

    def row_of(self, sheet: str, label: str, column: str = "A") -> int:
        """Return the row whose cell of a column says so."""
        [row] = [row for row, said in self.in_column(sheet, column) if said == label]
        return row


def _strings(packed: zipfile.ZipFile) -> list[str]:
    if "xl/sharedStrings.xml" not in packed.namelist():
        return []
    shared = ET.fromstring(packed.read("xl/sharedStrings.xml"))
    return ["".join(each.itertext()) for each in shared.iter(f"{_MAIN}si")]


def _columns(first: str, last: str) -> list[str]:
    begins, ends = _letters(first), _letters(last)
    assert len(begins) == len(ends) == 1
    return [chr(each) for each in range(ord(begins), ord(ends) + 1)]


def _letters(cell: str) -> str:
    found = _CELL.fullmatch(cell)
    assert found
    return found[1]


def _row(cell: str) -> int:
    found = _CELL.fullmatch(cell)
    assert found
    return int(found[2])
