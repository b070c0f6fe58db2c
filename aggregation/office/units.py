"""Sheets of service units: new ones are added, known ones (by code) take the new words."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from aggregation.office.audit import record_import
from aggregation.office.batch import Cause
from aggregation.office.cells import BadCell, one_of, read_code, read_text
from aggregation.office.header import Column
from aggregation.office.sheet import Sheet
from aggregation.office.sheet_import import Findings, LineReader, Outcome, optional_columns
from survey.models import ServiceUnit
from survey.month import UnknownTimeZone, time_zone
from survey.questionnaire import ElementOrder
from survey.set_up import (
    add_unit,
    has_responses,
    move_clock,
    stored_answers,
    units_by_code,
)

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


def import_units(
    session: Session, sheet: Sheet, cause: Cause, under: ServiceUnit | None = None
) -> Outcome:
    """Take in a sheet of units.

    Parameters
    ----------
    under
        The parent of new units whose line names none.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings = Findings()
    known = units_by_code(session)
    lines = _read_lines(sheet, findings)
    _check_zones(session, lines, known, findings)
    _check_tree(lines, known, findings)
    findings.settle()
    new = [line for line in lines if line.code not in known]
    parent_id = None if under is None else under.id
    for line in new:
        add_unit(session, line.code, line.name, line.zone or "", parent_id=parent_id)
    known = units_by_code(session)
    touched = [line for line in lines if _take_over(session, known, line) and line not in new]
    session.flush()
    facts = {"added": len(new), "changed": len(touched)}
    detail = {"by": cause.by, "reason": cause.reason}
    record_with_detail(
        session, Act("units.imported", cause.actor, "units", facts), cause.at, detail
    )
    return Outcome(
        tuple(_shown(line) for line in new),
        tuple(_shown(line) for line in touched),
        len(lines) - len(new) - len(touched),
    )
    record_import(session, "units", None, cause, outcome)
    return outcome


def _read_lines(sheet: Sheet, findings: Findings) -> list[UnitLine]:
    lines: dict[str, UnitLine] = {}
    for row in sheet.rows:
        reader = LineReader(row, findings)
        code = reader.needed(CODE, read_code)
        name = reader.needed(NAME, lambda text: read_text(text, LONGEST_NAME))
        line = UnitLine(
            row.line,
            code or "",
            name or "",
            reader.optional(PARENT, read_code),
            reader.optional(ZONE, _read_zone),
            reader.optional(ORDER, one_of(_ORDERS)),
            reader.optional(BIAYA, _read_answers),
        )
        if code in lines:
            reader.refuse(CODE, f"{code} sudah ada di baris {lines[code].line}; hapus salah satu")
        elif code:
            lines[code] = line
    return list(lines.values())


def _read_zone(text: str) -> str:
    name = _ZONES.get(text.upper(), text)
    try:
        return time_zone(name).key
    except UnknownTimeZone as error:
        message = f"“{text}” bukan zona waktu; pakai WIB, WITA, WIT, atau nama seperti Asia/Jakarta"
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


def _check_zones(
    session: Session,
    lines: list[UnitLine],
    known: Mapping[str, ServiceUnit],
    findings: Findings,
) -> None:
    for line in lines:
        unit = known.get(line.code)
        if unit is None and line.zone is None:
            findings.refuse(
                line.line, ZONE, "kosong; unit baru memerlukan zona waktu, misalnya WIB"
            )
        if unit and line.zone not in (None, unit.time_zone) and has_responses(session, unit):
            text = f"tidak dapat diganti dari {unit.time_zone}; unit ini sudah menerima tanggapan"
            findings.refuse(line.line, ZONE, text)


def _check_tree(
    lines: list[UnitLine], known: Mapping[str, ServiceUnit], findings: Findings
) -> None:
    code_of = {unit.id: unit.code for unit in known.values()}
    parents = {code: code_of.get(unit.parent_id) for code, unit in known.items()}
    parents |= {line.code: line.parent or parents.get(line.code) for line in lines}
    for line in lines:
        if line.parent is not None and line.parent not in parents:
            text = f"tidak ada unit {line.parent}; tambahkan barisnya atau perbaiki kodenya"
            findings.refuse(line.line, PARENT, text)
        elif _returns(line.code, parents):
            text = "unit ini menjadi bawahan dirinya sendiri; perbaiki susunannya"
            findings.refuse(line.line, PARENT, text)


def _returns(code: str, parents: Mapping[str, str | None]) -> bool:
    """Say whether the way up from a unit leads back to it."""
    seen: set[str] = set()
    above = parents.get(code)
    while above is not None and above not in seen:
        seen.add(above)
        above = parents.get(above)
    return code in seen


def _take_over(session: Session, known: Mapping[str, ServiceUnit], line: UnitLine) -> bool:
    """Give a unit the words of its line; say whether that changed anything."""
    unit = known[line.code]
    wanted: dict[str, object] = {"name": line.name}
    if line.parent is not None:
        wanted["parent_id"] = known[line.parent].id
    if line.order is not None:
        wanted["element_order"] = line.order
    if line.biaya is not None:
        wanted["biaya_answers"] = stored_answers(line.biaya)
    changed = {name: value for name, value in wanted.items() if getattr(unit, name) != value}
    for name, value in changed.items():
        setattr(unit, name, value)
    if line.zone is not None and line.zone != unit.time_zone:
        move_clock(session, unit, line.zone)
        return True
    return bool(changed)


def _shown(line: UnitLine) -> str:
    return f"{line.code}: {line.name}"
