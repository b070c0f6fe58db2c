"""Sheets of officers: people are known by NIP or staff number; where they belong is appended."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause
from aggregation.changes.import_log import record_import
from aggregation.models import Assignment, Officer
from aggregation.people.officer_directory import Directory
from aggregation.people.officer_lines import ASSESSOR, HEAD, STARTS, OfficerLine, read_lines
from aggregation.people.placements import Belonging, Placement, append_placements, belongings
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import Findings, Outcome

_Entry = tuple[OfficerLine, Officer]


def import_officers(session: Session, sheet: Sheet, unit_id: int, cause: Cause) -> Outcome:
    """Take in a sheet of a unit's officers and where they belong from a day on.

    Somebody whose NIP or staff number is known is the same person: name, status and the other
    number are corrected. A NIP is corrected, with a warning, where the staff number is of somebody
    of this unit with the same name, and nobody has the new NIP. Assignments are appended, in one
    batch; what was said already is not repeated.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings = Findings()
    lines = read_lines(sheet, findings)
    directory = Directory(session.exec(select(Officer)), _officers_here(session, unit_id))
    entries = [(line, who) for line in lines if (who := directory.enter(line, findings))]
    for line, officer in entries:
        check_superiors(line, officer, directory, findings)
    _check_starts(entries, findings)
    findings.settle()
    corrected = _correct(entries)
    session.add_all(directory.new)
    session.flush()
    assigned = _append_assignments(session, unit_id, entries, directory, cause)
    outcome = Outcome(
        tuple(officer.name for officer in directory.new),
        (*corrected, *(_placed(line) for line, who in assigned if not directory.is_new(who))),
        len(entries) - len(assigned),
        findings.warnings,
    )
    record_import(session, "officers", unit_id, cause, outcome)
    return outcome


def check_superiors(
    line: OfficerLine, officer: Officer, directory: Directory, findings: Findings
) -> None:
    """Note a head or an assessor whom nobody knows, or who is the officer."""
    for column, number in ((HEAD, line.head), (ASSESSOR, line.assessor)):
        superior = directory.find(number)
        if number is not None and superior is None:
            text = "tidak dikenal; tambahkan baris orang itu atau perbaiki nomornya"
            findings.refuse(line.line, column, text)
        if superior is officer:
            findings.refuse(line.line, column, "petugas itu sendiri; isi nomor orang lain")


def belonging_of(line: OfficerLine, directory: Directory) -> Belonging:
    """Return what a line says of where its officer belongs; superiors are known by then."""
    head, assessor = directory.find(line.head), directory.find(line.assessor)
    return Belonging(
        line.ends_on,
        line.job_group,
        None if head is None else head.id,
        None if assessor is None else assessor.id,
    )


def _officers_here(session: Session, unit_id: int) -> set[int]:
    here = select(Assignment.officer_id).where(col(Assignment.unit_id) == unit_id)
    return set(session.exec(here))


def _check_starts(entries: Sequence[_Entry], findings: Findings) -> None:
    first: dict[tuple[str, date], int] = {}
    for line, officer in entries:
        begun = first.setdefault((officer.key, line.starts_on), line.line)
        if begun != line.line:
            text = f"orang dan tanggal yang sama ada di baris {begun}; hapus salah satu"
            findings.refuse(line.line, STARTS, text)


def _correct(entries: Sequence[_Entry]) -> list[str]:
    """Give known officers what their lines say; return a sentence for each correction."""
    sentences = []
    for line, officer in entries:
        numbers = (line.nip or officer.nip, line.staff_number or officer.staff_number)
        said = (line.name, line.employment, *numbers)
        known = (officer.name, officer.employment, officer.nip, officer.staff_number)
        if said != known:
            renamed = "" if officer.name == line.name else f" (semula {officer.name})"
            sentences.append(f"{line.name}{renamed}: data diri diperbaiki")
            officer.name, officer.employment, officer.nip, officer.staff_number = said
    return sentences


def _append_assignments(
    session: Session,
    unit_id: int,
    entries: Sequence[_Entry],
    directory: Directory,
    cause: Cause,
) -> list[_Entry]:
    """Append what has not been said already; return the entries that brought something new."""
    known = belongings(session, unit_id)
    new = [
        (line, officer)
        for line, officer in entries
        if known.get((officer.id or 0, line.starts_on)) != belonging_of(line, directory)
    ]
    placements = [
        Placement(officer.id or 0, line.starts_on, belonging_of(line, directory))
        for line, officer in new
    ]
    append_placements(session, unit_id, placements, cause)
    return new


def _placed(line: OfficerLine) -> str:
    return f"{line.name}: penempatan mulai {line.starts_on}"
