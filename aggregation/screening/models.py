"""Tables of the review of quarantined responses, and of inquiries (method §7)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from survey.columns import MonthColumn, UTCDateTime
from survey.constraints import RANDOM_ORDER, month_rule, one_of
from survey.month import Month


class InquiryKind(StrEnum):
    """What an inquiry asks about; it quarantines nothing."""

    INVITATION_SKEW = "invitation_skew"
    """Far fewer, and far happier, citizens than the neighbours'."""
    TRADING = "trading"
    """Two officers whose good ratings keep coming together."""


class ScreeningReview(SQLModel, table=True):
    """What a named reviewer decided of a group of quarantined responses, and why."""

    __tablename__ = "screening_review"
    __table_args__ = (
        CheckConstraint("length(reason) > 0", name="review_says_why"),
        month_rule(),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    month: Month = Field(sa_type=MonthColumn)
    decided_at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str = Field(sa_type=String(80))
    admitted: bool
    reason: str = Field(sa_type=String(400))


class ReviewedResponse(SQLModel, table=True):
    """A response that a review was about; each is decided once."""

    __tablename__ = "reviewed_response"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["response.unit_id", "response.month", "response.id"],
        ),
        RANDOM_ORDER,
    )

    unit_id: int = Field(primary_key=True)
    month: Month = Field(primary_key=True, sa_type=MonthColumn)
    response_id: UUID = Field(primary_key=True)
    review_id: UUID = Field(foreign_key="screening_review.id")


class Inquiry(SQLModel, table=True):
    """A question to the reviewer that depends on values; `facts` is JSON without any of them."""

    __tablename__ = "inquiry"
    __table_args__ = (
        one_of("kind", InquiryKind),
        UniqueConstraint("unit_id", "month", "kind", "officer_id", "other_id"),
        month_rule(),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    month: Month = Field(sa_type=MonthColumn)
    kind: str = Field(sa_type=String(16))
    officer_id: int = Field(foreign_key="officer.id")
    other_id: int | None = Field(default=None, foreign_key="officer.id")
    facts: str = Field(sa_type=Text)
    opened_at: datetime = Field(sa_type=UTCDateTime)


class InquiryAnswer(SQLModel, table=True):
    """What the reviewer found; once, never changed."""

    __tablename__ = "inquiry_answer"
    __table_args__ = (CheckConstraint("length(text) > 0", name="answer_says_something"),)

    inquiry_id: UUID = Field(primary_key=True, foreign_key="inquiry.id")
    answered_at: datetime = Field(sa_type=UTCDateTime)
    answered_by: str = Field(sa_type=String(80))
    founded: bool
    text: str = Field(sa_type=String(1000))
