"""How far somebody who looks after accounts reaches: one's own branch, and nothing beyond."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, select, true
from sqlmodel import Session, col

from aggregation.access.accounts import Member, RoleIn, unit_parents
from aggregation.access.models import Account, AccountRole
from aggregation.access.roles import RIGHTS, Grant, Parents, Right, Role, Scope

AT_THE_SERVER = "cli"
"""What the log calls whoever types commands on the server."""
AT_THE_PROVIDER = "provider"
"""What it calls the office's own provider of identities."""


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who looks after accounts.

    Attributes
    ----------
    account_id
        The keeper's own account; None on the server's command line.
    """

    scope: Scope
    account_id: int | None = None

    @property
    def has_whole_tree(self) -> bool:
        """Whether every account is within reach."""
        return self.scope.may_everywhere(Right.MANAGE_ACCOUNTS)

    @property
    def units(self) -> frozenset[int]:
        """The units for which roles may be granted."""
        return self.scope.units(Right.MANAGE_ACCOUNTS)

    def may_grant(self, role: RoleIn) -> bool:
        """Say whether a role lies within the keeper's branch."""
        if role.unit_id is None:
            return self.has_whole_tree
        return self.scope.may(Right.MANAGE_ACCOUNTS, role.unit_id)

    def sees(self, roles: Iterable[RoleIn]) -> bool:
        """Say whether an account with these roles exists for the keeper."""
        return self.has_whole_tree or any(map(self.may_grant, roles))

    def reaches(self, roles: Collection[RoleIn]) -> bool:
        """Say whether an account with these roles may be changed: all of them lie in the branch."""
        return self.has_whole_tree or (bool(roles) and all(map(self.may_grant, roles)))


def keeper_of(member: Member) -> Keeper:
    """Return how far somebody who signed in reaches."""
    return Keeper(member.scope, member.id)


def keeper_at_the_server(session: Session) -> Keeper:
    """Return the reach of the server's command line: whoever has it, has everything."""
    return Keeper(Scope((Grant(RIGHTS[Role.OPERATOR]),), unit_parents(session)))


def accounts_seen_by(
    keeper: Keeper, *, role: Role | None = None, active: bool | None = None
) -> Select[*tuple[Any, ...]]:
    """Return the query for the accounts that exist for a keeper.

    Parameters
    ----------
    role
        Only those that have this role within the keeper's branch.
    """
    query: Select[*tuple[Any, ...]] = select(
        col(Account.id),
        col(Account.key),
        col(Account.name),
        col(Account.email),
        col(Account.active),
        col(Account.password_hash).is_not(None).label("accepted"),
        col(Account.totp_since).is_not(None).label("has_second_factor"),
    )
    if not keeper.has_whole_tree or role is not None:
        query = query.where(_has_a_role(keeper, role))
    return query if active is None else query.where(col(Account.active) == active)


def roles_by_account(
    session: Session, account_ids: Collection[int]
) -> Mapping[int, tuple[RoleIn, ...]]:
    """Return the roles of several accounts at once, in the order of the roles."""
    rows = session.execute(
        select(col(AccountRole.account_id), col(AccountRole.role), col(AccountRole.unit_id)).where(
            col(AccountRole.account_id).in_(account_ids)
        )
    ).all()
    order = list(Role)
    rows = sorted(rows, key=lambda row: (order.index(Role(row.role)), row.unit_id or 0))
    return {
        id_: tuple(RoleIn(Role(row.role), row.unit_id) for row in rows if row.account_id == id_)
        for id_ in account_ids
    }


def common_unit(parents: Parents, roles: Iterable[RoleIn]) -> int | None:
    """Return the lowest unit whose branch holds all the roles; None if only the whole tree does.

    Examples
    --------
    >>> tree = {1: None, 2: 1, 3: 2, 4: 2}
    >>> [common_unit(tree, (RoleIn(Role.HR, 3), RoleIn(Role.HR, unit))) for unit in (3, 4, 1, None)]
    [3, 2, 1, None]
    """
    lines = [_line(parents, role.unit_id) for role in roles]
    shared = [unit for unit in lines[0] if all(unit in line for line in lines)] if lines else []
    return shared[0] if shared else None


def reaches_further(session: Session, were: Collection[RoleIn], are: Collection[RoleIn]) -> bool:
    """Say whether some who could change an account with its old roles cannot with the new."""
    parents = unit_parents(session)
    return common_unit(parents, (*were, *are)) != common_unit(parents, were)


def _line(parents: Parents, unit_id: int | None) -> list[int]:
    """Return a unit and those above it, the lowest first."""
    line: list[int] = []
    while unit_id is not None and unit_id not in line:
        line.append(unit_id)
        unit_id = parents.get(unit_id)
    return line


def _has_a_role(keeper: Keeper, role: Role | None) -> ColumnElement[bool]:
    return exists().where(
        and_(
            col(AccountRole.account_id) == col(Account.id),
            true() if role is None else col(AccountRole.role) == role,
            true() if keeper.has_whole_tree else col(AccountRole.unit_id).in_(keeper.units),
        )
    )
