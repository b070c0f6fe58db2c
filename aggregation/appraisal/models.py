"""Dated facts beside the figures of a closing (method §6, §8): insert-only, each by a person."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, String, UniqueConstraint
from sqlmodel import Field, SQLModel

from aggregation.method.component import Proposal
from survey.columns import MonthColumn, UTCDateTime
from survey.constraints import month_rule, one_of
from survey.month import Month


class NoteKind(StrEnum):
    """What a superior writes to an officer."""

    FEEDBACK = "feedback"
    APPRECIATION = "appreciation"
    AGREEMENT = "agreement"
    """An improvement that both agreed on."""


class Ground(StrEnum):
    """Why a closed month is revised (method §8.4)."""

    OBJECTION = "objection"
    LATE = "late"
    DUTY = "duty"
    SCREENING = "screening"


class _OfMonth(SQLModel):
    """What every fact about an officer's month names."""

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    month: Month = Field(sa_type=MonthColumn)
    officer_id: int = Field(foreign_key="officer.id")


class Decision(_OfMonth, table=True):
    """What the assessor decided on a proposal; the newest one about the same figures holds.

    The name is kept beside the key, because the same moment must read the same for ever; it may
    be erased.
    """

    __tablename__ = "decision"
    __table_args__ = (
        Index("ix_decision_unit_id_month", "unit_id", "month"),
        one_of("proposal", Proposal),
        one_of("decision", Proposal),
        CheckConstraint(
            "decision = proposal OR length(reason) > 0", name="changed_proposal_says_why"
        ),
        month_rule(),
    )

    revision: int
    decided_at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str = Field(sa_type=String(80))
    decided_name: str | None = Field(default=None, sa_type=String(120))
    proposal: str = Field(sa_type=String(20))
    decision: str = Field(sa_type=String(20))
    reason: str = Field(default="", sa_type=String(400))


class SuperiorNote(_OfMonth, table=True):
    """A dated note of the superior to the officer."""

    __tablename__ = "superior_note"
    __table_args__ = (
        Index("ix_superior_note_officer_id", "officer_id"),
        one_of("kind", NoteKind),
        CheckConstraint("length(text) > 0", name="note_says_something"),
        month_rule(),
    )

    written_at: datetime = Field(sa_type=UTCDateTime)
    written_by: str = Field(sa_type=String(80))
    kind: str = Field(sa_type=String(12))
    text: str = Field(sa_type=String(1000))


class Objection(_OfMonth, table=True):
    """An officer's request that a person look again, about the figures of a revision."""

    __tablename__ = "objection"
    __table_args__ = (
        UniqueConstraint("unit_id", "month", "officer_id", "revision"),
        Index("ix_objection_officer_id", "officer_id"),
        CheckConstraint("length(text) > 0", name="objection_says_why"),
        month_rule(),
    )

    revision: int
    filed_at: datetime = Field(sa_type=UTCDateTime)
    filed_by: str = Field(sa_type=String(80))
    text: str = Field(sa_type=String(2000))


class ObjectionAnswer(SQLModel, table=True):
    """What a person other than the officer and the direct head decided; once."""

    __tablename__ = "objection_answer"
    __table_args__ = (CheckConstraint("length(reason) > 0", name="answer_says_why"),)

    objection_id: UUID = Field(primary_key=True, foreign_key="objection.id")
    answered_at: datetime = Field(sa_type=UTCDateTime)
    answered_by: str = Field(sa_type=String(80))
    upheld: bool
    reason: str = Field(sa_type=String(2000))


class RevisionRequest(SQLModel, table=True):
    """A revision that one person has prepared: what it would do, and why.

    Attributes
    ----------
    based_on
        The revision it was prepared on; it is void once another one was made.
    batch_id
        A correction of duties that takes effect with it.
    late_until
        Late responses received before this day come in.
    """

    __tablename__ = "revision_request"
    __table_args__ = (
        one_of("ground", Ground),
        Index("ix_revision_request_unit_id", "unit_id"),
        CheckConstraint("length(reason) > 0", name="request_says_why"),
        month_rule(),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    month: Month = Field(sa_type=MonthColumn)
    based_on: int
    requested_at: datetime = Field(sa_type=UTCDateTime)
    requested_by: str = Field(sa_type=String(80))
    ground: str = Field(sa_type=String(10))
    objection_id: UUID | None = Field(default=None, foreign_key="objection.id")
    batch_id: UUID | None = Field(default=None, foreign_key="duty_batch.id")
    late_until: date | None = None
    reason: str = Field(sa_type=String(400))


class RevisionDecision(SQLModel, table=True):
    """What a second person said of a prepared revision; once. Approved, it made a closing."""

    __tablename__ = "revision_decision"
    __table_args__ = (
        CheckConstraint(
            "approved = (closing_id IS NOT NULL)", name="approved_request_made_a_closing"
        ),
    )

    request_id: UUID = Field(primary_key=True, foreign_key="revision_request.id")
    decided_at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str = Field(sa_type=String(80))
    approved: bool
    reason: str = Field(default="", sa_type=String(400))
    closing_id: UUID | None = Field(default=None, foreign_key="closing.id")


class Letter(_OfMonth, table=True):
    """A letter of appreciation that was issued to an officer."""

    __tablename__ = "letter"
    __table_args__ = (
        UniqueConstraint("unit_id", "year", "number"),
        UniqueConstraint("unit_id", "month", "officer_id"),
        month_rule(),
    )

    year: int
    number: int
    issued_at: datetime = Field(sa_type=UTCDateTime)
    issued_by: str = Field(sa_type=String(80))
