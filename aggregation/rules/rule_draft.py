"""Drafting a rule: it holds for nobody before a second person has approved it (method §6)."""

import hashlib
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from sqlalchemy import insert
from sqlmodel import Session, col, select

from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause
from aggregation.changes.open_months import closed_months
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.method.rule_text import canonical_json
from aggregation.rules.models import ScoringRule
from aggregation.rules.rule_book import EVERYBODY
from aggregation.rules.rule_reach import groups_below, hold_rules, running_month, units_reached
from survey.log import Act
from survey.models import ServiceUnit
from survey.month import Month


class UnknownGroup(LookupError):
    """Nobody in the branch belongs, or is to belong, to that group of jobs."""


class RuleUnexplained(ValueError):
    """A rule was drafted, or a draft turned down, without a reason."""


class RuleWorksBackwards(ValueError):
    """The rule would hold in a month that is over, or closed, in a unit that it reaches.

    Attributes
    ----------
    unit
        The name of the first such unit.
    """

    def __init__(self, unit: str) -> None:
        """Carry the unit."""
        super().__init__(unit)
        self.unit = unit


def draft_rule(
    session: Session,
    unit_id: int,
    job_group: str,
    values: Mapping[str, Any],
    *,
    effective_from: Month,
    cause: Cause,
) -> str:
    """Keep a rule for somebody else to approve, and return its version.

    Parameters
    ----------
    job_group
        The group of jobs that it is for; empty for everybody whose group has none.
    values
        The fields of :class:`Rule` but its version, which is the next number in the installation.
    effective_from
        The first month that it is to hold in; not before the running one.
    cause
        Its reason is the rule's.

    Raises
    ------
    RuleUnexplained
        If there is no reason.
    UnknownGroup
        If nobody in the unit's branch belongs to the group.
    RuleWorksBackwards
        If the month is over or closed.
    RuleUnusable
        If a value contradicts the method; it names the field.
    """
    if not cause.reason:
        raise RuleUnexplained
    if job_group != EVERYBODY and job_group not in groups_below(session, unit_id):
        raise UnknownGroup(job_group)
    require_ahead(session, unit_id, job_group, effective_from, cause)
    hold_rules(session)
    rule = Rule(version=_next_version(session), **values)
    rule_id, document = uuid4(), canonical_json(rule)
    row = {
        "id": rule_id,
        "unit_id": unit_id,
        "job_group": job_group,
        "version": rule.version,
        "document": document,
        "effective_from": effective_from,
        "drafted_at": cause.at,
        "drafted_by": cause.by,
        "reason": cause.reason,
    }
    session.execute(insert(ScoringRule), row)
    log_rule(session, "rule.drafted", session.get_one(ScoringRule, rule_id), cause)
    return rule.version


def require_ahead(
    session: Session, unit_id: int, job_group: str, effective_from: Month, cause: Cause
) -> None:
    """Check that a rule touches no month that is over: a rule never works backwards.

    Raises
    ------
    RuleWorksBackwards
        If the month is over or closed in a unit that the rule reaches; each has its own clock.
    """
    for unit in units_reached(session, unit_id, job_group, effective_from):
        if running_month(unit, cause.at) > effective_from or _has_closed(
            session, unit, effective_from
        ):
            raise RuleWorksBackwards(unit.name)


def log_rule(session: Session, name: str, rule: ScoringRule, cause: Cause) -> None:
    """Append to the log what was done with a rule; the text itself is there by its digest."""
    facts = {
        "version": rule.version,
        "effective_from": str(rule.effective_from),
        "job_group": rule.job_group,
        "document": hashlib.sha256(rule.document.encode()).hexdigest(),
    }
    act = Act(name, cause.actor, f"rule {rule.id}", facts, rule.unit_id)
    record_with_detail(session, act, cause.at, {"by": cause.by, "reason": cause.reason})


def _has_closed(session: Session, unit: ServiceUnit, month: Month) -> bool:
    return any(closed >= month for closed in closed_months(session, unit.id or 0))


def _next_version(session: Session) -> str:
    """Return the number after the highest; 1 is the default rule that every office begins with."""
    known: Iterable[str] = session.exec(select(col(ScoringRule.version))).all()
    numbers = [int(version) for version in (DEFAULT_RULE.version, *known) if version.isdecimal()]
    return str(max(numbers) + 1)
