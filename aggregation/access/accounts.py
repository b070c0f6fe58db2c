"""Accounts: who may sign in, as what, and for which branch of the unit tree."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import delete, insert, select
from sqlmodel import Session, col

from aggregation.access.models import Account, AccountRole
from aggregation.access.roles import RIGHTS, Grant, Parents, Right, Role, Scope
from survey.models import ServiceUnit
from survey.spelling import random_letters
from survey.units import is_real

KEY_LETTERS = 12


class RoleIn(NamedTuple):
    """A role for a unit and all below it; without a unit, for the whole tree."""

    role: Role
    unit_id: int | None = None


class EmailInUse(ValueError):
    """Another account signs in with that address."""


class OfficerInUse(ValueError):
    """Another account is that officer's."""


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody who has an account, with what it may do; what pages know of who is asking.

    Attributes
    ----------
    key
        What logs and addresses call the account.
    has_second_factor
        Whether one is set up and asked for at every sign-in.
    """

    id: int
    key: str
    name: str
    email: str
    officer_id: int | None
    has_second_factor: bool
    roles: tuple[RoleIn, ...]
    scope: Scope

    def is_a(self, *roles: Role) -> bool:
        """Say whether the account has one of the roles anywhere."""
        return any(each.role in roles for each in self.roles)


def add_account(
    session: Session,
    email: str,
    name: str,
    at: datetime,
    roles: Iterable[RoleIn] = (),
    *,
    officer_id: int | None = None,
) -> Account:
    """Add an account that has no password yet.

    Raises
    ------
    EmailInUse
        If another account signs in with that address.
    OfficerInUse
        If the officer has an account.
    """
    spelled = email.strip().lower()
    if session.scalars(select(Account).where(col(Account.email) == spelled)).first():
        raise EmailInUse(spelled)
    taken = select(Account).where(col(Account.officer_id) == officer_id)
    if officer_id is not None and session.scalars(taken).first():
        raise OfficerInUse
    account = Account(
        key=random_letters(KEY_LETTERS),
        email=spelled,
        name=name,
        officer_id=officer_id,
        created_at=at,
    )
    session.add(account)
    session.flush()
    set_roles(session, account.id or 0, roles)
    return account


def set_roles(session: Session, account_id: int, roles: Iterable[RoleIn]) -> None:
    """Let an account have exactly these roles from now on."""
    session.execute(delete(AccountRole).where(col(AccountRole.account_id) == account_id))
    rows = [
        {"id": uuid4(), "account_id": account_id, "role": each.role, "unit_id": each.unit_id}
        for each in dict.fromkeys(roles)
    ]
    if rows:
        session.execute(insert(AccountRole), rows)


def roles_of(session: Session, account_id: int) -> tuple[RoleIn, ...]:
    """Return an account's roles, in the order of the roles, the whole tree first."""
    rows = session.execute(
        select(col(AccountRole.role), col(AccountRole.unit_id)).where(
            col(AccountRole.account_id) == account_id
        )
    )
    order = list(Role)
    found = (RoleIn(Role(row.role), row.unit_id) for row in rows)
    return tuple(sorted(found, key=lambda each: (order.index(each.role), each.unit_id or 0)))


def unit_parents(session: Session) -> Parents:
    """Return the parent of every unit: the tree that scopes are looked up in."""
    rows = session.execute(select(col(ServiceUnit.id), col(ServiceUnit.parent_id)).where(is_real()))
    return {row.id: row.parent_id for row in rows}


def member(session: Session, account_id: int) -> Member:
    """Return an account with what it may do."""
    account = session.scalars(select(Account).where(col(Account.id) == account_id)).one()
    roles = roles_of(session, account_id)
    grants = tuple(Grant(RIGHTS[each.role], each.unit_id) for each in roles)
    return Member(
        id=account_id,
        key=account.key,
        name=account.name,
        email=account.email,
        officer_id=account.officer_id,
        has_second_factor=account.totp_since is not None,
        roles=roles,
        scope=Scope(grants, unit_parents(session)),
    )


def names_of(session: Session, keys: Collection[str]) -> dict[str, str]:
    """Return the names of the accounts that have these keys; what is no key is left out."""
    rows = session.execute(
        select(col(Account.key), col(Account.name)).where(col(Account.key).in_(keys))
    )
    return {row.key: row.name for row in rows}


def nobody_may_set_up(session: Session) -> bool:
    """Say whether no account could set the office up: a new installation, or one locked out."""
    may = [role for role, rights in RIGHTS.items() if Right.SET_UP in rights]
    found = (
        select(col(Account.id))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(col(Account.active), col(AccountRole.role).in_(may))
    )
    return session.execute(found.limit(1)).first() is None
