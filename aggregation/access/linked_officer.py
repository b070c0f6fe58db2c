"""Whose account it is: the officer at the desk that an account belongs to."""

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_keeper import Keeper
from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.models import Assignment, Officer
from aggregation.people.nip import NotANip, read_nip


class UnknownOfficer(LookupError):
    """Nobody in the keeper's branch has that number."""


def officer_with_number(session: Session, keeper: Keeper, number: str) -> int:
    """Return the officer of a NIP or staff number, if he belongs to the keeper's branch.

    An account opens all of an officer's months, those of every unit he was ever in; so all of
    them must lie in the branch. Who came from elsewhere is linked from further up.

    Raises
    ------
    UnknownOfficer
        If nobody there has that number; the message does not repeat it.
    """
    nip = _as_nip(number)
    column, wanted = (Officer.nip, nip) if nip else (Officer.staff_number, number.strip())
    found = session.scalars(select(col(Officer.id)).where(col(column) == wanted)).first()
    if found is None or not _belongs(session, keeper, found):
        raise UnknownOfficer
    return found


def officer_name(session: Session, officer_id: int | None) -> str | None:
    """Return an officer's name."""
    return session.scalars(select(col(Officer.name)).where(col(Officer.id) == officer_id)).first()


def _as_nip(number: str) -> str | None:
    try:
        return read_nip(number).text
    except NotANip:
        return None


def _belongs(session: Session, keeper: Keeper, officer_id: int) -> bool:
    places = session.scalars(
        select(col(Assignment.unit_id)).where(col(Assignment.officer_id) == officer_id).distinct()
    )
    return keeper.reaches([RoleIn(Role.OFFICER, unit_id) for unit_id in places])
