"""Service units: finding one by its code (method §1)."""

from sqlmodel import Session, col, select

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
    unit = session.exec(select(ServiceUnit).where(col(ServiceUnit.code) == code)).one_or_none()
    if unit is None:
        raise UnknownUnit(code)
    return unit
