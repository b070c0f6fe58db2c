"""Deciding on a prepared revision: a second person approves or refuses it, once (method §8.4)."""

import hashlib
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.appraisal.models import RevisionDecision, RevisionRequest
from aggregation.appraisal.revision_requests import draft_of, require_disinterest
from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import LONGEST_REASON, Cause, hold_unit
from aggregation.closings import Closing
from aggregation.duties.batch_decision import note_decision
from aggregation.months.revision import RevisionDraft
from aggregation.months.revision_writing import write_revision
from aggregation.months.revisions import revisions
from survey.language import worded
from survey.log import Act
from survey.merkle import Scalar

OVERTAKEN = worded("Revisi lain dibuat lebih dulu.")
"""Why a request is closed by itself: it was prepared on figures that no longer hold."""


class UnknownRequest(LookupError):
    """The unit has no such request."""


class RevisionDecided(ValueError):
    """Somebody has decided on it before, or another revision was made meanwhile."""


class OwnRequest(ValueError):
    """Who prepared it does not decide on it."""


class RefusalUnexplained(ValueError):
    """A prepared revision was refused without a reason."""


class ReasonTooLong(ValueError):
    """The reason is longer than can be kept."""


class DraftChanged(ValueError):
    """It would do something else now than what the approver has seen."""


def decide_revision(
    session: Session,
    unit_id: int,
    request_id: UUID,
    cause: Cause,
    *,
    seen: str | None,
    officer_id: int | None = None,
) -> Closing | None:
    """Approve a prepared revision and write it, or refuse it; once.

    Parameters
    ----------
    cause
        Who decides; a refusal needs its reason.
    seen
        What the approver has seen, as `fingerprint` spells it; None refuses the request.
    officer_id
        The officer who decides, if it is one.

    Returns
    -------
    Closing or None
        The revision that was made, or the one that stands where nothing moved; None if refused.

    Raises
    ------
    UnknownRequest, RevisionDecided
        If there is nothing to decide; of two at once the second.
    OwnRequest, OwnFiguresMove
        If it is not for this person to decide.
    RefusalUnexplained, ReasonTooLong
        If the reason cannot be kept.
    DraftChanged
        If it would do something else than what was seen.
    """
    hold_unit(session, unit_id)
    request = request_of(session, unit_id, request_id)
    newest = revisions(session, unit_id, request.month, request.month)[-1]
    if session.get(RevisionDecision, request_id) or newest.revision != request.based_on:
        raise RevisionDecided
    if request.requested_by in {cause.by, cause.actor}:
        raise OwnRequest
    draft = draft_of(session, request)
    require_disinterest(session, request, draft, officer_id)
    if len(cause.reason) > LONGEST_REASON:
        raise ReasonTooLong
    if seen is None:
        if not cause.reason:
            raise RefusalUnexplained
        _note(session, request, None, cause)
        return None
    if seen != fingerprint(draft):
        raise DraftChanged
    closing = newest if draft is None else _write(session, request, draft, cause)
    _note(session, request, closing, cause)
    _close_overtaken(session, unit_id, cause)
    return closing


def fingerprint(draft: RevisionDraft | None) -> str:
    """Return a spelling of all figures that a draft would write; of nothing, the empty one."""
    if draft is None:
        return ""
    return hashlib.sha256(b"".join(month.digest() for month in draft.months)).hexdigest()


def request_of(session: Session, unit_id: int, request_id: UUID) -> RevisionRequest:
    """Return a request of a unit.

    Raises
    ------
    UnknownRequest
        If it has none of that id.
    """
    found: RevisionRequest | None = session.scalars(
        select(RevisionRequest).where(
            col(RevisionRequest.id) == request_id, col(RevisionRequest.unit_id) == unit_id
        )
    ).one_or_none()
    if found is None:
        raise UnknownRequest
    return found


def _write(
    session: Session, request: RevisionRequest, draft: RevisionDraft, cause: Cause
) -> Closing:
    return write_revision(
        session,
        draft,
        reason=request.reason,
        prepared_by=request.requested_by,
        approved_by=cause.by,
        at=cause.at,
    )


def _note(
    session: Session, request: RevisionRequest, closing: Closing | None, cause: Cause
) -> None:
    """Keep what was decided, on the revision and on the correction that it carries."""
    if request.batch_id is not None:
        approved = closing is not None
        note_decision(session, request.unit_id, request.batch_id, approved=approved, cause=cause)
    session.add(
        RevisionDecision(
            request_id=request.id,
            decided_at=cause.at,
            decided_by=cause.by,
            approved=closing is not None,
            reason=cause.reason,
            closing_id=closing.id if closing else None,
        )
    )
    session.flush()
    facts: dict[str, Scalar] = {"month": str(request.month), "revision": request.based_on}
    name = "revision.refused" if closing is None else "revision.approved"
    act = Act(name, cause.actor, f"request {request.id}", facts, request.unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})


def _close_overtaken(session: Session, unit_id: int, cause: Cause) -> None:
    """Refuse what was prepared on figures that no longer hold, with the corrections it carries."""
    decided = select(col(RevisionDecision.request_id))
    waiting = session.scalars(
        select(RevisionRequest).where(
            col(RevisionRequest.unit_id) == unit_id, col(RevisionRequest.id).not_in(decided)
        )
    ).all()
    newest = {each.month: each.revision for each in revisions(session, unit_id)}
    because = Cause(cause.by, OVERTAKEN, cause.at, cause.actor)
    for request in waiting:
        if newest[request.month] != request.based_on:
            _note(session, request, None, because)
