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
    """The minute of a tap, kept for minutes only: what tells a burst from a queue (method §7).

    What a tablet kept offline may be days old when it comes in, so a row stays as long as a burst
    lasts after it came in; the next tap takes it away after that, wherever it was.
    """

    __tablename__ = "recent_tap"
    __table_args__ = (Index("ix_recent_tap_kept_until", "kept_until"), RANDOM_ORDER)

    desk_id: int = Field(primary_key=True)
    at: datetime = Field(primary_key=True, sa_type=UTCDateTime)
    response_id: UUID = Field(primary_key=True)
    kept_until: datetime = Field(sa_type=UTCDateTime)
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
