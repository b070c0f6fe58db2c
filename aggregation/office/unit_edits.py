"""Adding a unit and changing it, as its page does; no change moves a response."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, update
from sqlmodel import Session, col

from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from aggregation.office.codes import chosen_code
from survey.accent import accent_of
from survey.merkle import Scalar
from survey.models import Desk, ServiceUnit
from survey.opening_hours import OpeningHours, read_hours
from survey.services import NamedService, add_services
from survey.set_up import add_unit, move_clock


class BelowItself(ValueError):
    """A unit would stand below itself."""


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """What may be changed of a unit; its code never.

    Attributes
    ----------
    languages
        Codes of the languages its citizens are offered, in their order; at least one.
    accent
        ``#rrggbb``; None is the product's.
    opening_hours
        When it is open; None where that is not told.
    """

    name: str
    parent_id: int | None
    time_zone: str
    languages: tuple[str, ...]
    accent: str | None = None
    active: bool = True
    opening_hours: OpeningHours | None = None


def open_unit(
    session: Session,
    code: str,
    facts: UnitFacts,
    services: Iterable[NamedService],
    cause: Cause,
) -> ServiceUnit:
    """Add a unit with the services it begins with.

    Parameters
    ----------
    code
        As it was typed; one is made from the name if it is empty.

    Raises
    ------
    NotACode, CodeInUse
        If the code cannot be the unit's.
    """
    taken = set(session.scalars(select(col(ServiceUnit.code))))
    unit_id = add_unit(
        session,
        chosen_code(code, facts.name, taken),
        facts.name,
        facts.time_zone,
        parent_id=facts.parent_id,
    )
    unit = session.get_one(ServiceUnit, unit_id)
    unit.languages = ",".join(facts.languages)
    given = add_services(session, unit_id, services)
    after = {"code": unit.code, "services": ", ".join(given), **_fields(unit)}
    record_edit(session, "unit.added", f"unit {unit_id}", {}, after, unit_id=unit_id, cause=cause)
    return unit


def change_unit(session: Session, unit_id: int, facts: UnitFacts, cause: Cause) -> int:
    """Change a unit; return how many desks closed with it because it was switched off.

    Switching it on again opens no desk: which of them still serve is for somebody to say.

    Raises
    ------
    BelowItself
        If its parent is the unit, or stands below it.
    TimeZoneInUse
        If its zone would change and somebody has responded.
    AccentUnreadable
        If words in its colour could not be read.
    """
    # Held, so that no desk opens while the unit closes.
    unit = session.get_one(ServiceUnit, unit_id, with_for_update={"key_share": True})
    before = _fields(unit)
    if facts.parent_id is not None and facts.parent_id in branch(session, unit_id):
        raise BelowItself
    if facts.time_zone != unit.time_zone:
        move_clock(session, unit, facts.time_zone)
    if facts.accent is not None:
        accent_of(facts.accent)
    closed = _close_desks(session, unit_id) if unit.active and not facts.active else 0
    unit.name, unit.parent_id, unit.active = facts.name, facts.parent_id, facts.active
    unit.languages, unit.accent = ",".join(facts.languages), facts.accent
    hours = facts.opening_hours
    unit.opening_hours = None if hours is None else hours.stored()
    session.flush()
    after = _fields(unit)
    if closed:
        before["open_desks"], after["open_desks"] = closed, 0
    subject = f"unit {unit_id}"
    record_edit(session, "unit.changed", subject, before, after, unit_id=unit_id, cause=cause)
    return closed


def branch(session: Session, unit_id: int) -> set[int]:
    """Return a unit and all that stand below it."""
    rows = session.execute(select(col(ServiceUnit.id), col(ServiceUnit.parent_id)))
    parents: dict[int, int | None] = {row.id: row.parent_id for row in rows}
    found = {unit_id}
    while more := {unit for unit, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def _close_desks(session: Session, unit_id: int) -> int:
    closing = update(Desk).where(col(Desk.unit_id) == unit_id, col(Desk.active))
    closed: int = session.connection().execute(closing.values(active=False)).rowcount
    return closed


def _fields(unit: ServiceUnit) -> dict[str, Scalar]:
    hours = read_hours(unit.opening_hours)
    return {
        "name": unit.name,
        "parent": unit.parent_id,
        "time_zone": unit.time_zone,
        "languages": unit.languages,
        "accent": unit.accent,
        "active": unit.active,
        "opening_hours": None if hours is None else str(hours),
    }
