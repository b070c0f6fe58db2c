"""Sheets of desks: new ones get a random code for their poster, known ones take the new words."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.changes.import_log import record_import
from aggregation.duties.duty_lines import HALL
from aggregation.office.desk_kinds import open_month_moved
from aggregation.sheets.cells import one_of, quoted, read_code, read_text, yes_or_no
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import (
    Findings,
    LineReader,
    Outcome,
    first_of_each_code,
    optional_columns,
)
from survey.models import Desk, Service
from survey.services import services_by_code
from survey.set_up import add_desk, desks_by_code, give_services, service_ids_of

CODE, NAME, ABOUT, KIND = "KODE", "NAMA", "KETERANGAN", "JENIS"
SERVICES, OPENS_WITH, ACTIVE = "LAYANAN", "BUKA DENGAN", "AKTIF"
DESK_COLUMNS = (
    Column(CODE, also=("KODE LOKET",)),
    Column(NAME, also=("NAMA LOKET",)),
    *optional_columns(ABOUT, KIND, SERVICES, OPENS_WITH, ACTIVE),
)
LONGEST_NAME = 120
LONGEST_ABOUT = 200

_KINDS = {"LOKET": "counter", "RUANG": HALL, "KELILING": "mobile", "DARING": "online"}
_OPENINGS = {"WAJAH": "faces", "SKM": "skm"}
KIND_WORDS = {kind: word for word, kind in _KINDS.items()}
OPENING_WORDS = {opening: word for word, opening in _OPENINGS.items()}
"""How the sheet writes each kind of desk, and what each opens with."""


@dataclass(frozen=True, slots=True)
class DeskLine:
    """One line of the sheet; None is an empty cell: what is known stays, or the default holds."""

    line: int
    code: str
    name: str
    about: str | None
    kind: str | None
    services: tuple[str, ...] | None
    opens_with: str | None
    active: bool | None


def import_desks(session: Session, sheet: Sheet, unit_id: int, cause: Cause) -> Outcome:
    """Take in a sheet of a unit's desks.

    A desk that names no services gives all of the unit's.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings = Findings()
    services = services_by_code(session, unit_id)
    lines = first_of_each_code(sheet.rows, findings, CODE, _read_line)
    for line in lines:
        _check_services(line, services, findings)
    known = desks_by_code(session, unit_id)
    for line in lines:
        if line.code in known:
            _check_kind(session, known[line.code], line, findings)
    findings.settle()
    new = [line for line in lines if line.code not in known]
    added = {line.code for line in new}
    for line in new:
        known[line.code] = add_desk(session, unit_id, line.code, line.name)
    touched = [
        line
        for line in lines
        if _take_over(session, known[line.code], line, services) and line.code not in added
    ]
    session.flush()
    outcome = Outcome.of_named(lines, new, touched)
    record_import(session, "desks", unit_id, cause, outcome)
    return outcome


def _read_line(reader: LineReader) -> DeskLine:
    return DeskLine(
        reader.line,
        reader.needed(CODE, read_code) or "",
        reader.needed(NAME, lambda text: read_text(text, LONGEST_NAME)) or "",
        reader.optional(ABOUT, lambda text: read_text(text, LONGEST_ABOUT)),
        reader.optional(KIND, one_of(_KINDS)),
        reader.optional(SERVICES, _read_services),
        reader.optional(OPENS_WITH, one_of(_OPENINGS)),
        reader.optional(ACTIVE, yes_or_no),
    )


def _read_services(text: str) -> tuple[str, ...]:
    codes = (part.strip() for part in text.replace(";", ",").split(","))
    return tuple(dict.fromkeys(read_code(code) for code in codes if code))


def _check_services(line: DeskLine, services: Mapping[str, Service], findings: Findings) -> None:
    unknown = [quoted(code) for code in line.services or () if code not in services]
    if unknown:
        known = ", ".join(services) or "belum ada; impor lembar layanan dahulu"
        text = f"{', '.join(unknown)} bukan layanan unit ini; yang dikenal: {known}"
        findings.refuse(line.line, SERVICES, text)


def _check_kind(session: Session, desk: Desk, line: DeskLine, findings: Findings) -> None:
    month = None if line.kind is None else open_month_moved(session, desk, line.kind)
    if month is not None:
        text = (
            f"loket ini sudah menerima tanggapan di bulan {month} yang belum ditutup; tutup bulan "
            "itu dahulu, atau tambahkan loket baru dengan kode lain"
        )
        findings.refuse(line.line, KIND, text)


def _take_over(
    session: Session, desk: Desk, line: DeskLine, services: Mapping[str, Service]
) -> bool:
    """Give a desk the words of its line; say whether that changed anything."""
    wanted = {
        "name": line.name,
        "about": line.about,
        "kind": line.kind,
        "opens_with": line.opens_with,
        "active": line.active,
    }
    changed = {
        name: value
        for name, value in wanted.items()
        if value is not None and getattr(desk, name) != value
    }
    for name, value in changed.items():
        setattr(desk, name, value)
    ids = {services[code].id or 0 for code in line.services or ()}
    if line.services is not None and ids != service_ids_of(session, desk.id or 0):
        give_services(session, desk, sorted(ids))
        return True
    return bool(changed)
