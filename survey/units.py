"""Service units: finding one by its code (method §1)."""

from sqlalchemy import select
from sqlmodel import Session, col

from survey.models import ServiceUnit


class UnknownUnit(LookupError):
    """No service unit has that code."""


def unit_with(session: Session, code: str) -> ServiceUnit:
    """Return the unit of a code.

    Raises
    ------
    UnknownUnit
        If there is none.
    """
    unit = session.execute(select(ServiceUnit).where(col(ServiceUnit.code) == code)).scalar()
    if unit is None:
        raise UnknownUnit(code)
    return unit
