"""Tables of people, their duties, and what names them in the log (method §4, §8).

Everything here is append-only but the officers' names; what changes is a new row.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    false,
)
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import salt_rule


class Officer(SQLModel, table=True):
    """The person at the desk (petugas): PNS, PPPK or non-ASN.

    Addresses use the random key; the NIP shows birth date and sex, so it stays inside.
    """

    __tablename__ = "officer"
    __table_args__ = (
        CheckConstraint("employment IN ('PNS', 'PPPK', 'NON_ASN')", name="employment_is_known"),
        CheckConstraint("length(nip) = 18", name="nip_has_18_digits"),
        CheckConstraint("nip IS NOT NULL OR staff_number IS NOT NULL", name="officer_has_a_number"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str = Field(sa_type=String(12), unique=True)
    nip: str | None = Field(default=None, sa_type=String(18), unique=True)
    staff_number: str | None = Field(default=None, sa_type=String(40), unique=True)
    name: str = Field(sa_type=String(200))
    employment: str = Field(sa_type=String(8))


class Assignment(SQLModel, table=True):
    """Where an officer belongs from a day on: unit, group of jobs, direct head, assessor.

    The newest assignment that begins on or before a day holds on that day.
    """

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("officer_id", "unit_id", "starts_on", "batch_id"),
        CheckConstraint("ends_on >= starts_on", name="assignment_ends_after_it_starts"),
    )

    id: UUID = Field(primary_key=True)
    officer_id: int = Field(foreign_key="officer.id", index=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    starts_on: date
    ends_on: date | None = None
    job_group: str = Field(default="", sa_type=String(80))
    head_id: int | None = Field(default=None, foreign_key="officer.id")
    assessor_id: int | None = Field(default=None, foreign_key="officer.id")
    batch_id: UUID = Field(foreign_key="duty_batch.id")


class DutyBatch(SQLModel, table=True):
    """One act that set assignments or duties: who, when, why. A later batch goes before.

    One that changes who served on days that have passed holds only once a second person has
    approved it (method §4.3).
    """

    __tablename__ = "duty_batch"
    __table_args__ = (UniqueConstraint("unit_id", "number"),)

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    number: int
    recorded_at: datetime = Field(sa_type=UTCDateTime)
    recorded_by: str = Field(sa_type=String(80))
    reason: str = Field(default="", sa_type=String(400))
    needs_approval: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    checked_in: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether an officer set it at the desk, for the running day."""


class BatchDecision(SQLModel, table=True):
    """What a second person said of a batch that needs approval; once, never changed."""

    __tablename__ = "batch_decision"

    batch_id: UUID = Field(primary_key=True, foreign_key="duty_batch.id")
    decided_at: datetime = Field(sa_type=UTCDateTime)
    decided_by: str = Field(sa_type=String(80))
    approved: bool
    reason: str = Field(default="", sa_type=String(400))


class Duty(SQLModel, table=True):
    """A desk duty (jadwal loket): officer × desk × [first_slot, end_slot) of a local day.

    With a weekday it is a line of the standing roster, in force from `effective_from`; with a
    day it is an exception. Slots are half hours of the day, so a duty cannot begin at 08.10.
    An exception without an officer says that nobody serves.
    """

    __tablename__ = "duty"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        CheckConstraint("weekday BETWEEN 1 AND 7", name="weekday_is_1_to_7"),
        CheckConstraint("(weekday IS NULL) <> (day IS NULL)", name="duty_is_weekly_or_of_one_day"),
        CheckConstraint(
            "(weekday IS NULL) = (effective_from IS NULL)", name="weekly_duty_has_a_first_day"
        ),
        CheckConstraint(
            "weekday IS NULL OR officer_id IS NOT NULL", name="weekly_duty_names_an_officer"
        ),
        CheckConstraint(
            "0 <= first_slot AND first_slot < end_slot AND end_slot <= 48",
            name="duty_lies_within_a_day",
        ),
    )

    id: UUID = Field(primary_key=True)
    batch_id: UUID = Field(foreign_key="duty_batch.id")
    unit_id: int = Field(index=True)
    desk_id: int
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    weekday: int | None = Field(default=None, sa_type=SmallInteger)
    effective_from: date | None = None
    day: date | None = None
    first_slot: int = Field(sa_type=SmallInteger)
    end_slot: int = Field(sa_type=SmallInteger)


class LogDetail(SQLModel, table=True):
    """Values of a log entry that name people: erasable, while the entry keeps their digest."""

    __tablename__ = "log_detail"
    __table_args__ = (salt_rule(),)

    entry_id: UUID = Field(primary_key=True, foreign_key="log_entry.id")
    text: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)
