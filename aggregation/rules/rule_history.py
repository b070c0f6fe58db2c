"""Every rule that a unit ever had or drafted, its own and those from above it (method §6)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import Session, col, select

from aggregation.method.rule import Rule
from aggregation.method.rule_text import rule_from_json
from aggregation.rules.models import RuleDecision, ScoringRule
from aggregation.rules.rule_book import RuleBook
from survey.models import ServiceUnit
from survey.month import Month


class RuleState(StrEnum):
    """Where a rule stands, seen from one unit in one month."""

    WAITING = "waiting"
    """Nobody has decided it."""
    EXPIRED = "expired"
    """Nobody decided it before its month was over; it can only be drafted anew."""
    REJECTED = "rejected"
    AHEAD = "ahead"
    """Approved, and its month is yet to come."""
    IN_FORCE = "in_force"
    SUCCEEDED = "succeeded"
    """Another rule holds in its place."""


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A rule with what a second person said of it, if anybody did."""

    drafted: ScoringRule
    decision: RuleDecision | None
    unit: str

    @property
    def rule(self) -> Rule:
        """The rule itself."""
        return rule_from_json(self.drafted.document)

    @property
    def is_approved(self) -> bool:
        """Whether a second person approved it."""
        return self.decision is not None and self.decision.approved


def rules_of(session: Session, units: Collection[int]) -> list[RuleEntry]:
    """Return the rules of some units, those of the latest months first."""
    rows = session.exec(
        select(ScoringRule, RuleDecision, ServiceUnit.name)
        .join(RuleDecision, col(RuleDecision.rule_id) == col(ScoringRule.id), isouter=True)
        .join(ServiceUnit, col(ServiceUnit.id) == col(ScoringRule.unit_id))
        .where(col(ScoringRule.unit_id).in_(units))
        .order_by(col(ScoringRule.effective_from).desc(), col(ScoringRule.drafted_at).desc())
    )
    return [RuleEntry(drafted, decision, name) for drafted, decision, name in rows]


def state_of(
    entry: RuleEntry, entries: Sequence[RuleEntry], book: RuleBook, running: Month
) -> RuleState:
    """Return where a rule stands.

    Parameters
    ----------
    entries
        Every rule that the unit looked at might have.
    book
        What is in force there.
    running
        The month that runs there.
    """
    month = entry.drafted.effective_from
    if entry.decision is None:
        return RuleState.EXPIRED if month < running else RuleState.WAITING
    if not entry.decision.approved:
        return RuleState.REJECTED
    if entry.drafted.version in {rule.version for rule in book.rules}:
        return RuleState.IN_FORCE
    follower = successor(entry, entries)
    replaced = follower is not None and follower.drafted.effective_from == month
    return RuleState.AHEAD if month > running and not replaced else RuleState.SUCCEEDED


def successor(entry: RuleEntry, entries: Sequence[RuleEntry]) -> RuleEntry | None:
    """Return the approved rule of the same unit and group that follows a rule or draft, if any."""
    own = entry.drafted
    later = [
        each
        for each in entries
        if each.is_approved
        and (each.drafted.unit_id, each.drafted.job_group) == (own.unit_id, own.job_group)
        and _order(each) > _order(entry)
    ]
    return min(later, key=_order, default=None)


def _order(entry: RuleEntry) -> tuple[int, bool, float]:
    """Return what decides which of two rules holds; a draft would be decided last."""
    decision = entry.decision
    decided = decision.decided_at.timestamp() if decision else 0.0
    return entry.drafted.effective_from.number, decision is None, decided
