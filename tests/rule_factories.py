"""Made-up rules: drafted by one person, approved by another, in a unit with or without others."""

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert, select
from sqlmodel import Session, col

from aggregation.changes.batch import Cause, open_batch
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.models import Assignment, Officer
from aggregation.rules.models import ScoringRule
from aggregation.rules.rule_decision import decide_rule
from aggregation.rules.rule_draft import draft_rule
from survey.month import Month
from tests.running_marks import next_mark

NOVEMBER, DECEMBER, JANUARY = Month(2026, 11), Month(2026, 12), Month(2027, 1)
NOW = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
"""20 November 2026, 12.00 in Jakarta: November runs everywhere in Indonesia."""

DRAFTER, APPROVER, SECOND = "perancang", "penyetuju", "penyetuju-2"


def because(
    by: str = DRAFTER, reason: str = "SK Kepala Dinas 12/2026", at: datetime = NOW
) -> Cause:
    return Cause(by, reason, at, by)


def values_of(rule: Rule = DEFAULT_RULE, **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a rule's values without its version, some of them changed."""
    values = {field.name: getattr(rule, field.name) for field in fields(rule)}
    return {**{name: value for name, value in values.items() if name != "version"}, **changed}


def make_draft(  # noqa: PLR0917 - what is drafted, for whom, from when
    session: Session,
    unit_id: int,
    changed: Mapping[str, Any] | None = None,
    group: str = "",
    month: Month = DECEMBER,
    at: datetime = NOW,
) -> ScoringRule:
    """Draft a rule that differs from the default in some values."""
    version = draft_rule(
        session,
        unit_id,
        group,
        values_of(**(changed or {"shrinkage_k": 40})),
        effective_from=month,
        cause=because(at=at),
    )
    return session.scalars(select(ScoringRule).where(col(ScoringRule.version) == version)).one()


def approve(session: Session, rule_id: UUID, at: datetime = NOW) -> None:
    decide_rule(session, rule_id, approved=True, cause=because(APPROVER, at=at))


def make_rule(  # noqa: PLR0917 - as `make_draft`
    session: Session,
    unit_id: int,
    changed: Mapping[str, Any] | None = None,
    group: str = "",
    month: Month = DECEMBER,
    at: datetime = NOW,
) -> ScoringRule:
    """Draft a rule and let somebody else approve it."""
    drafted = make_draft(session, unit_id, changed, group, month, at)
    approve(session, drafted.id, at)
    return drafted


def employ(session: Session, unit_id: int, group: str, name: str = "Sari") -> int:
    """Let somebody new belong to a group of jobs of a unit; return the officer's id."""
    mark = next_mark()
    officer = Officer(key=mark, staff_number=f"HL-{mark}", name=name, employment="NON_ASN")
    session.add(officer)
    session.flush()
    batch_id = open_batch(session, unit_id, because())
    row = {"id": uuid4(), "officer_id": officer.id, "unit_id": unit_id, "batch_id": batch_id}
    session.execute(insert(Assignment), {**row, "starts_on": date(2026, 1, 1), "job_group": group})
    return officer.id or 0
