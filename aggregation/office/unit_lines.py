"""The lines of a sheet of units, before anything is known about the units there are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregation.sheets.cells import BadCell, one_of, quoted, read_code, read_text
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import (
    Findings,
    LineReader,
    first_of_each_code,
    optional_columns,
)
from survey.month import UnknownTimeZone, time_zone
from survey.questionnaire import ElementOrder

CODE, NAME, PARENT, ZONE = "KODE", "NAMA", "INDUK", "ZONA WAKTU"
ORDER, BIAYA = "URUTAN UNSUR", "JAWABAN BIAYA"
UNIT_COLUMNS = (
    Column(CODE, also=("KODE UNIT",)),
    Column(NAME, also=("NAMA UNIT",)),
    *optional_columns(PARENT, ZONE, ORDER, BIAYA),
)
LONGEST_NAME = 200

_ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
_ORDERS = {
    "BATANG TUBUH": ElementOrder.BODY,
    "LAMPIRAN": ElementOrder.ANNEX,
    "BODY": ElementOrder.BODY,
    "ANNEX": ElementOrder.ANNEX,
}
ZONE_WORDS = {zone: word for word, zone in _ZONES.items()}
ORDER_WORDS = {str(order): word for word, order in reversed(_ORDERS.items())}
"""How the sheet writes each time zone and each order of the elements."""

_LONGEST_ANSWER = 40
_ANSWERS = 4

Answers = tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class UnitLine:
    """One line of the sheet; None is an empty cell: what is known stays, or the default holds."""

    line: int
    code: str
    name: str
    parent: str | None
    zone: str | None
    order: ElementOrder | None
    biaya: Answers | None


def read_lines(sheet: Sheet, findings: Findings) -> list[UnitLine]:
    """Return the lines of a sheet of units, the first of each code."""
    return first_of_each_code(sheet.rows, findings, CODE, _read_line)


def _read_line(reader: LineReader) -> UnitLine:
    return UnitLine(
        reader.line,
        reader.needed(CODE, read_code) or "",
        reader.needed(NAME, lambda text: read_text(text, LONGEST_NAME)) or "",
        reader.optional(PARENT, read_code),
        reader.optional(ZONE, _read_zone),
        reader.optional(ORDER, one_of(_ORDERS)),
        reader.optional(BIAYA, _read_answers),
    )


def _read_zone(text: str) -> str:
    name = _ZONES.get(text.upper(), text)
    try:
        return time_zone(name).key
    except UnknownTimeZone as error:
        message = (
            f"“{quoted(text)}” bukan zona waktu; pakai WIB, WITA, WIT, atau seperti Asia/Jakarta"
        )
        raise BadCell(message) from error


def _read_answers(text: str) -> Answers:
    answers = [read_text(part, _LONGEST_ANSWER) for part in text.split("/")]
    if len(answers) != _ANSWERS or not all(answers):
        message = (
            "harus empat jawaban dari yang terburuk, dipisah garis miring, seperti "
            "Sangat mahal / Cukup mahal / Murah / Gratis"
        )
        raise BadCell(message)
    first, second, third, fourth = answers
    return first, second, third, fourth


def check_tree(
    lines: Sequence[UnitLine], parents: Mapping[str, str | None], findings: Findings
) -> None:
    """Note parents that do not exist, and units that would stand below themselves.

    Parameters
    ----------
    parents
        Parent by unit, both by code, as it is before the sheet.
    """
    parents = dict(parents) | {line.code: line.parent or parents.get(line.code) for line in lines}
    for line in lines:
        if line.parent is not None and line.parent not in parents:
            text = f"tidak ada unit {quoted(line.parent)}; tambahkan barisnya atau perbaiki kodenya"
            findings.refuse(line.line, PARENT, text)
        elif _returns(line.code, parents):
            text = "unit ini menjadi bawahan dirinya sendiri; perbaiki susunannya"
            findings.refuse(line.line, PARENT, text)


def check_branch(
    lines: Sequence[UnitLine], parents: Mapping[str, str | None], top: str, findings: Findings
) -> None:
    """Note units and parents that stand neither at the top of a branch nor below it.

    Parameters
    ----------
    parents
        Parent by unit, both by code, as it is before the sheet.
    """
    new = {line.code for line in lines} - parents.keys()
    branch = {code for code in parents if code == top or top in _above(code, parents)} | new
    for line in lines:
        if line.code not in branch:
            text = f"{quoted(line.code)} bukan bawahan {top}; hapus baris ini atau pakai kode lain"
            findings.refuse(line.line, CODE, text)
        elif line.parent not in {None, parents.get(line.code), *branch}:
            text = f"{quoted(line.parent or '')} bukan bawahan {top}; pilih induk di cabang itu"
            findings.refuse(line.line, PARENT, text)


def _returns(code: str, parents: Mapping[str, str | None]) -> bool:
    """Say whether the way up from a unit leads back to it."""
    return code in _above(code, parents)


def _above(code: str, parents: Mapping[str, str | None]) -> set[str]:
    """Return the units that stand above one."""
    seen: set[str] = set()
    above = parents.get(code)
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return seen
