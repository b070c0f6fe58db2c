"""How far a unit is set up: the facts that its guide is judged by, counted in the database."""

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from aggregation.duties.batch_force import holds
from aggregation.duties.duty_lines import HALL
from aggregation.models import Assignment, Duty, DutyBatch
from aggregation.office.set_up_guide import SetUpFacts
from survey.models import Desk, LogEntry, Response, Service, ServiceUnit, Ticket
from survey.questionnaire import ElementOrder

POSTERS_PRINTED = "posters.printed"
"""What the log calls the making of posters."""


def set_up_facts(
    session: Session, unit_id: int, today: date, *, has_head: bool, has_hr: bool
) -> SetUpFacts:
    """Return what a unit has.

    Parameters
    ----------
    today
        The unit's own day.
    """
    unit = session.get_one(ServiceUnit, unit_id)
    open_desks = col(Desk.unit_id) == unit_id, col(Desk.active)
    one_officer = (*open_desks, col(Desk.kind) != HALL)
    rostered = col(Desk.id).in_(
        select(col(Duty.desk_id))
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .where(col(Duty.unit_id) == unit_id, col(Duty.day).is_(None), holds())
    )
    in_use = col(Service.unit_id) == unit_id, col(Service.active)
    rated = has_been_rated(session, unit_id)
    return SetUpFacts(
        active=unit.active,
        services=_count(session, select(func.count(col(Service.id))).where(*in_use)),
        desks=_count(session, _desks(*open_desks)),
        rostered_desks=_count(session, _desks(*one_officer, rostered)),
        to_be_rostered=_count(session, _desks(*one_officer)),
        officers=_officers(session, unit_id, today),
        own_questionnaire=unit.element_order != ElementOrder.BODY
        or unit.biaya_answers is not None
        or unit.accent is not None,
        printed=rated or _printed(session, unit_id),
        responses=rated,
        has_head=has_head,
        has_hr=has_hr,
    )


def has_been_rated(session: Session, unit_id: int) -> bool:
    """Say whether anybody has responded about a unit; its responses lie together in the table."""
    return _any(session, select(col(Response.month)).where(col(Response.unit_id) == unit_id))


def _desks(*which: ColumnElement[bool] | Mapped[bool]) -> Select[Any]:
    return select(func.count(col(Desk.id))).where(*which)


def _printed(session: Session, unit_id: int) -> bool:
    """Say whether a file to be printed was ever made; the log knows of posters."""
    its_desks = select(col(Desk.id)).where(col(Desk.unit_id) == unit_id)
    slips = select(col(Ticket.number)).where(col(Ticket.desk_id).in_(its_desks))
    posters = select(col(LogEntry.id)).where(
        col(LogEntry.unit_id) == unit_id, col(LogEntry.act) == POSTERS_PRINTED
    )
    return _any(session, slips) or _any(session, posters)


def _officers(session: Session, unit_id: int, today: date) -> int:
    placed = select(func.count(func.distinct(col(Assignment.officer_id)))).where(
        col(Assignment.unit_id) == unit_id,
        or_(col(Assignment.ends_on).is_(None), col(Assignment.ends_on) >= today),
    )
    return _count(session, placed)


def _count(session: Session, statement: Select[Any]) -> int:
    found: int = session.execute(statement).scalar_one()
    return found


def _any(session: Session, statement: Select[Any]) -> bool:
    return session.execute(statement.limit(1)).first() is not None
