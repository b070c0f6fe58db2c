"""Tables of alerts: each is raised once, and each person is told once."""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import Index, String, Text, false, text
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, one_of


class AlertKind(StrEnum):
    """What an alert is about."""

    DROP = "drop"
    """A month's index beyond the limits of its usual ups and downs."""
    TABLET = "tablet"
    """A tablet that is silent in opening hours."""
    IMPROVEMENT = "improvement"
    """An action of the follow-up register that is due or late."""
    QUARANTINE = "quarantine"
    """Responses that wait for a reviewer."""
    COMMENT = "comment"
    """A released comment that nobody has read for days."""
    VERIFY = "verify"
    """The record does not verify."""


class Alert(SQLModel, table=True):
    """Something that somebody has to know.

    Attributes
    ----------
    subject
        What it is about, as a key; the same is not raised again while it is open.
    facts
        JSON: what its sentence needs, without names.
    """

    __tablename__ = "alert"
    __table_args__ = (
        one_of("kind", AlertKind),
        Index(
            "ix_alert_open",
            "unit_id",
            "kind",
            "subject",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
        Index("ix_alert_newest", "unit_id", "raised_at"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    kind: str = Field(sa_type=String(12))
    subject: str = Field(sa_type=String(120))
    facts: str = Field(default="{}", sa_type=Text)
    raised_at: datetime = Field(sa_type=UTCDateTime)
    ended_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class AlertSeen(SQLModel, table=True):
    """That somebody opened an alert in the inbox."""

    __tablename__ = "alert_seen"
    __table_args__ = (RANDOM_ORDER,)

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    account_id: int = Field(primary_key=True, foreign_key="account.id")
    seen_at: datetime = Field(sa_type=UTCDateTime)


class AlertMail(SQLModel, table=True):
    """That an alert was mailed to somebody: written before the mail leaves, so never twice.

    Attributes
    ----------
    mailed_on
        The unit's own day, or the night, of the last try.
    in_digest
        Whether it went with the daily digest, of which there is one a night.
    refused
        Whether the mail server did not take it; the next night's digest tries again.
    """

    __tablename__ = "alert_mail"
    __table_args__ = (RANDOM_ORDER,)

    alert_id: UUID = Field(primary_key=True, foreign_key="alert.id")
    account_id: int = Field(primary_key=True, foreign_key="account.id")
    mailed_on: date
    in_digest: bool
    refused: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
