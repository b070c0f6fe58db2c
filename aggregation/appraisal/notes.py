"""What a superior writes to an officer: dated, never changed, read by the officer (method §6)."""

from dataclasses import dataclass
from datetime import date
from uuid import uuid4

from sqlalchemy import ColumnElement, insert, select
from sqlmodel import Session, col

from aggregation.access.accounts import names_of
from aggregation.appraisal.models import NoteKind, SuperiorNote
from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause
from aggregation.models import Officer
from aggregation.people.assignments import AssignedOfficer, officers_of
from survey.log import Act
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone
from survey.units import local_today

LONGEST_NOTE = 1000


class NotOfThisUnit(LookupError):
    """The officer does not belong to the unit in that month."""


class OwnNote(ValueError):
    """Nobody writes to himself."""


class MonthToCome(ValueError):
    """The month has not begun."""


@dataclass(frozen=True, slots=True)
class ShownNote:
    """A note as it is read.

    Attributes
    ----------
    author
        The name of whoever wrote it; None if there is no such account.
    written_on
        The day, where the unit is.
    """

    kind: NoteKind
    month: Month
    text: str
    author: str | None
    written_on: date


def write_note(
    session: Session,
    unit_id: int,
    month: Month,
    officer_id: int,
    *,
    kind: NoteKind,
    text: str,
    cause: Cause,
    author_officer_id: int | None,
) -> None:
    """Write a note to an officer about a month.

    Parameters
    ----------
    text
        1 to 1000 characters.
    author_officer_id
        The officer that whoever writes is, if any.

    Raises
    ------
    OwnNote
        If one would write to oneself.
    MonthToCome
        If the month has not begun where the unit is.
    NotOfThisUnit
        If the officer does not belong to the unit in that month.
    """
    if author_officer_id == officer_id:
        raise OwnNote
    if month > Month.of(local_today(session, unit_id, cause.at)):
        raise MonthToCome
    who = _belonging(session, unit_id, month, officer_id)
    row = {
        "id": uuid4(),
        "unit_id": unit_id,
        "month": month,
        "officer_id": officer_id,
        "written_at": cause.at,
        "written_by": cause.by,
        "kind": kind.value,
        "text": text,
    }
    session.execute(insert(SuperiorNote), row)
    # What it says is between the two; the log keeps that something was said.
    act = Act("note.written", cause.actor, f"officer {who.key}", {"month": str(month)}, unit_id)
    record_with_detail(session, act, cause.at, {"officer": who.name})


def notes_of(session: Session, officer_id: int, unit_id: int, month: Month) -> list[ShownNote]:
    """Return what was written to an officer about a month in a unit, the oldest first."""
    about = col(SuperiorNote.unit_id) == unit_id, col(SuperiorNote.month) == month
    return _shown(session, officer_id, *about)


def notes_to(session: Session, officer_id: int) -> list[ShownNote]:
    """Return all that was written to an officer in any unit, the oldest first."""
    return _shown(session, officer_id)


def _shown(session: Session, officer_id: int, *about: ColumnElement[bool]) -> list[ShownNote]:
    written = session.execute(
        select(SuperiorNote, col(ServiceUnit.time_zone))
        .join(ServiceUnit, col(ServiceUnit.id) == col(SuperiorNote.unit_id))
        .where(col(SuperiorNote.officer_id) == officer_id, *about)
        .order_by(col(SuperiorNote.written_at), col(SuperiorNote.id))
    ).all()
    names = names_of(session, {note.written_by for note, _ in written})
    return [
        ShownNote(
            NoteKind(note.kind),
            note.month,
            note.text,
            names.get(note.written_by),
            local_day(note.written_at, time_zone(zone)),
        )
        for note, zone in written
    ]


def officer_in(session: Session, unit_id: int, month: Month, key: str) -> Officer:
    """Return the officer of a key who belongs to a unit in a month.

    Raises
    ------
    NotOfThisUnit
        If there is none.
    """
    for each in officers_of(session, unit_id, month):
        if each.key == key:
            return session.get_one(Officer, each.officer_id)
    raise NotOfThisUnit


def _belonging(session: Session, unit_id: int, month: Month, officer_id: int) -> AssignedOfficer:
    for each in officers_of(session, unit_id, month):
        if each.officer_id == officer_id:
            return each
    raise NotOfThisUnit
