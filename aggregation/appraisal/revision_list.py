"""The prepared revisions of a unit, and what is due of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from aggregation.appraisal.models import (
    Objection,
    ObjectionAnswer,
    RevisionDecision,
    RevisionRequest,
)
from aggregation.appraisal.revision_requests import upheld_objections
from aggregation.closings import Closing
from aggregation.models import Officer


class Standing(StrEnum):
    """How far a prepared revision has come."""

    WAITING = "waiting"
    VOID = "void"
    """Another revision of the month was made since it was prepared."""
    APPROVED = "approved"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Upheld:
    """An upheld objection that waits for a revision."""

    objection: Objection
    answer: ObjectionAnswer
    officer: str


def requests_in(unit_id: int) -> Select[*tuple[Any, ...]]:
    """Return the statement of a unit's requests: what, when, by whom, and how far."""
    found: Select[*tuple[Any, ...]] = (
        select(
            col(RevisionRequest.id),
            col(RevisionRequest.month),
            col(RevisionRequest.based_on),
            col(RevisionRequest.requested_at),
            col(RevisionRequest.requested_by),
            col(RevisionRequest.ground),
            col(RevisionRequest.reason),
            col(Closing.revision).label("made"),
            standing_of_request().label("standing"),
        )
        .outerjoin(RevisionDecision, col(RevisionDecision.request_id) == col(RevisionRequest.id))
        .outerjoin(Closing, col(Closing.id) == col(RevisionDecision.closing_id))
        .where(col(RevisionRequest.unit_id) == unit_id)
    )
    return found


def standing_of_request() -> ColumnElement[str]:
    """Return how far a request has come, in a statement that joined its decision."""
    newer = aliased(Closing)
    newest = (
        select(func.max(col(newer.revision)))
        .where(
            and_(
                col(newer.unit_id) == col(RevisionRequest.unit_id),
                col(newer.month) == col(RevisionRequest.month),
            )
        )
        .correlate(RevisionRequest)
        .scalar_subquery()
    )
    approved = col(RevisionDecision.approved)
    return case(
        (approved.is_(True), Standing.APPROVED.value),
        (approved.is_(False), Standing.REFUSED.value),
        (newest != col(RevisionRequest.based_on), Standing.VOID.value),
        else_=Standing.WAITING.value,
    )


def waits_for_a_second_person() -> ColumnElement[int]:
    """Return 1 for requests that somebody has to decide on, 0 for the others, to sort by."""
    return case((standing_of_request() == Standing.WAITING.value, 1), else_=0)


def upheld_and_waiting(session: Session, unit_id: int) -> Sequence[Upheld]:
    """Return the upheld objections that no revision has followed, the oldest answer first."""
    return [
        Upheld(
            objection,
            session.get_one(ObjectionAnswer, objection.id),
            session.get_one(Officer, objection.officer_id).name,
        )
        for objection in upheld_objections(session, unit_id)
    ]
