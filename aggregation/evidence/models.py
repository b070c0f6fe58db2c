"""The table of files that prove something: kept as they came, never served as a page."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, LargeBinary, String
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, digest_rule, one_of


class MediaType(StrEnum):
    """What a file may be."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"


class EvidenceFile(SQLModel, table=True):
    """A file that somebody of a unit handed in."""

    __tablename__ = "evidence_file"
    __table_args__ = (
        one_of("media_type", MediaType),
        CheckConstraint("size > 0 AND size <= 2097152", name="size_is_at_most_2_mib"),
        digest_rule("digest"),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id", index=True)
    name: str = Field(sa_type=String(120))
    media_type: str = Field(sa_type=String(20))
    size: int
    digest: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    added_at: datetime = Field(sa_type=UTCDateTime)
    added_by: str = Field(sa_type=String(80))
