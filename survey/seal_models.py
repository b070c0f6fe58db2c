"""Tables of the proof (method §8): daily and monthly seals, what they seal, what a check found."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, digest_rule, one_of


class SealKind(StrEnum):
    """What a seal is about."""

    DAY = "day"
    """All that was received in a day."""
    MONTH = "month"
    """A revision of a closed month: its figures and the roots of its days."""
    KEY = "key"
    """The key that signs from the next seal on."""


class LeafKind(StrEnum):
    """Whose leaf it is, as `survey.leaf` names the kinds of rows."""

    RESPONSE = "response"
    FOLLOWUP = "followup"
    LOG = "log"


class Seal(SQLModel, table=True):
    """A link of the one chain of an installation; insert-only.

    Attributes
    ----------
    number
        0 for the first; without a gap.
    subject
        A day as ``2026-10-05``, the id of a closing, or the id of a key.
    statement
        The text that is signed (`survey.seal_text`); it names its predecessor's digest.
    """

    __tablename__ = "seal"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        one_of("kind", SealKind),
        CheckConstraint("number >= 0", name="seals_begin_at_0"),
        CheckConstraint("length(signature) = 64", name="signature_has_64_bytes"),
    )

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    kind: str = Field(sa_type=String(5))
    subject: str = Field(sa_type=String(40))
    statement: str = Field(sa_type=Text)
    signature: bytes = Field(sa_type=LargeBinary)


class SealedLeaf(SQLModel, table=True):
    """A leaf of a day's tree and the row it was made of; sorted by digest, as the tree is."""

    __tablename__ = "sealed_leaf"
    __table_args__ = (one_of("kind", LeafKind), digest_rule("leaf"), RANDOM_ORDER)

    day: date = Field(primary_key=True)
    leaf: bytes = Field(primary_key=True, sa_type=LargeBinary)
    kind: str = Field(sa_type=String(8))
    row_id: UUID


class Verification(SQLModel, table=True):
    """What a check of everything found (`nilai verify`).

    Attributes
    ----------
    differences
        How many.
    findings
        A JSON list of the first of them.
    """

    __tablename__ = "verification"
    __table_args__ = (
        Index("ix_verification_finished_at", "finished_at"),
        CheckConstraint("differences >= 0", name="differences_are_counted"),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    finished_at: datetime = Field(sa_type=UTCDateTime)
    rows: int
    differences: int
    findings: str = Field(sa_type=Text)
