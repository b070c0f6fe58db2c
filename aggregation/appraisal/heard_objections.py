"""What became of objections: waiting, refused, upheld, revised; and by when an answer is due."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, case, func, select
from sqlmodel import Session, col

from aggregation.appraisal.models import (
    Objection,
    ObjectionAnswer,
    RevisionDecision,
    RevisionRequest,
)
from aggregation.closings import Closing
from aggregation.models import Officer
from survey.month import Month, local_day, time_zone

ANSWER_DAYS = 14
"""Within which an objection is to be answered: the ten working days of UU 30/2014 Ps 77, in
calendar days (local)."""


class Outcome(StrEnum):
    """How far an objection has come."""

    WAITING = "waiting"
    REFUSED = "refused"
    UPHELD = "upheld"
    """And not revised yet."""
    REVISED = "revised"


@dataclass(frozen=True, slots=True)
class Heard:
    """An objection with its answer, if it has one.

    Attributes
    ----------
    revised_in
        The revision that was made of it.
    """

    objection: Objection
    answer: ObjectionAnswer | None
    revised_in: int | None

    @property
    def outcome(self) -> Outcome:
        """How far it has come."""
        if self.answer is None:
            return Outcome.WAITING
        if not self.answer.upheld:
            return Outcome.REFUSED
        return Outcome.UPHELD if self.revised_in is None else Outcome.REVISED


def heard_objections(
    session: Session, *which: ColumnElement[bool], as_of: datetime | None = None
) -> list[Heard]:
    """Return objections that meet conditions, the oldest first, with what became of them.

    Parameters
    ----------
    as_of
        The moment whose view is asked for.
    """
    query = select(Objection).where(*which).order_by(col(Objection.filed_at), col(Objection.id))
    if as_of is not None:
        query = query.where(col(Objection.filed_at) <= as_of)
    filed = session.scalars(query).all()
    ids = [objection.id for objection in filed]
    answers = {
        answer.objection_id: answer
        for answer in session.scalars(
            select(ObjectionAnswer).where(col(ObjectionAnswer.objection_id).in_(ids))
        )
        if as_of is None or answer.answered_at <= as_of
    }
    revised = _revised_in(session, ids, as_of)
    return [Heard(each, answers.get(each.id), revised.get(each.id)) for each in filed]


def own_objections(
    session: Session,
    officer_id: int,
    unit_id: int,
    month: Month,
    as_of: datetime | None = None,
) -> list[Heard]:
    """Return an officer's own objections to a month, the oldest first."""
    return heard_objections(
        session,
        col(Objection.officer_id) == officer_id,
        col(Objection.unit_id) == unit_id,
        col(Objection.month) == month,
        as_of=as_of,
    )


def objections_in(unit_id: int) -> Select[*tuple[Any, ...]]:
    """Return the statement of a unit's objections: id, month, when, whose, and how far."""
    revised = _revisions_of_objections().subquery()
    found: Select[*tuple[Any, ...]] = (
        select(
            col(Objection.id),
            col(Objection.month),
            col(Objection.revision),
            col(Objection.filed_at),
            col(Officer.name),
            col(ObjectionAnswer.answered_at),
            outcome_of(revised.c.revision).label("outcome"),
        )
        .join(Officer, col(Officer.id) == col(Objection.officer_id))
        .outerjoin(ObjectionAnswer, col(ObjectionAnswer.objection_id) == col(Objection.id))
        .outerjoin(revised, revised.c.objection_id == col(Objection.id))
        .where(col(Objection.unit_id) == unit_id)
    )
    return found


def outcome_of(revision: ColumnElement[Any]) -> ColumnElement[str]:
    """Return how far an objection has come, in a statement that joined its answer."""
    upheld = col(ObjectionAnswer.upheld)
    return case(
        (upheld.is_(None), Outcome.WAITING.value),
        (upheld.is_(False), Outcome.REFUSED.value),
        (revision.is_(None), Outcome.UPHELD.value),
        else_=Outcome.REVISED.value,
    )


def open_first() -> ColumnElement[int]:
    """Return what sorts objections without an answer before the others."""
    return case((col(ObjectionAnswer.answered_at).is_(None), 0), else_=1)


def answer_due(filed_at: datetime, zone: str) -> date:
    """Return the day by which an objection is to be answered, in the unit's own days."""
    return local_day(filed_at, time_zone(zone)) + timedelta(days=ANSWER_DAYS)


def _revised_in(session: Session, ids: Sequence[UUID], as_of: datetime | None) -> dict[UUID, int]:
    query = _revisions_of_objections().where(col(RevisionRequest.objection_id).in_(ids))
    if as_of is not None:
        query = query.where(col(RevisionDecision.decided_at) <= as_of)
    return {row.objection_id: row.revision for row in session.execute(query)}


def _revisions_of_objections() -> Select[*tuple[Any, ...]]:
    found: Select[*tuple[Any, ...]] = (
        select(col(RevisionRequest.objection_id), func.min(col(Closing.revision)).label("revision"))
        .join(RevisionDecision, col(RevisionDecision.request_id) == col(RevisionRequest.id))
        .join(Closing, col(Closing.id) == col(RevisionDecision.closing_id))
        .where(col(RevisionRequest.objection_id).is_not(None))
        .group_by(col(RevisionRequest.objection_id))
    )
    return found
