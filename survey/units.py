"""Service units: finding one by its code (method §1)."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from survey.models import ServiceUnit


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


def unit_with(session: Session, code: str) -> ServiceUnit:
    """Return the unit of a code.

    Raises
    ------
    UnknownUnit
        If there is none.
    """
    unit = session.exec(select(ServiceUnit).where(col(ServiceUnit.code) == code)).one_or_none()
    if unit is None:
        raise UnknownUnit(code)
    return unit


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
