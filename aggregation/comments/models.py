"""Tables of comments: what was masked and released, and what was done with it (method §9).

The citizen's own words stay in `private_text`, which only the reviewer reads.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Integer, String, Text
from sqlmodel import Field, SQLModel

from survey.columns import MonthColumn, UTCDateTime
from survey.constraints import RANDOM_ORDER, month_rule, one_of
from survey.month import Month
from survey.questionnaire import Element


class CommentAct(StrEnum):
    """What somebody did with a comment."""

    READ = "read"
    ASSIGNED = "assigned"
    ANSWERED = "answered"
    """Publicly: the answer goes out with the next publication."""
    FORWARDED = "forwarded"
    """As praise, to the officer it is meant for."""
    REFERRED = "referred"
    """To SP4N-LAPOR!, because it needs an identity."""
    CLOSED = "closed"
    REOPENED = "reopened"


class CommentBatch(SQLModel, table=True):
    """Comments released together, five or more, in random order."""

    __tablename__ = "comment_batch"
    __table_args__ = (CheckConstraint("size >= 5", name="batches_have_five"),)

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    released_on: date
    size: int


class Comment(SQLModel, table=True):
    """A released comment: masked, with a key of its own, and no time but the month.

    `desk_id` is kept only where the batch holds five of that desk. `text` may be erased with the
    citizen's words.
    """

    __tablename__ = "comment"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        CheckConstraint("masked >= 0", name="masked_parts_are_counted"),
        month_rule(),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    batch_id: UUID = Field(foreign_key="comment_batch.id")
    month: Month = Field(sa_type=MonthColumn)
    desk_id: int | None = None
    text: str | None = Field(default=None, sa_type=Text)
    masked: int = Field(default=0, sa_type=Integer)


class CommentSource(SQLModel, table=True):
    """Which citizen's text a comment was made of, so that it is released and erased once."""

    __tablename__ = "comment_source"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["followup.unit_id", "followup.month", "followup.response_id"],
        ),
        RANDOM_ORDER,
    )

    unit_id: int = Field(primary_key=True)
    month: Month = Field(primary_key=True, sa_type=MonthColumn)
    response_id: UUID = Field(primary_key=True)
    comment_id: UUID = Field(foreign_key="comment.id", unique=True)


class CommentTag(SQLModel, table=True):
    """An element that a comment is about."""

    __tablename__ = "comment_tag"
    __table_args__ = (one_of("element", Element), RANDOM_ORDER)

    comment_id: UUID = Field(primary_key=True, foreign_key="comment.id")
    element: str = Field(primary_key=True, sa_type=String(11))
    tagged_by: str = Field(sa_type=String(80))


class CommentStep(SQLModel, table=True):
    """A dated fact about a comment; the newest one tells where it stands."""

    __tablename__ = "comment_step"
    __table_args__ = (
        one_of("act", CommentAct),
        CheckConstraint(
            "(act IN ('answered', 'assigned')) = (length(text) > 0)",
            name="answers_and_assignments_say_something",
        ),
        CheckConstraint("(act = 'forwarded') = (officer_id IS NOT NULL)", name="praise_has_a_name"),
    )

    id: UUID = Field(primary_key=True)
    comment_id: UUID = Field(foreign_key="comment.id", index=True)
    done_at: datetime = Field(sa_type=UTCDateTime)
    done_by: str = Field(sa_type=String(80))
    act: str = Field(sa_type=String(10))
    text: str = Field(default="", sa_type=String(1000))
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
