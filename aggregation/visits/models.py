"""Tables of visits and outages (method §5, §10): neither knows a citizen or a response."""

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String
from sqlmodel import Field, SQLModel

from survey.constraints import RANDOM_ORDER


class Visit(SQLModel, table=True):
    """A visit that was served at a desk, from a queue file or the queue machine (method §10).

    The queue number keeps a visit from being counted twice; it names nobody and no response.
    """

    __tablename__ = "visit"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        ForeignKeyConstraint(["unit_id", "service_id"], ["service.unit_id", "service.id"]),
        RANDOM_ORDER,
    )

    unit_id: int = Field(primary_key=True, foreign_key="service_unit.id")
    day: date = Field(primary_key=True)
    number: str = Field(primary_key=True, sa_type=String(20))
    desk_id: int
    service_id: int | None = None
    half_hour: int
    batch_id: UUID = Field(foreign_key="duty_batch.id")


class Outage(SQLModel, table=True):
    """Half hours [starts, ends) in which a desk, or all of a unit's, could not serve (method §5).

    Declared before the scores are seen; never edited, only withdrawn, and both stay readable.
    """

    __tablename__ = "outage"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        CheckConstraint("starts < ends", name="outage_ends_after_it_starts"),
        CheckConstraint("length(reason) > 0", name="outage_says_why"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    desk_id: int | None = None
    starts: int
    ends: int
    reason: str = Field(sa_type=String(200))
    batch_id: UUID = Field(foreign_key="duty_batch.id")
    withdrawn_by: UUID | None = Field(default=None, foreign_key="duty_batch.id")


class SlipCount(SQLModel, table=True):
    """Numbered slips [first, last] that were handed out at a desk in half hours of a day.

    An office that hands a slip to everyone it serves knows its visits by them (method §10). Never
    edited, only withdrawn.
    """

    __tablename__ = "slip_count"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        CheckConstraint("starts < ends", name="slips_end_after_they_start"),
        CheckConstraint("0 < first_number AND first_number <= last_number", name="slips_are_some"),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    desk_id: int
    starts: int
    ends: int
    first_number: int
    last_number: int
    batch_id: UUID = Field(foreign_key="duty_batch.id")
    withdrawn_by: UUID | None = Field(default=None, foreign_key="duty_batch.id")
