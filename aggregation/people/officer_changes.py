"""Officers added and changed one at a time, by the same rules as a line of their sheet."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import or_
from sqlmodel import Session, col, select

from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from aggregation.models import Assignment, Officer
from aggregation.people.officer_directory import Directory
from aggregation.people.officer_lines import OfficerLine, read_line
from aggregation.people.officers import belonging_of, check_superiors
from aggregation.people.placements import Belonging, Placement, append_placements, belongings
from aggregation.sheets.sheet import Row
from aggregation.sheets.sheet_import import Complaint, Findings
from survey.merkle import Scalar

_CHANGED = "diganti"

Facts = dict[str, Scalar]


class NotServing(LookupError):
    """The officer has no place in the unit that could end on that day."""


@dataclass(frozen=True, slots=True)
class SavedOfficer:
    """What saving an officer did.

    Attributes
    ----------
    is_changed
        Whether anything was new.
    warnings
        What looks mistaken and was saved all the same.
    """

    key: str
    name: str
    is_changed: bool
    warnings: tuple[Complaint, ...]


def officer_of(session: Session, unit_id: int, key: str) -> Officer | None:
    """Return an officer who was ever assigned to a unit; None if there is no such one."""
    here = select(Assignment.officer_id).where(col(Assignment.unit_id) == unit_id)
    asked = select(Officer).where(col(Officer.key) == key, col(Officer.id).in_(here))
    return session.exec(asked).first()


def save_officer(
    session: Session,
    unit_id: int,
    cells: Mapping[str, str],
    cause: Cause,
    who: Officer | None = None,
) -> SavedOfficer:
    """Add an officer to a unit, or change one, and append where the officer belongs.

    Parameters
    ----------
    cells
        What was typed, by the columns of a sheet of officers.
    who
        The officer to change; None for one to add, who may be known by number all the same.

    Raises
    ------
    SheetRefused
        With every cell that is wrong, on line 1; nothing is written then.
    """
    findings = Findings()
    line = read_line(Row(1, dict(cells), "", overflows=False), findings)
    if line is None:
        findings.settle()
        raise AssertionError  # a line that cannot be read has left a finding
    directory = _directory(session, unit_id, line, who)
    officer = directory.enter_one(line, findings, who)
    if officer is not None:
        check_superiors(line, officer, directory, findings)
    findings.settle()
    assert officer is not None  # noqa: S101 - the directory notes why it names nobody
    if who is None:
        # A number that an added officer leaves out is not taken from somebody who is known.
        nip, number = line.nip or officer.nip, line.staff_number or officer.staff_number
        line = replace(line, nip=nip, staff_number=number)
    changed = _store(session, unit_id, line, officer, directory=directory, cause=cause)
    return SavedOfficer(officer.key, officer.name, changed, findings.warnings)


def stop_serving(
    session: Session, unit_id: int, officer: Officer, last_day: date, cause: Cause
) -> None:
    """End an officer's place in a unit with a day; nothing is deleted.

    Raises
    ------
    NotServing
        If no place of the officer in the unit has begun by that day, or it has ended before.
    """
    known = {
        begun: belonging
        for (_, begun), belonging in belongings(session, unit_id, officer.id).items()
        if begun <= last_day
    }
    if not known:
        raise NotServing
    begun = max(known)
    ends_on = known[begun].ends_on
    if ends_on is not None and ends_on < last_day:
        raise NotServing
    _place(session, unit_id, officer, begun, replace(known[begun], ends_on=last_day), cause=cause)


def _directory(session: Session, unit_id: int, line: OfficerLine, who: Officer | None) -> Directory:
    """Return those whom the line may speak of: a list of thousands is not read for one line."""
    numbers = {n for n in (line.nip, line.staff_number, line.head, line.assessor) if n}
    known = session.exec(
        select(Officer).where(
            or_(
                col(Officer.nip).in_(numbers),
                col(Officer.staff_number).in_(numbers),
                col(Officer.id) == (None if who is None else who.id),
            )
        )
    ).all()
    here = select(Assignment.officer_id).where(
        col(Assignment.unit_id) == unit_id,
        col(Assignment.officer_id).in_([officer.id for officer in known]),
    )
    return Directory(known, set(session.exec(here)))


def _store(
    session: Session,
    unit_id: int,
    line: OfficerLine,
    officer: Officer,
    *,
    directory: Directory,
    cause: Cause,
) -> bool:
    """Write what the line says of the officer; say whether it was anything new."""
    is_new = directory.is_new(officer)
    before: Facts = {} if is_new else _personal(officer)
    nip = officer.nip
    officer.name, officer.employment = line.name, line.employment
    officer.nip, officer.staff_number = line.nip, line.staff_number
    session.add(officer)
    session.flush()
    after = _personal(officer) | ({} if nip == officer.nip or is_new else {"nip": _CHANGED})
    edited = record_edit(
        session,
        "officer.added" if is_new else "officer.changed",
        f"officer {officer.key}",
        before,
        after,
        unit_id=unit_id,
        cause=cause,
    )
    belonging = belonging_of(line, directory)
    return _place(session, unit_id, officer, line.starts_on, belonging, cause=cause) or edited


def _place(
    session: Session,
    unit_id: int,
    officer: Officer,
    starts_on: date,
    belonging: Belonging,
    *,
    cause: Cause,
) -> bool:
    """Append a placement unless it was said already; say whether it was new."""
    officer_id = officer.id or 0
    before = belongings(session, unit_id, officer_id).get((officer_id, starts_on))
    if before == belonging:
        return False
    append_placements(session, unit_id, [Placement(officer_id, starts_on, belonging)], cause)
    return record_edit(
        session,
        "officer.placed",
        f"officer {officer.key}",
        {} if before is None else _placed(starts_on, before),
        _placed(starts_on, belonging),
        unit_id=unit_id,
        cause=cause,
    )


def _personal(officer: Officer) -> Facts:
    """Return what the log keeps of an officer: never the NIP, only that it changed."""
    return {
        "name": officer.name,
        "employment": officer.employment,
        "staff_number": officer.staff_number,
    }


def _placed(starts_on: date, belonging: Belonging) -> Facts:
    return {
        "starts_on": str(starts_on),
        "ends_on": None if belonging.ends_on is None else str(belonging.ends_on),
        "job_group": belonging.job_group,
        "head": belonging.head_id,
        "assessor": belonging.assessor_id,
    }
