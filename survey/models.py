"""Tables of the record (method §8): units, desks, responses, the log. No table knows people.

Every rule that the database can hold stands in the table under a name that says it.
Responses and follow-ups are clustered by unit and month, so that a month is read in one
sweep and a large installation can partition them; `known_response` keeps their ids unique
across all partitions.
"""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    true,
)
from sqlmodel import Field, SQLModel

from survey.channel import Channel
from survey.columns import MonthColumn, UTCDateTime
from survey.constraints import RANDOM_ORDER, digest_rule, month_rule, one_of, rating_rule, salt_rule
from survey.month import Month
from survey.questionnaire import Element, ElementOrder


class ServiceUnit(SQLModel, table=True):
    """A service unit (unit pelayanan); units form a tree and each has its own time zone."""

    __tablename__ = "service_unit"
    __table_args__ = (
        CheckConstraint("parent_id <> id", name="unit_is_not_its_own_parent"),
        CheckConstraint("accent LIKE '#______'", name="accent_is_a_colour"),
        one_of("element_order", ElementOrder),
    )

    id: int | None = Field(default=None, primary_key=True)
    parent_id: int | None = Field(default=None, foreign_key="service_unit.id")
    code: str = Field(sa_type=String(40), unique=True)
    name: str = Field(sa_type=String(200))
    time_zone: str = Field(sa_type=String(64))
    element_order: str = Field(default=ElementOrder.BODY, sa_type=String(8))
    biaya_answers: str | None = Field(default=None, sa_type=String(400))
    languages: str = Field(default="id,en", sa_type=String(40))
    accent: str | None = Field(default=None, sa_type=String(7))
    opening_hours: str | None = Field(default=None, sa_type=String(200))
    active: bool = Field(default=True, sa_column_kwargs={"server_default": true()})


class Service(SQLModel, table=True):
    """A kind of service (jenis layanan), such as KTP-EL or KK."""

    __tablename__ = "service"
    __table_args__ = (UniqueConstraint("unit_id", "code"), UniqueConstraint("unit_id", "id"))

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    code: str = Field(sa_type=String(40))
    name: str = Field(sa_type=String(120))
    active: bool = True


class Desk(SQLModel, table=True):
    """A desk (loket): a counter, a hall, a mobile team or an online channel.

    A tablet that serves a whole hall never attributes to a person (method §4.2).
    """

    __tablename__ = "desk"
    __table_args__ = (
        UniqueConstraint("unit_id", "code"),
        UniqueConstraint("unit_id", "id"),
        CheckConstraint("kind IN ('counter', 'hall', 'mobile', 'online')", name="kind_is_known"),
        CheckConstraint("opens_with IN ('faces', 'skm')", name="opens_with_is_known"),
    )

    id: int | None = Field(default=None, primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    code: str = Field(sa_type=String(40))
    public_key: str = Field(sa_type=String(6), unique=True)
    name: str = Field(sa_type=String(120))
    about: str = Field(default="", sa_type=String(200))
    kind: str = Field(default="counter", sa_type=String(8))
    opens_with: str = Field(default="faces", sa_type=String(5))
    active: bool = True


class DeskService(SQLModel, table=True):
    """A service that a desk gives; both are of one unit."""

    __tablename__ = "desk_service"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        ForeignKeyConstraint(["unit_id", "service_id"], ["service.unit_id", "service.id"]),
    )

    desk_id: int = Field(primary_key=True)
    service_id: int = Field(primary_key=True)
    unit_id: int


class Ticket(SQLModel, table=True):
    """A one-visit slip: the digest of its token and the day it was spent, no link to a response."""

    __tablename__ = "ticket"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        UniqueConstraint("desk_id", "number"),
        CheckConstraint("number > 0", name="numbers_begin_at_1"),
        digest_rule("digest"),
        RANDOM_ORDER,
    )

    digest: bytes = Field(primary_key=True, sa_type=LargeBinary)
    unit_id: int
    desk_id: int
    number: int
    issued_on: date
    spent_on: date | None = None


class ClosedMonth(SQLModel, table=True):
    """A month that is closed: intake marks what comes after as late (method §4.5)."""

    __tablename__ = "closed_month"
    __table_args__ = (month_rule(),)

    unit_id: int = Field(primary_key=True, foreign_key="service_unit.id")
    month: Month = Field(primary_key=True, sa_type=MonthColumn)
    closed_at: datetime = Field(sa_type=UTCDateTime)


class KnownResponse(SQLModel, table=True):
    """The register of ids: each response's id once, whatever its unit and month."""

    __tablename__ = "known_response"
    __table_args__ = (month_rule(), RANDOM_ORDER)

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    month: Month = Field(sa_type=MonthColumn)


