"""Sheets of service units: new ones are added, known ones (by code) take the new words."""

from collections.abc import Mapping

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.changes.import_log import record_import
from aggregation.office.unit_lines import ZONE, UnitLine, check_branch, check_tree, read_lines
from aggregation.sheets.sheet import Sheet
from aggregation.sheets.sheet_import import Findings, Outcome
from survey.models import ServiceUnit
from survey.set_up import (
    add_unit,
    has_responses,
    move_clock,
    stored_answers,
    units_by_code,
)


def import_units(
    session: Session,
    sheet: Sheet,
    cause: Cause,
    under: ServiceUnit | None = None,
    *,
    below_only: bool = False,
) -> Outcome:
    """Take in a sheet of units.

    Parameters
    ----------
    under
        The parent of new units whose line names none.
    below_only
        Whether lines may name only that unit and those below it: whoever sets up a branch of the
        tree changes nothing beyond it.

    Raises
    ------
    SheetRefused
        With every bad line; nothing is written then.
    """
    findings = Findings()
    known = units_by_code(session)
    lines = read_lines(sheet, findings)
    _check_zones(session, lines, known, findings)
    parents = _parents(known)
    check_tree(lines, parents, findings)
    if below_only and under is not None:
        check_branch(lines, parents, under.code, findings)
    findings.settle()
    new = [line for line in lines if line.code not in known]
    added = {line.code for line in new}
    parent_id = None if under is None else under.id
    for line in new:
        add_unit(session, line.code, line.name, line.zone or "", parent_id=parent_id)
    known = units_by_code(session)
    touched = [
        line for line in lines if _take_over(session, known, line) and line.code not in added
    ]
    session.flush()
    outcome = Outcome.of_named(lines, new, touched)
    record_import(session, "units", None, cause, outcome)
    return outcome


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


def _parents(known: Mapping[str, ServiceUnit]) -> dict[str, str | None]:
    code_of = {unit.id: unit.code for unit in known.values()}
    return {code: code_of.get(unit.parent_id) for code, unit in known.items()}


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
