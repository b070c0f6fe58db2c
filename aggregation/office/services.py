"""Sheets of services: new ones are added, known ones (by code) renamed, opened or closed."""

from dataclasses import dataclass

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.changes.import_log import record_import
from aggregation.sheets.cells import read_code, read_text, yes_or_no
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import (
    Findings,
    LineReader,
    Outcome,
    first_of_each_code,
    optional_columns,
)
from survey.models import Service
from survey.services import NamedService, add_services, services_by_code

CODE, NAME, ACTIVE = "KODE", "NAMA", "AKTIF"
SERVICE_COLUMNS = (
    Column(CODE, also=("KODE LAYANAN",)),
    Column(NAME, also=("NAMA LAYANAN", "JENIS LAYANAN")),
    *optional_columns(ACTIVE),
)
LONGEST_NAME = 120


@dataclass(frozen=True, slots=True)
class ServiceLine:
    """One line of the sheet; `active` is None if its cell is empty."""

    line: int
    code: str
    name: str
    active: bool | None


def import_services(session: Session, sheet: Sheet, unit_id: int, cause: Cause) -> Outcome:
    """Take in a sheet of a unit's services.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings = Findings()
    lines = first_of_each_code(sheet.rows, findings, CODE, _read_line)
    findings.settle()
    known = services_by_code(session, unit_id)
    new = [line for line in lines if line.code not in known]
    add_services(session, unit_id, [NamedService(line.code, line.name) for line in new])
    known = services_by_code(session, unit_id)
    added = {line.code for line in new}
    touched = [
        line for line in lines if _take_over(known[line.code], line) and line.code not in added
    ]
    session.flush()
    outcome = Outcome.of_named(lines, new, touched)
    record_import(session, "services", unit_id, cause, outcome)
    return outcome


def _read_line(reader: LineReader) -> ServiceLine:
    return ServiceLine(
        reader.line,
        reader.needed(CODE, read_code) or "",
        reader.needed(NAME, lambda text: read_text(text, LONGEST_NAME)) or "",
        reader.optional(ACTIVE, yes_or_no),
    )


def _take_over(service: Service, line: ServiceLine) -> bool:
    """Give a service the words of its line; say whether that changed anything."""
    before = service.name, service.active
    service.name = line.name
    service.active = service.active if line.active is None else line.active
    return before != (service.name, service.active)
