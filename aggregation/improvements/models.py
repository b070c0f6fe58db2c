"""Tables of the follow-up register (RTL): what is planned, and dated facts of how it goes."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, String, UniqueConstraint, false
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, one_of
from survey.questionnaire import Element


class Horizon(StrEnum):
    """How far an action reaches."""

    SHORT = "short"
    MEDIUM = "medium"
    LONG = "long"


class Progress(StrEnum):
    """Where an action stands."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    DROPPED = "dropped"


class Improvement(SQLModel, table=True):
    """An action that answers a weak element; what was planned is never edited.

    Attributes
    ----------
    number
        Within the unit, from 1.
    period
        The released period that showed it.
    said
        What citizens said, in public words; empty if it is not told to the public.
    quarter
        When it is to be done, as a period: 2027-Q1.
    """

    __tablename__ = "improvement"
    __table_args__ = (
        UniqueConstraint("unit_id", "number"),
        one_of("element", Element),
        one_of("horizon", Horizon),
        CheckConstraint("number > 0", name="numbers_begin_at_1"),
        CheckConstraint("length(action) > 0", name="action_is_said"),
        CheckConstraint("length(responsible) > 0", name="somebody_is_responsible"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    number: int
    period: str = Field(sa_type=String(7))
    element: str | None = Field(default=None, sa_type=String(11))
    said: str = Field(default="", sa_type=String(300))
    action: str = Field(sa_type=String(400))
    horizon: str = Field(sa_type=String(6))
    quarter: str = Field(sa_type=String(7))
    due_on: date
    responsible: str = Field(sa_type=String(120))
    opened_at: datetime = Field(sa_type=UTCDateTime)
    opened_by: str = Field(sa_type=String(80))


class ImprovementStep(SQLModel, table=True):
    """A dated fact about an action; the newest one tells where it stands.

    `text` is what was done; `is_public` lets the public read it. A new due day or a new person in
    charge is such a fact too.
    """

    __tablename__ = "improvement_step"
    __table_args__ = (
        one_of("progress", Progress),
        CheckConstraint("(progress = 'done') = (done_on IS NOT NULL)", name="done_has_a_day"),
        CheckConstraint(
            "progress NOT IN ('done', 'dropped') OR length(text) > 0", name="the_end_is_explained"
        ),
    )

    id: UUID = Field(primary_key=True)
    improvement_id: UUID = Field(foreign_key="improvement.id", index=True)
    told_at: datetime = Field(sa_type=UTCDateTime)
    told_by: str = Field(sa_type=String(80))
    progress: str = Field(sa_type=String(8))
    done_on: date | None = None
    text: str = Field(default="", sa_type=String(400))
    is_public: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    due_on: date | None = None
    responsible: str | None = Field(default=None, sa_type=String(120))


class ImprovementFile(SQLModel, table=True):
    """A file that proves an action."""

    __tablename__ = "improvement_file"
    __table_args__ = (RANDOM_ORDER,)

    improvement_id: UUID = Field(primary_key=True, foreign_key="improvement.id")
    file_id: UUID = Field(primary_key=True, foreign_key="evidence_file.id")
