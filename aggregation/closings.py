"""Tables of closed months (method §8): facts of a revision, written once and never patched."""

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

from aggregation.constraints import count_rules, of_its_closing
from aggregation.method.evidence import Basis
from survey.columns import MonthColumn, UTCDateTime
from survey.constraints import RANDOM_ORDER, digest_rule, month_rule, one_of
from survey.month import Month


class Closing(SQLModel, table=True):
    """A revision of a closed month: 0 at the close, then one more for each correction.

    `elements` are the codes that its combinations of answers spell, in order. Late responses
    received before `late_until` were admitted. A revision was prepared by one person and
    approved by another, whom `closed_by` names.
    """

    __tablename__ = "closing"
    __table_args__ = (
        UniqueConstraint("unit_id", "month", "revision"),
        UniqueConstraint("id", "unit_id"),
        ForeignKeyConstraint(["unit_id", "month"], ["closed_month.unit_id", "closed_month.month"]),
        CheckConstraint("revision >= 0", name="revisions_begin_at_0"),
        month_rule(),
        digest_rule("figures_digest"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    month: Month = Field(sa_type=MonthColumn)
    revision: int
    closed_at: datetime = Field(sa_type=UTCDateTime)
    closed_by: str = Field(sa_type=String(80))
    reason: str = Field(default="", sa_type=String(400))
    rule_version: str = Field(sa_type=String(20))
    rule_document: str = Field(sa_type=Text)
    method_version: str = Field(sa_type=String(20))
    responses: int
    figures_digest: bytes = Field(sa_type=LargeBinary)
    elements: str = Field(default="", sa_type=String(200), sa_column_kwargs={"server_default": ""})
    late_until: date | None = None
    prepared_by: str | None = Field(default=None, sa_type=String(80))


class ClosingRule(SQLModel, table=True):
    """A rule that held for some of a revision's officers, and what it was applied with.

    `mu` is the mean that their scores are shrunk to, four decimals; `service_means` a JSON object
    from service id, or nothing where it is unknown, to the mean of its responses. A revision takes
    both over from the close, so that colleagues never move (method §5, §8.4).
    """

    __tablename__ = "closing_rule"
    __table_args__ = (of_its_closing(),)

    closing_id: UUID = Field(primary_key=True)
    version: str = Field(primary_key=True, sa_type=String(20))
    unit_id: int
    document: str = Field(sa_type=Text)
    n: int
    mu: str | None = Field(default=None, sa_type=String(6))
    service_means: str = Field(default="{}", sa_type=Text)


class FrozenDuty(SQLModel, table=True):
    """Who a desk's half hours [starts, ends) belong to, as the close found it (method §4.3)."""

    __tablename__ = "frozen_duty"
    __table_args__ = (
        of_its_closing(),
        CheckConstraint("starts < ends", name="duty_ends_after_it_starts"),
    )

    closing_id: UUID = Field(primary_key=True)
    unit_id: int
    desk_id: int = Field(primary_key=True, foreign_key="desk.id")
    starts: int = Field(primary_key=True)
    ends: int
    officer_id: int = Field(foreign_key="officer.id")


class _Count(SQLModel):
    """What every tally counts by, and how many."""

    closing_id: UUID = Field(primary_key=True)
    unit_id: int
    desk_id: int | None = Field(default=None, foreign_key="desk.id")
    service_id: int | None = Field(default=None, foreign_key="service.id")
    channel: str = Field(sa_type=String(8))
    count: int


class Tally(_Count, table=True):
    """Counts of a revision by officer, desk, service and channel, and in each by combination.

    `combinations` is a JSON object from answer combination to count. A combination spells the
    closing's elements in order, ``43-2``: one sign each, ``-`` for blank. They stand in one row
    because they are only ever read together, and a row each would cost more to write than to
    count. `late` and `quarantined` rows stand apart and enter no figure (method §4.5, §5, §7).
    """

    __tablename__ = "tally"
    __table_args__ = (
        *count_rules(),
        RANDOM_ORDER,
    )

    number: int = Field(primary_key=True)
    officer_id: int | None = Field(default=None, foreign_key="officer.id")
    outage: bool = False
    late: bool = False
    quarantined: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    combinations: str = Field(sa_type=Text)


class ElementTally(_Count, table=True):
    """Counts of full SKM questionnaires by desk, service, channel, element and rating."""

    __tablename__ = "element_tally"
    __table_args__ = (
        *count_rules(),
        CheckConstraint("rating BETWEEN 1 AND 4", name="rating_is_1_to_4"),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    element: str = Field(sa_type=String(11))
    rating: int = Field(sa_type=SmallInteger)


class TotalTally(_Count, table=True):
    """Counts of full SKM questionnaires by the sum of their nine ratings, 9 to 36.

    They carry the spread that the interval of an index needs (method §3).
    """

    __tablename__ = "total_tally"
    __table_args__ = (
        *count_rules(),
        CheckConstraint("total BETWEEN 9 AND 36", name="total_is_9_to_36"),
        RANDOM_ORDER,
    )

    id: UUID = Field(primary_key=True)
    total: int = Field(sa_type=SmallInteger)


class OfficerFigure(SQLModel, table=True):
    """What a revision says of one officer; numbers as they are printed, two decimals.

    Numbers below `publishable` are kept here for the officer's own page and for windows to come;
    HR never gets them (method §5). Who the officer was at the close is kept beside, because the
    same revision must read the same for ever; those columns may be erased.

    Attributes
    ----------
    computed_in
        The revision that computed these figures; later ones took them over unchanged.
    covered, visits
        Responses and visits served, in the months of the window whose visits are known.
    index_shrunk
        The index that conversion and proposal follow, 25·m*.
    index_mix
        What the unit's citizens say of the same mix of services (method §5).
    index_other
        The shrunk index with the rule's switch for outages turned; none where none was declared.
    wide_low, wide_high
        The 99 % interval.
    """

    __tablename__ = "officer_figure"
    __table_args__ = (
        of_its_closing(),
        one_of("basis", Basis),
        CheckConstraint("n >= 0", name="n_is_not_negative"),
    )

    closing_id: UUID = Field(primary_key=True)
    unit_id: int
    officer_id: int = Field(primary_key=True, foreign_key="officer.id")
    nip: str | None = Field(default=None, sa_type=String(18))
    staff_number: str | None = Field(default=None, sa_type=String(40))
    name: str | None = Field(default=None, sa_type=String(200))
    employment: str | None = Field(default=None, sa_type=String(8))
    basis: str = Field(sa_type=String(12))
    reason: str = Field(default="", sa_type=String(200))
    window_months: int = Field(sa_type=SmallInteger)
    n: int
    n_month: int
    sum_x: str | None = Field(default=None, sa_type=String(24))
    index_raw: str | None = Field(default=None, sa_type=String(6))
    interval_low: str | None = Field(default=None, sa_type=String(6))
    interval_high: str | None = Field(default=None, sa_type=String(6))
    rule_version: str = Field(
        default="1", sa_type=String(20), sa_column_kwargs={"server_default": "1"}
    )
    job_group: str = Field(default="", sa_type=String(80), sa_column_kwargs={"server_default": ""})
    computed_in: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    covered: int | None = None
    visits: int | None = None
    index_shrunk: str | None = Field(default=None, sa_type=String(6))
    index_mix: str | None = Field(default=None, sa_type=String(6))
    index_other: str | None = Field(default=None, sa_type=String(6))
    wide_low: str | None = Field(default=None, sa_type=String(6))
    wide_high: str | None = Field(default=None, sa_type=String(6))
    component_value: str | None = Field(default=None, sa_type=String(16))
    contribution: str | None = Field(default=None, sa_type=String(16))
    proposal: str | None = Field(default=None, sa_type=String(20))
