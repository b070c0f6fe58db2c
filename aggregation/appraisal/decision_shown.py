"""A decision as those read it whom it concerns: the officer, and whoever decides next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from aggregation.appraisal.dated_facts import DatedFacts, dated_facts
from aggregation.closings import Closing, OfficerFigure
from aggregation.months.revisions import revisions
from survey.month import Month, local_day, time_zone


@dataclass(frozen=True, slots=True)
class ShownDecision:
    """A proposal, and what a person decided on it, if anybody has.

    Attributes
    ----------
    proposal
        What the figures propose.
    decision
        None as long as nobody has decided: then nothing is in effect.
    name
        Whoever decided; None where it was erased.
    decided_on
        The day, where the unit is.
    reason
        Empty where the proposal was confirmed as it is.
    """

    proposal: str
    decision: str | None = None
    name: str | None = None
    decided_on: date | None = None
    reason: str = ""

    @property
    def is_changed(self) -> bool:
        """Say whether the decision is another than what was proposed."""
        return self.decision not in (None, self.proposal)


def decision_shown(facts: DatedFacts, figure: OfficerFigure, revision: int) -> ShownDecision | None:
    """Return what stands about an officer's figures; None where they propose nothing."""
    if figure.proposal is None:
        return None
    made = facts.decision_on(figure, revision)
    if made is None:
        return ShownDecision(figure.proposal)
    return ShownDecision(
        figure.proposal,
        made.decision,
        made.decided_name,
        local_day(made.decided_at, time_zone(facts.time_zone)),
        made.reason,
    )


def own_decision(
    session: Session, officer_id: int, unit_id: int, month: Month, as_of: datetime
) -> ShownDecision | None:
    """Return what stands about an officer's closed month in the revision that holds."""
    made: Sequence[Closing] = revisions(session, unit_id, month, month, as_of)
    figure = session.get(OfficerFigure, (made[-1].id, officer_id)) if made else None
    if figure is None:
        return None
    facts = dated_facts(session, unit_id, month, made, as_of)
    return decision_shown(facts, figure, made[-1].revision)
