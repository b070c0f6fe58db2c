"""Tables of official reports, and of the publication log (method §11)."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, digest_rule, one_of


class Medium(StrEnum):
    """Where an index was made public, as the ministry counts media."""

    WEBSITE = "website"
    SOCIAL = "social"
    SCREEN = "screen"
    """A television or a tablet in the hall."""
    PRINTED = "printed"
    """A banner, a poster, a notice board."""
    PRESS = "press"
    OTHER = "other"


class ReportText(SQLModel, table=True):
    """A paragraph of a report that is not issued yet, as somebody worded it."""

    __tablename__ = "report_text"
    __table_args__ = (RANDOM_ORDER,)

    unit_id: int = Field(primary_key=True, foreign_key="service_unit.id")
    period: str = Field(primary_key=True, sa_type=String(7))
    part: str = Field(primary_key=True, sa_type=String(24))
    text: str = Field(sa_type=Text)
    written_at: datetime = Field(sa_type=UTCDateTime)
    written_by: str = Field(sa_type=String(80))


class IssuedReport(SQLModel, table=True):
    """An official report: numbered within the unit and year, kept, never changed."""

    __tablename__ = "issued_report"
    __table_args__ = (
        UniqueConstraint("unit_id", "year", "number"),
        CheckConstraint("number > 0", name="numbers_begin_at_1"),
        digest_rule("digest"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    period: str = Field(sa_type=String(7))
    year: int
    number: int
    issued_at: datetime = Field(sa_type=UTCDateTime)
    issued_by: str = Field(sa_type=String(80))
    release_id: UUID = Field(foreign_key="release.id")
    content: str = Field(sa_type=Text)
    pdf: bytes = Field(sa_type=LargeBinary)
    xlsx: bytes = Field(sa_type=LargeBinary)
    digest: bytes = Field(sa_type=LargeBinary)


class PublicationNote(SQLModel, table=True):
    """That a period's index was shown somewhere: the log that the ministry asks for."""

    __tablename__ = "publication_note"
    __table_args__ = (
        one_of("medium", Medium),
        CheckConstraint("length(place) > 0", name="place_is_said"),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    period: str = Field(sa_type=String(7))
    medium: str = Field(sa_type=String(8))
    shown_on: date
    place: str = Field(sa_type=String(400))
    file_id: UUID | None = Field(default=None, foreign_key="evidence_file.id")
    noted_at: datetime = Field(sa_type=UTCDateTime)
    noted_by: str = Field(sa_type=String(80))
