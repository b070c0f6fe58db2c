"""Deciding a drafted rule: approved by somebody else, it holds from its month on (method §6)."""

from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.rules.models import RuleDecision, ScoringRule
from aggregation.rules.rule_draft import RuleUnexplained, log_rule, require_ahead
from aggregation.rules.rule_reach import hold_rules


class UnknownRule(LookupError):
    """There is no such draft."""


class OwnDraft(ValueError):
    """Who drafted a rule cannot approve it."""


class RuleDecided(ValueError):
    """The draft was approved or turned down already; a decision is never changed."""


def decide_rule(session: Session, rule_id: UUID, *, approved: bool, cause: Cause) -> None:
    """Approve a drafted rule, or turn it down.

    Approved, it succeeds whatever its unit and group had from its month on, until the next rule
    of theirs begins: one approved earlier for a later month still takes over then, and of two for
    the same month the one decided last holds.

    Raises
    ------
    UnknownRule
        If there is none of that id.
    RuleDecided
        If somebody has decided it.
    OwnDraft
        If who drafted it would approve it. To turn down one's own draft is to take it back.
    RuleUnexplained
        If it is turned down without a reason.
    RuleWorksBackwards
        If its month has passed meanwhile; it can only be turned down then.
    """
    hold_rules(session)
    rule = session.get(ScoringRule, rule_id)
    if rule is None:
        raise UnknownRule(rule_id)
    if session.get(RuleDecision, rule_id) is not None:
        raise RuleDecided
    if approved:
        if rule.drafted_by == cause.by:
            raise OwnDraft
        require_ahead(session, rule.unit_id, rule.job_group, rule.effective_from, cause)
    elif not cause.reason:
        raise RuleUnexplained
    row = {
        "rule_id": rule_id,
        "decided_at": cause.at,
        "decided_by": cause.by,
        "approved": approved,
        "reason": cause.reason,
    }
    session.execute(insert(RuleDecision), row)
    log_rule(session, "rule.approved" if approved else "rule.rejected", rule, cause)
