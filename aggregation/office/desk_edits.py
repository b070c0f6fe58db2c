"""Adding a desk and changing it, as its page does; no change moves a response."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from aggregation.office.codes import free_code, free_name
from aggregation.office.desk_kinds import open_month_moved
from survey.merkle import Scalar
from survey.models import Desk, ServiceUnit
from survey.month import Month
from survey.set_up import add_desk, give_services, service_ids_of


class DeskNameInUse(ValueError):
    """Another desk of the unit is called that.

    Attributes
    ----------
    free
        A name like it that no desk of the unit has.
    """

    def __init__(self, name: str, free: str) -> None:
        super().__init__(name)
        self.free = free


class ResponsesWouldMove(ValueError):
    """The other kind would move responses of a month that is open (method §4.2).

    Attributes
    ----------
    month
        The earliest such month.
    """

    def __init__(self, month: Month) -> None:
        super().__init__(str(month))
        self.month = month


class UnitSwitchedOff(ValueError):
    """The unit takes no responses, so none of its desks can be open."""


@dataclass(frozen=True, slots=True)
class DeskFacts:
    """What may be changed of a desk; its codes never: they are printed and in sheets.

    Attributes
    ----------
    about
        What the desk is for; may be empty.
    kind
        ``counter``, ``hall``, ``mobile`` or ``online``.
    opens_with
        ``faces`` or ``skm``, the nine questions.
    service_ids
        The services it gives; none for all of the unit's.
    """

    name: str
    about: str = ""
    kind: str = "counter"
    opens_with: str = "faces"
    service_ids: tuple[int, ...] = ()
    active: bool = True


def open_desk(session: Session, unit_id: int, facts: DeskFacts, cause: Cause) -> Desk:
    """Add a desk to a unit, with a code made from its name.

    Raises
    ------
    DeskNameInUse
        If another desk of the unit is called that.
    UnitSwitchedOff
        If the unit is.
    """
    _hold_open(session, unit_id)
    others = _desks(session, unit_id)
    _check_name(facts.name, [desk.name for desk in others])
    desk = add_desk(
        session,
        unit_id,
        free_code(facts.name, [desk.code for desk in others]),
        facts.name,
        about=facts.about,
        kind=facts.kind,
        opens_with=facts.opens_with,
        service_ids=facts.service_ids,
    )
    after = {"code": desk.code, **_fields(session, desk)}
    record_edit(session, "desk.added", f"desk {desk.id}", {}, after, unit_id=unit_id, cause=cause)
    return desk


def change_desk(session: Session, desk: Desk, facts: DeskFacts, cause: Cause) -> bool:
    """Change a desk; say whether anything did.

    Raises
    ------
    DeskNameInUse
        If another desk of the unit is called that.
    ResponsesWouldMove
        If it would become a hall, or cease to be one, under responses of an open month.
    UnitSwitchedOff
        If it would open in a unit that is switched off.
    """
    before = _fields(session, desk)
    if facts.active and not desk.active:
        _hold_open(session, desk.unit_id)
    if facts.name != desk.name:
        others = [each.name for each in _desks(session, desk.unit_id) if each.id != desk.id]
        _check_name(facts.name, others)
    moved = open_month_moved(session, desk, facts.kind)
    if moved is not None:
        raise ResponsesWouldMove(moved)
    for field in ("name", "about", "kind", "opens_with", "active"):
        setattr(desk, field, getattr(facts, field))
    if set(facts.service_ids) != service_ids_of(session, desk.id or 0):
        give_services(session, desk, sorted(facts.service_ids))
    session.flush()
    after, subject = _fields(session, desk), f"desk {desk.id}"
    return record_edit(
        session, "desk.changed", subject, before, after, unit_id=desk.unit_id, cause=cause
    )


def _hold_open(session: Session, unit_id: int) -> None:
    """Keep a unit as it is until the transaction ends, so that it cannot close meanwhile."""
    held = select(col(ServiceUnit.active)).where(col(ServiceUnit.id) == unit_id)
    if not session.execute(held.with_for_update(key_share=True)).scalar_one():
        raise UnitSwitchedOff


def _desks(session: Session, unit_id: int) -> Sequence[Desk]:
    return session.scalars(select(Desk).where(col(Desk.unit_id) == unit_id)).all()


def _check_name(name: str, others: Sequence[str]) -> None:
    taken = {other.lower() for other in others}
    if name.lower() in taken:
        raise DeskNameInUse(name, free_name(name, taken))


def _fields(session: Session, desk: Desk) -> dict[str, Scalar]:
    services = sorted(service_ids_of(session, desk.id or 0))
    return {
        "name": desk.name,
        "about": desk.about,
        "kind": desk.kind,
        "opens_with": desk.opens_with,
        "services": ", ".join(map(str, services)),
        "active": desk.active,
    }
