"""Tables of rules (method §6): insert-only; a rule is never edited, only succeeded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String, Text
from sqlmodel import Field, SQLModel

from survey.columns import MonthColumn, UTCDateTime
from survey.month import Month


class ScoringRule(SQLModel, table=True):
    """A rule as it was drafted: for a unit and what lies below it, or one group of jobs there."""

    __tablename__ = "scoring_rule"
    __table_args__ = (
        CheckConstraint(
            "effective_from > 100 AND effective_from % 100 BETWEEN 1 AND 12",
            name="effective_from_is_yyyymm",
        ),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    job_group: str = Field(default="", sa_type=String(80))
    version: str = Field(sa_type=String(20), unique=True)
    document: str = Field(sa_type=Text)
    effective_from: Month = Field(sa_type=MonthColumn)
    drafted_at: datetime = Field(sa_type=UTCDateTime)
    drafted_by: str = Field(sa_type=String(80))
    reason: str = Field(default="", sa_type=String(400))


class RuleDecision(SQLModel, table=True):
    """What a second person said of a drafted rule; once, never changed."""

    __tablename__ = "rule_decision"

    rule_id: UUID = Field(primary_key=True, foreign_key="scoring_rule.id")
    decided_at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str = Field(sa_type=String(80))
    approved: bool
    reason: str = Field(default="", sa_type=String(400))
