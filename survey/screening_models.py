"""Tables of screening (method §7): why a response is looked at before it counts."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Index, String
from sqlmodel import Field, SQLModel

from survey.columns import MonthColumn, UTCDateTime
from survey.constraints import RANDOM_ORDER, one_of
from survey.month import Month
from survey.screening import Signal


class RecentTap(SQLModel, table=True):
    """When a tap came in, kept for minutes only: what tells a burst from a queue (method §7).

    The next tap takes away whatever is older than a burst is long, wherever it was.
    """

    __tablename__ = "recent_tap"
    __table_args__ = (Index("ix_recent_tap_at", "at"), RANDOM_ORDER)

    desk_id: int = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=UTCDateTime)
    response_id: UUID = Field(primary_key=True)
    unit_id: int
    month: Month = Field(sa_type=MonthColumn)


class Finding(SQLModel, table=True):
    """A reason to look at a response before it counts: insert-only, blind to the value (§7).

    A response with a finding is in quarantine until a reviewer has decided.
    """

    __tablename__ = "finding"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["response.unit_id", "response.month", "response.id"],
        ),
        one_of("reason", Signal),
        RANDOM_ORDER,
    )

    unit_id: int = Field(primary_key=True)
    month: Month = Field(primary_key=True, sa_type=MonthColumn)
    response_id: UUID = Field(primary_key=True)
    reason: str = Field(primary_key=True, sa_type=String(16))
    found_on: date
