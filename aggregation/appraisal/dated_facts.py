"""What people did about a month's figures, as it stood at a moment (method §8).

Decisions and objections are dated facts beside the figures. Both are about the figures of a
revision, and hold on for later revisions that took the same figures over.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlmodel import Session, col, select

from aggregation.appraisal.models import (
    Decision,
    Objection,
    ObjectionAnswer,
    RevisionDecision,
    RevisionRequest,
)
from aggregation.closings import Closing, OfficerFigure
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone


@dataclass(frozen=True, slots=True)
class DatedFacts:
    """Facts about a unit's month, known at a moment.

    Attributes
    ----------
    closed_at
        When each revision was made.
    decisions
        By officer, the oldest first.
    pending
        By officer, the revisions that were objected to without an end so far: not answered, or
        upheld and not yet revised.
    """

    as_of: datetime
    time_zone: str
    closed_at: Mapping[int, datetime]
    decisions: Mapping[int, Sequence[Decision]]
    pending: Mapping[int, Sequence[int]]

    def decision_on(self, figure: OfficerFigure, revision: int) -> Decision | None:
        """Return the newest decision about an officer's figures as a revision has them."""
        about_these = [
            decision
            for decision in self.decisions.get(figure.officer_id, ())
            if figure.computed_in <= decision.revision <= revision
        ]
        return about_these[-1] if about_these else None

    def is_objected(self, figure: OfficerFigure, revision: int) -> bool:
        """Say whether an objection of the officer is still to be settled."""
        return any(each <= revision for each in self.pending.get(figure.officer_id, ()))

    def last_day(self, figure: OfficerFigure, objection_days: int) -> date:
        """Return the last day on which the officer may object to these figures.

        It is counted from the revision that computed them, in the unit's own days.
        """
        made = self.closed_at[figure.computed_in]
        return local_day(made, time_zone(self.time_zone)) + timedelta(days=objection_days)

    def is_open(self, figure: OfficerFigure, objection_days: int) -> bool:
        """Say whether the officer may still object; a rule with 0 days leaves no time."""
        today = local_day(self.as_of, time_zone(self.time_zone))
        return objection_days > 0 and today <= self.last_day(figure, objection_days)


def dated_facts(
    session: Session, unit_id: int, month: Month, closings: Sequence[Closing], as_of: datetime
) -> DatedFacts:
    """Return what people had done about a unit's month by a moment.

    Parameters
    ----------
    closings
        The month's revisions.
    """
    zone = session.exec(select(ServiceUnit.time_zone).where(col(ServiceUnit.id) == unit_id)).one()
    decisions: defaultdict[int, list[Decision]] = defaultdict(list)
    for decision in session.exec(
        select(Decision)
        .where(
            col(Decision.unit_id) == unit_id,
            col(Decision.month) == month,
            col(Decision.decided_at) <= as_of,
        )
        .order_by(col(Decision.decided_at), col(Decision.id))
    ):
        decisions[decision.officer_id].append(decision)
    made = {closing.revision: closing.closed_at for closing in closings}
    return DatedFacts(as_of, zone, made, decisions, _pending(session, unit_id, month, as_of))


def _pending(session: Session, unit_id: int, month: Month, as_of: datetime) -> dict[int, list[int]]:
    revised = _revised(session, unit_id, month, as_of)
    found: defaultdict[int, list[int]] = defaultdict(list)
    filed = select(Objection).where(
        col(Objection.unit_id) == unit_id,
        col(Objection.month) == month,
        col(Objection.filed_at) <= as_of,
    )
    answers = _answers(session, unit_id, month, as_of)
    for objection in session.exec(filed):
        upheld = answers.get(objection.id)
        if upheld is None or (upheld and objection.id not in revised):
            found[objection.officer_id].append(objection.revision)
    return found


def _answers(session: Session, unit_id: int, month: Month, as_of: datetime) -> dict[UUID, bool]:
    """Return whether each objection that was answered was upheld."""
    answers = session.exec(
        select(ObjectionAnswer)
        .join(Objection, col(Objection.id) == col(ObjectionAnswer.objection_id))
        .where(
            col(Objection.unit_id) == unit_id,
            col(Objection.month) == month,
            col(ObjectionAnswer.answered_at) <= as_of,
        )
    )
    return {answer.objection_id: answer.upheld for answer in answers}


def _revised(session: Session, unit_id: int, month: Month, as_of: datetime) -> set[UUID | None]:
    """Return the objections whose revision was approved."""
    return set(
        session.exec(
            select(RevisionRequest.objection_id)
            .join(RevisionDecision, col(RevisionDecision.request_id) == col(RevisionRequest.id))
            .where(
                col(RevisionRequest.unit_id) == unit_id,
                col(RevisionRequest.month) == month,
                col(RevisionDecision.approved),
                col(RevisionDecision.decided_at) <= as_of,
            )
        )
    )
