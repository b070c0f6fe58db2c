"""What an assessor decides on a proposal: nothing takes effect before (method §6).

A decision is a dated fact about the figures of the newest revision. It is never changed; whoever
decides again adds another one, and the newest about the same figures holds.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlmodel import Session, col, select

from aggregation.appraisal.models import Decision
from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.changes.open_months import hold_months
from aggregation.closings import Closing, OfficerFigure
from aggregation.method.component import Proposal
from aggregation.models import Officer
from aggregation.months.revisions import revisions
from aggregation.people.assignments import officers_of
from survey.log import Act
from survey.merkle import Scalar
from survey.month import Month


class NoProposal(ValueError):
    """There is nothing to decide: the officer's figures are not publishable.

    The message is the reason that the figures give, if they give one.
    """


class OtherFigures(ValueError):
    """Another revision came meanwhile, so what was seen does not hold any more."""


class DecidedMeanwhile(ValueError):
    """Another decision came since the page was read."""


class ReasonNeeded(ValueError):
    """The proposal, or an earlier decision, is changed without a reason."""


class OwnFigures(ValueError):
    """Nobody decides about himself."""


class AnothersToDecide(ValueError):
    """The officer's assignment names another assessor."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the assessor had in view: it must still be so when the decision is recorded.

    Attributes
    ----------
    last
        The decision that held, if any.
    """

    revision: int
    proposal: str
    last: UUID | None = None


@dataclass(frozen=True, slots=True)
class Decider:
    """Who decides.

    Attributes
    ----------
    name
        Kept beside the decision, because the same moment must read the same for ever.
    officer_id
        The officer whose account it is, if any.
    """

    name: str
    officer_id: int | None


def decide(
    session: Session,
    unit_id: int,
    month: Month,
    officer_id: int,
    decision: Proposal,
    *,
    seen: Seen,
    decider: Decider,
    cause: Cause,
) -> UUID:
    """Record a decision on what a month's figures propose for an officer, and return its id.

    An open objection does not stand in the way: a revision that changes the figures asks for a
    new decision by itself. The unit is held, so that of two assessors one is told.

    Parameters
    ----------
    cause
        Who decides and when; its reason is asked for where something is changed.

    Raises
    ------
    OwnFigures, AnothersToDecide
        If it is not for this person to decide.
    NoProposal
        If the newest revision proposes nothing for the officer.
    OtherFigures, DecidedMeanwhile
        If what was seen does not hold any more; nothing is recorded.
    ReasonNeeded
        If the proposal or an earlier decision is changed without a reason.
    """
    hold_unit(session, unit_id)
    hold_months(session, unit_id, [month])
    require_decider(officer_id, decider, assessors_in(session, unit_id, month).get(officer_id))
    closing, figure = _newest_figure(session, unit_id, month, officer_id)
    proposed = _proposed(figure)
    last = _last_about(session, closing, figure)
    _require_current(seen, Seen(closing.revision, proposed, last.id if last else None))
    if not cause.reason and {decision} != {proposed, last.decision if last else proposed}:
        raise ReasonNeeded
    return _record(session, closing, officer_id, (proposed, decision), decider=decider, cause=cause)


def require_decider(officer_id: int, decider: Decider, assessor_id: int | None) -> None:
    """Let only those decide on an officer whose business it is.

    Parameters
    ----------
    assessor_id
        Whom the officer's assignment names; without one everybody with the right may decide.

    Raises
    ------
    OwnFigures
        If it is the officer himself.
    AnothersToDecide
        If another assessor is named.
    """
    if decider.officer_id == officer_id:
        raise OwnFigures
    if assessor_id is not None and decider.officer_id != assessor_id:
        raise AnothersToDecide


def assessors_in(session: Session, unit_id: int, month: Month) -> Mapping[int, int | None]:
    """Return the assessor that each officer's assignment names in a month, by officer."""
    return {each.officer_id: each.assessor_id for each in officers_of(session, unit_id, month)}


def _newest_figure(
    session: Session, unit_id: int, month: Month, officer_id: int
) -> tuple[Closing, OfficerFigure]:
    """Return what holds now, also if it was written after the page was asked for."""
    made = revisions(session, unit_id, month, month)
    figure = session.get(OfficerFigure, (made[-1].id, officer_id)) if made else None
    if figure is None:
        raise NoProposal
    return made[-1], figure


def _proposed(figure: OfficerFigure) -> str:
    if figure.proposal is None:
        raise NoProposal(figure.reason)
    return figure.proposal


def _last_about(session: Session, closing: Closing, figure: OfficerFigure) -> Decision | None:
    return session.exec(
        select(Decision)
        .where(
            col(Decision.unit_id) == closing.unit_id,
            col(Decision.month) == closing.month,
            col(Decision.officer_id) == figure.officer_id,
            col(Decision.revision) >= figure.computed_in,
        )
        .order_by(col(Decision.decided_at).desc(), col(Decision.id).desc())
    ).first()


def _require_current(seen: Seen, now: Seen) -> None:
    if (seen.revision, seen.proposal) != (now.revision, now.proposal):
        raise OtherFigures
    if seen.last != now.last:
        raise DecidedMeanwhile


def _record(
    session: Session,
    closing: Closing,
    officer_id: int,
    words: tuple[str, str],
    *,
    decider: Decider,
    cause: Cause,
) -> UUID:
    proposed, decision = words
    made = Decision(
        id=uuid4(),
        unit_id=closing.unit_id,
        month=closing.month,
        officer_id=officer_id,
        revision=closing.revision,
        decided_at=cause.at,
        decided_by=cause.by,
        decided_name=decider.name,
        proposal=proposed,
        decision=decision,
        reason=cause.reason,
    )
    session.add(made)
    session.flush()
    officer = session.get_one(Officer, officer_id)
    facts: dict[str, Scalar] = {
        "month": str(closing.month),
        "revision": closing.revision,
        "content": content_digest(made),
    }
    act = Act("proposal.decided", cause.actor, f"officer {officer.key}", facts, closing.unit_id)
    record_with_detail(session, act, cause.at, {"officer": officer.name})
    return made.id


def content_digest(made: Decision) -> str:
    """Return the digest of a decision for the log, whose readers may see no scores.

    The random id is part of it, so that the three words cannot be tried out against it. The name
    is not: it may be erased.
    """
    content = [str(made.id), made.revision, made.proposal, made.decision, made.reason]
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()
