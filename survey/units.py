"""Service units: finding one by its code (method §1)."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from survey.models import ServiceUnit
from survey.month import local_day, time_zone

PROBE_UNIT = "~UJI"
"""The code of the unit that the nightly probe rates: nobody can type it, and it is no office."""


class UnknownUnit(LookupError):
    """No service unit has that code."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A service unit as pages know it.

    Attributes
    ----------
    languages
        Codes of the languages its citizens are offered, in their order.
    accent
        Its own colour for buttons and links, as ``#rrggbb``; None is the product's.
    active
        Whether it still serves; a unit is switched off, never deleted.
    """

    id: int
    parent_id: int | None
    code: str
    name: str
    time_zone: str
    element_order: str
    languages: tuple[str, ...]
    accent: str | None
    active: bool

    def day_of(self, at: datetime) -> date:
        """Return the unit's own day of a moment."""
        return local_day(at, time_zone(self.time_zone))


def is_real() -> ColumnElement[bool]:
    """Return the rule by which every list, tree and sum of units leaves out the probe's."""
    return col(ServiceUnit.code) != PROBE_UNIT


def unit_with(session: Session, code: str) -> ServiceUnit:
    """Return the unit of a code; the probe's is none.

    Raises
    ------
    UnknownUnit
        If there is none.
    """
    named = select(ServiceUnit).where(col(ServiceUnit.code) == code, is_real())
    unit = session.exec(named).one_or_none()
    if unit is None:
        raise UnknownUnit(code)
    return unit


def local_today(session: Session, unit_id: int, at: datetime) -> date:
    """Return a unit's own day of a moment: what lies before it is past."""
    zone = session.exec(select(ServiceUnit.time_zone).where(col(ServiceUnit.id) == unit_id)).one()
    return local_day(at, time_zone(zone))


def accent_for(connection: Connection, unit_id: int) -> str | None:
    """Return a unit's own colour, or that of the nearest unit above it that has one."""
    found: str | None = connection.execute(_NEAREST_ACCENT, {"unit": unit_id}).scalar()
    return found


def known_unit(row: ServiceUnit) -> Unit:
    """Return what pages know of a unit's row."""
    return Unit(
        id=row.id or 0,
        parent_id=row.parent_id,
        code=row.code,
        name=row.name,
        time_zone=row.time_zone,
        element_order=row.element_order,
        languages=tuple(row.languages.split(",")),
        accent=row.accent,
        active=row.active,
    )


_COLUMNS = col(ServiceUnit.id), col(ServiceUnit.parent_id), col(ServiceUnit.accent)
_UNIT = (
    select_columns(*_COLUMNS)
    .where(col(ServiceUnit.id) == bindparam("unit"))
    .cte("upwards", recursive=True)
)
# The way up ends at the first colour; a union leaves out what it has seen, so it ends anyhow.
_UPWARDS = _UNIT.union(
    select_columns(*_COLUMNS)
    .join(_UNIT, col(ServiceUnit.id) == _UNIT.c.parent_id)
    .where(_UNIT.c.accent.is_(None))
)
_NEAREST_ACCENT = select_columns(_UPWARDS.c.accent).where(_UPWARDS.c.accent.is_not(None))