class Response(SQLModel, table=True):
    """The tap (tanggapan): insert-only; no identity, no address, no exact time (method §8, §9)."""

    __tablename__ = "response"
    __table_args__ = (
        ForeignKeyConstraint(["unit_id", "desk_id"], ["desk.unit_id", "desk.id"]),
        ForeignKeyConstraint(["unit_id", "service_id"], ["service.unit_id", "service.id"]),
        Index("ix_response_receipt_digest", "receipt_digest"),
        one_of("channel", Channel),
        rating_rule("overall"),
        month_rule(),
        digest_rule("receipt_digest"),
        digest_rule("leaf"),
        salt_rule(),
        RANDOM_ORDER,
    )

    unit_id: int = Field(primary_key=True, foreign_key="service_unit.id")
    month: Month = Field(primary_key=True, sa_type=MonthColumn)
    id: UUID = Field(primary_key=True, foreign_key="known_response.id")
    desk_id: int | None = None
    channel: str = Field(sa_type=String(8))
    service_id: int | None = None
    half_hour: int | None = None
    overall: int | None = Field(default=None, sa_type=SmallInteger)
    late: bool = False
    received_on: date
    receipt_digest: bytes = Field(sa_type=LargeBinary)
    salt: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)


class Followup(SQLModel, table=True):
    """What the citizen added to a tap: at most one, insert-only (method §8)."""

    __tablename__ = "followup"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["response.unit_id", "response.month", "response.id"],
        ),
        ForeignKeyConstraint(["unit_id", "service_id"], ["service.unit_id", "service.id"]),
        *(rating_rule(element.lower()) for element in Element),
        digest_rule("comment_digest"),
        digest_rule("profile_digest"),
        digest_rule("leaf"),
        salt_rule(),
        RANDOM_ORDER,
    )

    unit_id: int = Field(primary_key=True)
    month: Month = Field(primary_key=True, sa_type=MonthColumn)
    response_id: UUID = Field(primary_key=True)
    service_id: int | None = None
    persyaratan: int | None = Field(default=None, sa_type=SmallInteger)
    prosedur: int | None = Field(default=None, sa_type=SmallInteger)
    waktu: int | None = Field(default=None, sa_type=SmallInteger)
    biaya: int | None = Field(default=None, sa_type=SmallInteger)
    produk: int | None = Field(default=None, sa_type=SmallInteger)
    kompetensi: int | None = Field(default=None, sa_type=SmallInteger)
    perilaku: int | None = Field(default=None, sa_type=SmallInteger)
    pengaduan: int | None = Field(default=None, sa_type=SmallInteger)
    sarana: int | None = Field(default=None, sa_type=SmallInteger)
    received_on: date
    comment_digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    profile_digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    salt: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)


class PrivateText(SQLModel, table=True):
    """A comment or a profile field: the only rows of the record that may be erased (method §8)."""

    __tablename__ = "private_text"
    __table_args__ = (
        ForeignKeyConstraint(
            ["unit_id", "month", "response_id"],
            ["followup.unit_id", "followup.month", "followup.response_id"],
        ),
        CheckConstraint(
            "field IN ('COMMENT', 'SEX', 'AGE', 'EDUCATION', 'OCCUPATION')", name="field_is_known"
        ),
        salt_rule(),
        RANDOM_ORDER,
    )

    unit_id: int = Field(primary_key=True)
    month: Month = Field(primary_key=True, sa_type=MonthColumn)
    response_id: UUID = Field(primary_key=True)
    field: str = Field(primary_key=True, sa_type=String(10))
    text: str = Field(sa_type=Text)
    salt: bytes = Field(sa_type=LargeBinary)


class LogEntry(SQLModel, table=True):
    """An act on the system: append-only; keys and digests, never a person's name (method §8)."""

    __tablename__ = "log_entry"
    __table_args__ = (
        Index("ix_log_entry_recorded_at", "recorded_at"),
        digest_rule("detail_digest"),
        digest_rule("leaf"),
        salt_rule(),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    unit_id: int | None = Field(default=None, foreign_key="service_unit.id")
    recorded_at: datetime = Field(sa_type=UTCDateTime)
    actor: str = Field(sa_type=String(80))
    act: str = Field(sa_type=String(60))
    subject: str = Field(sa_type=String(120))
    facts: str = Field(sa_type=Text)
    detail_digest: bytes | None = Field(default=None, sa_type=LargeBinary)
    salt: bytes = Field(sa_type=LargeBinary)
    leaf: bytes = Field(sa_type=LargeBinary)


def table_of(model: type[SQLModel]) -> Table:
    """Return a model's table, for statements of SQLAlchemy Core."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


RECORD_TABLES = tuple(table_of(m) for m in (KnownResponse, Response, Followup, PrivateText))
"""The tables that only intake writes."""
