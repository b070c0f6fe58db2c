"""Setting an office up: adding units and desks, and changing what people see of them.

No change here moves a response: they point at rows, and at half hours of the unit's own time.
"""

import json
from collections.abc import Sequence

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from survey.desks import HALF
from survey.models import Desk, DeskService, KnownResponse, ServiceUnit
from survey.questionnaire import ElementOrder
from survey.spelling import random_letters
from survey.units import is_real


class TimeZoneInUse(Exception):
    """Responses are kept in the unit's local half hours, so its zone cannot change any more."""


def units_by_code(session: Session) -> dict[str, ServiceUnit]:
    """Return all units by code, in the order in which they were added."""
    rows = session.exec(select(ServiceUnit).where(is_real()).order_by(col(ServiceUnit.id)))
    return {unit.code: unit for unit in rows}


def add_unit(
    session: Session,
    code: str,
    name: str,
    time_zone: str,
    *,
    parent_id: int | None = None,
    element_order: ElementOrder = ElementOrder.BODY,
    biaya_answers: tuple[str, str, str, str] | None = None,
) -> int:
    """Add a service unit with a new code and return its id.

    Parameters
    ----------
    time_zone
        A known IANA name.
    biaya_answers
        The unit's own words for the answers on costs, lowest first (method §2).
    """
    unit = ServiceUnit(
        parent_id=parent_id,
        code=code,
        name=name,
        time_zone=time_zone,
        element_order=element_order,
        biaya_answers=stored_answers(biaya_answers),
    )
    session.add(unit)
    session.flush()
    assert unit.id is not None  # noqa: S101 - the flush gave it one
    return unit.id


def move_clock(session: Session, unit: ServiceUnit, time_zone: str) -> None:
    """Correct a unit's time zone while nobody has responded.

    Raises
    ------
    TimeZoneInUse
        If somebody has.
    """
    if has_responses(session, unit):
        raise TimeZoneInUse
    unit.time_zone = time_zone


def has_responses(session: Session, unit: ServiceUnit) -> bool:
    """Tell whether anybody has responded about a unit."""
    responded = select(KnownResponse.id).where(col(KnownResponse.unit_id) == unit.id).limit(1)
    return session.exec(responded).first() is not None


def stored_answers(answers: tuple[str, str, str, str] | None) -> str | None:
    """Return the answers on costs as a unit's row keeps them."""
    return None if answers is None else json.dumps(answers, ensure_ascii=False)


def desks_by_code(session: Session, unit_id: int) -> dict[str, Desk]:
    """Return a unit's desks by code, closed ones included."""
    rows = session.exec(select(Desk).where(col(Desk.unit_id) == unit_id).order_by(col(Desk.id)))
    return {desk.code: desk for desk in rows}


def add_desk(
    session: Session,
    unit_id: int,
    code: str,
    name: str,
    *,
    about: str = "",
    kind: str = "counter",
    opens_with: str = "faces",
    service_ids: Sequence[int] = (),
) -> Desk:
    """Add a desk with a new random code, and the services it gives."""
    desk = Desk(
        unit_id=unit_id,
        code=code,
        public_key=random_letters(HALF),
        name=name,
        about=about,
        kind=kind,
        opens_with=opens_with,
    )
    session.add(desk)
    session.flush()
    give_services(session, desk, service_ids)
    return desk


def service_ids_of(session: Session, desk_id: int) -> set[int]:
    """Return the services that a desk names; empty if it gives all of the unit's."""
    named = select(DeskService.service_id).where(col(DeskService.desk_id) == desk_id)
    return set(session.exec(named))


def give_services(session: Session, desk: Desk, service_ids: Sequence[int]) -> None:
    """Let a desk give exactly these services from now on."""
    session.execute(delete(DeskService).where(col(DeskService.desk_id) == desk.id))
    rows = [
        {"desk_id": desk.id, "service_id": service_id, "unit_id": desk.unit_id}
        for service_id in service_ids
    ]
    if rows:
        session.execute(insert(DeskService), rows)
