"""What accounts may do, in the reader's words; what lies beyond the reader's branch unnamed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_keeper import Keeper, roles_by_account
from aggregation.access.accounts import RoleIn
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.roles import Role
from survey.language import worded
from survey.models import ServiceUnit
from survey.spoken import spoken


@dataclass(frozen=True, slots=True)
class SpokenRoles:
    """An account's roles as its keeper reads them.

    Attributes
    ----------
    beyond
        Whether there are others, beyond the keeper's branch.
    """

    within: tuple[tuple[str, str], ...]
    beyond: bool


def spoken_roles(roles: Sequence[RoleIn], keeper: Keeper, names: Mapping[int, str]) -> SpokenRoles:
    """Return the name of each role and of the unit it holds for."""
    within = tuple(
        (spoken().say(ROLE_NAMES[Role(role.role)]), _place(role, names))
        for role in roles
        if keeper.may_grant(role)
    )
    return SpokenRoles(within, beyond=len(within) < len(roles))


def roles_spoken_of(
    session: Session, keeper: Keeper, rows: Iterable[Any]
) -> Mapping[int, SpokenRoles]:
    """Return the roles of the accounts of a list's rows, by the account's id."""
    roles = roles_by_account(session, [row.id for row in rows])
    names = unit_names(session, (each for every in roles.values() for each in every))
    return {id_: spoken_roles(every, keeper, names) for id_, every in roles.items()}


def unit_names(session: Session, roles: Iterable[RoleIn]) -> Mapping[int, str]:
    """Return the names of the units that roles hold for."""
    ids = {role.unit_id for role in roles if role.unit_id is not None}
    rows = session.execute(
        select(col(ServiceUnit.id), col(ServiceUnit.name)).where(col(ServiceUnit.id).in_(ids))
    )
    return {row.id: row.name for row in rows}


def _place(role: RoleIn, names: Mapping[int, str]) -> str:
    if role.unit_id is None:
        return spoken().say(worded("Semua unit"))
    return names[role.unit_id]
