"""Answering an objection: somebody else looks, once, and says why (method §8.3)."""

from uuid import UUID

from sqlmodel import Session, col, select

from aggregation.appraisal.models import Objection, ObjectionAnswer
from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.closings import Closing, OfficerFigure
from aggregation.screening.independence import close_to
from survey.log import Act
from survey.merkle import Scalar

LONGEST_REASON = 2000


class UnknownObjection(LookupError):
    """The unit has no such objection."""


class AnsweredAlready(ValueError):
    """Somebody has answered it before; an answer stands."""


class NotIndependent(ValueError):
    """Whoever answers is too close to what the objection is about."""


class OwnObjection(NotIndependent):
    """He is the officer who objects."""


class HeadOfOfficer(NotIndependent):
    """He was the officer's direct head in that month."""


class MadeTheFigures(NotIndependent):
    """He closed the month, or made the revision, that computed what is objected to."""


class AnswerUnexplained(ValueError):
    """An answer gives a reason, whichever it is."""


class AnswerTooLong(ValueError):
    """The reason is longer than can be kept."""


def answer_objection(
    session: Session,
    unit_id: int,
    objection_id: UUID,
    cause: Cause,
    *,
    upheld: bool,
    officer_id: int | None = None,
) -> ObjectionAnswer:
    """Keep what a reviewer decided on an objection.

    Parameters
    ----------
    cause
        Who answers, and why, up to 2000 characters.
    officer_id
        The officer that the reviewer is, if he is one.

    Raises
    ------
    UnknownObjection
        If the unit has none of that id.
    AnsweredAlready
        If it has its answer; of two at once the second.
    OwnObjection, HeadOfOfficer, MadeTheFigures
        If it is not for this person to answer.
    AnswerUnexplained, AnswerTooLong
        If the reason cannot be kept.
    """
    reason = cause.reason.replace("\r\n", "\n").strip()
    hold_unit(session, unit_id)
    objection = objection_of(session, unit_id, objection_id)
    if session.get(ObjectionAnswer, objection_id) is not None:
        raise AnsweredAlready
    require_independence(session, objection, cause.by, officer_id)
    if not reason:
        raise AnswerUnexplained
    if len(reason) > LONGEST_REASON:
        raise AnswerTooLong
    answer = ObjectionAnswer(
        objection_id=objection_id,
        answered_at=cause.at,
        answered_by=cause.by,
        upheld=upheld,
        reason=reason,
    )
    session.add(answer)
    session.flush()
    facts: dict[str, Scalar] = {"month": str(objection.month), "upheld": upheld}
    act = Act("objection.answered", cause.actor, f"objection {objection_id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": reason})
    return answer


def objection_of(session: Session, unit_id: int, objection_id: UUID) -> Objection:
    """Return an objection of a unit.

    Raises
    ------
    UnknownObjection
        If it has none of that id.
    """
    found = session.exec(
        select(Objection).where(
            col(Objection.id) == objection_id, col(Objection.unit_id) == unit_id
        )
    ).one_or_none()
    if found is None:
        raise UnknownObjection
    return found


def require_independence(
    session: Session, objection: Objection, account: str, officer_id: int | None
) -> None:
    """Let nobody answer who is the officer, led him that month, or made the figures.

    The method names the first two. Whoever closed the month is kept out as well: an objection
    asks that somebody look who has not looked before.

    Raises
    ------
    OwnObjection, HeadOfOfficer, MadeTheFigures
        Saying which.
    """
    who = objection.officer_id
    if account == objection.filed_by or officer_id == who:
        raise OwnObjection
    if officer_id is not None and close_to(session, officer_id, [who], objection.month):
        raise HeadOfOfficer
    if account in _makers(session, objection):
        raise MadeTheFigures


def _makers(session: Session, objection: Objection) -> set[str | None]:
    """Return who made the figures what they are: by closing the month, or by a revision of it."""
    of_month = col(Closing.unit_id) == objection.unit_id, col(Closing.month) == objection.month
    computed_in = (
        select(OfficerFigure.computed_in)
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .where(
            *of_month,
            col(Closing.revision) == objection.revision,
            col(OfficerFigure.officer_id) == objection.officer_id,
        )
    )
    made = session.exec(
        select(Closing).where(*of_month, col(Closing.revision).in_(session.exec(computed_in).all()))
    )
    return {person for closing in made for person in (closing.closed_by, closing.prepared_by)}
