"""Tables of what closed periods let be seen (method §9): every outlet reads these and no other.

A hidden cell has a row without figures, so no outlet can show it by mistake.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, String, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from aggregation.constraints import of_its_closing
from aggregation.method.cuts import Cut
from survey.columns import UTCDateTime
from survey.constraints import RANDOM_ORDER, one_of


class CutCount(SQLModel, table=True):
    """Full questionnaires of a revision in one cell of a cut: what releases are made of.

    `counts` is a JSON object of the ratings and totals. Nothing that leaves the office reads it.
    """

    __tablename__ = "cut_count"
    __table_args__ = (
        of_its_closing(),
        one_of("cut", Cut),
        CheckConstraint("n > 0", name="counts_are_positive"),
        RANDOM_ORDER,
    )

    closing_id: UUID = Field(primary_key=True)
    cut: str = Field(primary_key=True, sa_type=String(10))
    cell: str = Field(primary_key=True, sa_type=String(40))
    unit_id: int
    n: int
    counts: str = Field(sa_type=Text)


class Release(SQLModel, table=True):
    """What a closed period lets be seen, written once; a revision may add the next one.

    Attributes
    ----------
    period
        As it is written: 2026-10, 2026-Q3, 2026-S2 or 2026.
    number
        0 at first, then one more for each revision that may be shown.
    basis
        JSON: by cut, by month, the revision whose counts it rests on.
    importance
        JSON: by element, how closely its rating follows the quick question's (method §3).
    """

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("unit_id", "period", "number"),
        UniqueConstraint("id", "unit_id"),
        CheckConstraint("number >= 0", name="releases_begin_at_0"),
    )

    id: UUID = Field(primary_key=True)
    unit_id: int = Field(foreign_key="service_unit.id")
    period: str = Field(sa_type=String(7))
    number: int
    released_at: datetime = Field(sa_type=UTCDateTime)
    responses: int
    basis: str = Field(sa_type=Text)
    importance: str = Field(default="{}", sa_type=Text)


class ReleasedCell(SQLModel, table=True):
    """A cell of a release: its full questionnaires, or nothing where they are hidden."""

    __tablename__ = "released_cell"
    __table_args__ = (
        ForeignKeyConstraint(["release_id", "unit_id"], ["release.id", "release.unit_id"]),
        one_of("cut", Cut),
        CheckConstraint("(n IS NULL) = (counts IS NULL)", name="hidden_cells_say_nothing"),
        CheckConstraint("n = 0 OR n >= 10", name="small_cells_are_hidden"),
        RANDOM_ORDER,
    )

    release_id: UUID = Field(primary_key=True)
    cut: str = Field(primary_key=True, sa_type=String(10))
    cell: str = Field(primary_key=True, sa_type=String(40))
    unit_id: int
    n: int | None = None
    counts: str | None = Field(default=None, sa_type=Text)
