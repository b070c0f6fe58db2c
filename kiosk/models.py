"""Tables of the tablets (method §10): who may send, what arrived, what a tablet last told.

No table here knows a rating. A tablet's running numbers are kept as ranges of the tablet, never on
a response, so that nothing leads from a place in the queue to what a citizen answered.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    String,
)
from sqlmodel import Field, SQLModel

from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, digest_rule


class Device(SQLModel, table=True):
    """An enrolled tablet: where it stands and the key that it signs with.

    Attributes
    ----------
    public_key
        Its P-256 key as SubjectPublicKeyInfo; the other half never leaves the tablet.
    succeeds
        The enrolment of the same tablet before this one, whose waiting responses it still holds.
    contacts
        How many batches were taken; what the next one signs is made of it.
    last_sequence, last_tapped_at
        The newest tap, by the tablet's own clock: what tells a child's play from citizens (§7).
    """

    __tablename__ = "device"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        Index("ix_device_desk_id", "desk_id"),
        CheckConstraint("contacts >= 0", name="contacts_are_counted"),
        CheckConstraint(
            "(last_sequence IS NULL) = (last_tapped_at IS NULL)", name="newest_tap_is_whole"
        ),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    unit_id: int
    desk_id: int
    public_key: bytes = Field(sa_type=LargeBinary)
    enrolled_at: datetime = Field(sa_type=UTCDateTime)
    revoked_at: datetime | None = Field(default=None, sa_type=UTCDateTime)
    succeeds: UUID | None = Field(default=None, foreign_key="device.id")
    contacts: int = 0
    last_sequence: int | None = Field(default=None, sa_type=BigInteger)
    last_tapped_at: datetime | None = Field(default=None, sa_type=UTCDateTime)


class DeviceRange(SQLModel, table=True):
    """Running numbers of a tablet that arrived, from first to last; what lies between is a gap."""

    __tablename__ = "device_range"
    __table_args__ = (
        CheckConstraint("first >= 0 AND first <= last", name="range_runs_upwards"),
        RANDOM_ORDER,
    )

    device_id: UUID = Field(primary_key=True, foreign_key="device.id")
    first: int = Field(primary_key=True, sa_type=BigInteger)
    last: int = Field(sa_type=BigInteger)


class DeviceReport(SQLModel, table=True):
    """What a tablet told of itself when it was last in touch; each report replaces the one before.

    Attributes
    ----------
    clock_offset
        Seconds that the tablet's clock is behind the server's; negative when it is ahead.
    waiting, set_aside
        Responses it still keeps: to be sent, and refused.
    next_sequence
        The number that its next tap gets: whatever is below has been tapped.
    persisted
        Whether the browser promised not to throw its store away; None if it did not say.
    battery
        Percent; None where the browser does not tell.
    """

    __tablename__ = "device_report"
    __table_args__ = (
        CheckConstraint("waiting >= 0 AND set_aside >= 0", name="queues_are_counted"),
        CheckConstraint("next_sequence >= 0", name="sequence_begins_at_0"),
        CheckConstraint("battery BETWEEN 0 AND 100", name="battery_is_percent"),
        RANDOM_ORDER,
    )

    device_id: UUID = Field(primary_key=True, foreign_key="device.id")
    at: datetime = Field(sa_type=UTCDateTime)
    clock_offset: int = Field(sa_type=BigInteger)
    version: str = Field(sa_type=String(40))
    waiting: int
    set_aside: int
    next_sequence: int = Field(sa_type=BigInteger)
    persisted: bool | None = None
    used_bytes: int | None = Field(default=None, sa_type=BigInteger)
    quota_bytes: int | None = Field(default=None, sa_type=BigInteger)
    battery: int | None = None
    charging: bool | None = None


class Enrolment(SQLModel, table=True):
    """A one-time code that makes a tablet one of a desk's: ten minutes, few tries.

    Attributes
    ----------
    name
        The first half of the code, which finds the row; wrong second halves are counted.
    digest
        The keyed digest of the whole code.
    pin_salt, pin_hash
        PBKDF2 of the attendant's PIN, which the tablet itself checks without a network.
    device_id
        The tablet that used it; None while it waits.
    """

    __tablename__ = "enrolment"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        CheckConstraint("wrong_tries >= 0", name="tries_are_counted"),
        CheckConstraint("length(pin_salt) = 16", name="pin_salt_has_16_bytes"),
        digest_rule("digest"),
        digest_rule("pin_hash"),
        RANDOM_ORDER,
    )

    name: str = Field(primary_key=True, sa_type=String(4))
    unit_id: int
    desk_id: int
    digest: bytes = Field(sa_type=LargeBinary)
    pin_salt: bytes = Field(sa_type=LargeBinary)
    pin_hash: bytes = Field(sa_type=LargeBinary)
    expires_at: datetime = Field(sa_type=UTCDateTime)
    wrong_tries: int = 0
    device_id: UUID | None = Field(default=None, foreign_key="device.id")
