"""Preparing a revision: one person says what is to be put right and why (method §8.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from aggregation.appraisal.models import (
    Ground,
    Objection,
    ObjectionAnswer,
    RevisionDecision,
    RevisionRequest,
)
from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import LONGEST_REASON, Cause, hold_unit
from aggregation.duties.duty_lines import DayException
from aggregation.duties.recorded_duties import record_correction
from aggregation.months.revision import (
    MonthNotClosed,
    NothingMoves,
    RevisionDraft,
    draft_revision,
)
from aggregation.months.revisions import revisions
from survey.log import Act
from survey.merkle import Scalar
from survey.month import Month
from survey.units import local_today


class RequestIncomplete(ValueError):
    """A ground lacks what it is about, or names what it is not about."""


class RequestUnexplained(ValueError):
    """A revision is prepared with a reason, up to 400 characters."""


class NotUpheld(ValueError):
    """There is no upheld objection of that id to this month that waits for a revision."""


class LateDayAhead(ValueError):
    """Late responses are admitted up to a day that has begun, so that two people see the same."""


class OwnFiguresMove(ValueError):
    """Whoever prepares or approves a revision would move his own figures by it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a revision is to put right.

    Attributes
    ----------
    objection_id
        The upheld objection that it follows.
    corrections
        Hours of single days of the month, and whose they were.
    late_until
        Late responses received before this day come in.
    """

    ground: Ground
    objection_id: UUID | None = None
    corrections: Sequence[DayException] = ()
    late_until: date | None = None


def request_revision(
    session: Session,
    unit_id: int,
    month: Month,
    asked: Asked,
    cause: Cause,
    *,
    officer_id: int | None = None,
) -> RevisionRequest:
    """Keep a prepared revision, with its correction of duties if it has one.

    Nothing moves before a second person has approved it. An upheld objection may be followed up
    even where nothing moves: two people then say so, and the officer's row can become final.

    Parameters
    ----------
    officer_id
        The officer who prepares it, if it is one.

    Raises
    ------
    RequestUnexplained, RequestIncomplete, NotUpheld, LateDayAhead
        If what is asked for does not hold together.
    MonthNotClosed, NothingMoves
        If there is nothing to revise.
    OwnFiguresMove
        If it would move the figures of whoever prepares it, or follows his own objection.
    """
    if not cause.reason or len(cause.reason) > LONGEST_REASON:
        raise RequestUnexplained
    hold_unit(session, unit_id)
    _require_whole(session, unit_id, month, asked, cause)
    found = revisions(session, unit_id, month, month)
    if not found:
        raise MonthNotClosed(str(month))
    batch_id = None
    if asked.corrections:
        batch_id = record_correction(session, unit_id, asked.corrections, cause)
    request = RevisionRequest(
        id=uuid4(),
        unit_id=unit_id,
        month=month,
        based_on=found[-1].revision,
        requested_at=cause.at,
        requested_by=cause.by,
        ground=asked.ground,
        objection_id=asked.objection_id,
        batch_id=batch_id,
        late_until=asked.late_until,
        reason=cause.reason,
    )
    draft = draft_of(session, request)
    if draft is None and asked.ground is not Ground.OBJECTION:
        raise NothingMoves
    require_disinterest(session, request, draft, officer_id)
    session.add(request)
    session.flush()
    facts: dict[str, Scalar] = {
        "month": str(month),
        "revision": request.based_on,
        "ground": request.ground,
    }
    act = Act("revision.prepared", cause.actor, f"request {request.id}", facts, unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})
    return request


def draft_of(session: Session, request: RevisionRequest) -> RevisionDraft | None:
    """Return what a request would write now; None if it would count the same."""
    try:
        return draft_revision(
            session,
            request.unit_id,
            request.month,
            batch_id=request.batch_id,
            late_until=request.late_until,
        )
    except NothingMoves:
        return None


def require_disinterest(
    session: Session,
    request: RevisionRequest,
    draft: RevisionDraft | None,
    officer_id: int | None,
) -> None:
    """Let nobody prepare or approve what moves his own figures, in any month.

    Raises
    ------
    OwnFiguresMove
        If it does, or if it follows his own objection.
    """
    if officer_id is None:
        return
    concerned = set(draft.moved_officers()) if draft else set()
    if request.objection_id is not None:
        concerned.add(session.get_one(Objection, request.objection_id).officer_id)
    if officer_id in concerned:
        raise OwnFiguresMove


def upheld_objections(
    session: Session, unit_id: int, month: Month | None = None
) -> list[Objection]:
    """Return a unit's upheld objections that no approved revision has followed."""
    followed = (
        select(RevisionRequest.objection_id)
        .join(RevisionDecision, col(RevisionDecision.request_id) == col(RevisionRequest.id))
        .where(col(RevisionDecision.approved), col(RevisionRequest.objection_id).is_not(None))
    )
    query = (
        select(Objection)
        .join(ObjectionAnswer, col(ObjectionAnswer.objection_id) == col(Objection.id))
        .where(
            col(Objection.unit_id) == unit_id,
            col(ObjectionAnswer.upheld),
            col(Objection.id).not_in(followed),
        )
        .order_by(col(ObjectionAnswer.answered_at), col(Objection.id))
    )
    if month is not None:
        query = query.where(col(Objection.month) == month)
    return list(session.exec(query))


def _require_whole(
    session: Session, unit_id: int, month: Month, asked: Asked, cause: Cause
) -> None:
    follows = asked.ground is Ground.OBJECTION
    if follows is not (asked.objection_id is not None):
        raise RequestIncomplete
    if asked.corrections and asked.ground not in {Ground.DUTY, Ground.OBJECTION}:
        raise RequestIncomplete
    if asked.late_until and asked.ground not in {Ground.LATE, Ground.OBJECTION}:
        raise RequestIncomplete
    if asked.ground is Ground.DUTY and not asked.corrections:
        raise RequestIncomplete
    if asked.ground is Ground.LATE and asked.late_until is None:
        raise RequestIncomplete
    if any(Month.of(line.day) != month for line in asked.corrections):
        raise RequestIncomplete
    if asked.late_until and asked.late_until > local_today(session, unit_id, cause.at):
        raise LateDayAhead
    upheld = {each.id for each in upheld_objections(session, unit_id, month)}
    if asked.objection_id is not None and asked.objection_id not in upheld:
        raise NotUpheld
