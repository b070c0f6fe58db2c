"""Tables of published figures: what the public reads, and nothing else; they know no people."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, digest_rule, one_of


class CardFormat(StrEnum):
    """How the official card is kept."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


class Publication(SQLModel, table=True):
    """A period's figures as they were published; a new issue follows, none is changed.

    Attributes
    ----------
    period
        As it is written: 2026-10, 2026-Q3, 2026-S2 or 2026.
    recency
        Orders the periods of a unit, as `PeriodName.recency`.
    withdrawn_at
        Since when it is shown no more; the newest issue that is not withdrawn holds.
    release
        Number of the release that it rests on.
    digest
        SHA-256 of the document: two issues are told apart without reading them.
    headline
        JSON: what a list says of it.
    document
        JSON: everything that the public pages say of it.
    """

    __tablename__ = "publication"
    __table_args__ = (
        UniqueConstraint("unit_id", "period", "issue"),
        CheckConstraint("issue > 0", name="issues_begin_at_1"),
        digest_rule("digest"),
        Index(
            "ix_publication_standing",
            "unit_id",
            "recency",
            "issue",
            sqlite_where=text("withdrawn_at IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    period: str = Field(sa_type=String(7))
    recency: int
    issue: int
    published_at: datetime = Field(sa_type=UTCDateTime)
    withdrawn_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    release: int
    digest: bytes = Field(sa_type=LargeBinary)
    headline: str = Field(sa_type=Text)
    document: str = Field(sa_type=Text)


class PublishedCard(SQLModel, table=True):
    """The official card of a publication, drawn when it was published."""

    __tablename__ = "published_card"
    __table_args__ = (one_of("card_format", CardFormat), RANDOM_ORDER)

    publication_id: UUID = Field(primary_key=True, foreign_key="publication.id")
    card_format: str = Field(primary_key=True, sa_type=String(3))
    language: str = Field(primary_key=True, sa_type=String(3))
    body: bytes = Field(sa_type=LargeBinary)
