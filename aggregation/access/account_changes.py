"""Adding and editing accounts, each within the keeper's branch.

Nobody grants himself anything, and somebody who can set the whole installation up remains.
"""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_keeper import Keeper, common_unit
from aggregation.access.account_log import record_account_edit
from aggregation.access.account_switches import LastOperator
from aggregation.access.accounts import (
    OfficerInUse,
    RoleIn,
    add_account,
    set_roles,
    unit_parents,
)
from aggregation.access.known_accounts import (
    Known,
    OutOfReach,
    OwnAccount,
    held_account,
    hold_operators,
    sets_the_whole_up,
    spelled_email,
)
from aggregation.access.models import Account
from aggregation.access.one_time_link import void_links_of
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.models import Officer
from survey.merkle import Scalar
from survey.models import ServiceUnit


class NoRole(Exception):
    """An account without any role could open nothing."""


class NoOfficer(Exception):
    """The role of an officer says nothing without saying whose figures are meant."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an account is to be."""

    name: str
    roles: tuple[RoleIn, ...]
    officer_id: int | None = None


def add(session: Session, keeper: Keeper, email: str, wanted: Wanted, cause: Cause) -> Account:
    """Add an account that has no password yet: an invitation lets its owner choose one.

    Raises
    ------
    NotAnEmail, EmailInUse, OfficerInUse, NoRole, NoOfficer, OutOfReach
        If it cannot be.
    """
    hold_operators(session)
    _check(keeper, wanted, was=())
    account = add_account(
        session,
        spelled_email(email),
        wanted.name,
        cause.at,
        wanted.roles,
        officer_id=wanted.officer_id,
    )
    after = _facts(session, Known(account, wanted.roles))
    record_account_edit(
        session, "account.added", Known(account, wanted.roles), cause, before={}, after=after
    )
    return account


def change(session: Session, keeper: Keeper, key: str, wanted: Wanted, cause: Cause) -> bool:
    """Let an account have this name, these roles and this officer; say whether anything changed.

    An account that grows beyond the branch it was in is invited anew: its links are void.

    Raises
    ------
    UnknownAccount, OutOfReach, OwnAccount, OfficerInUse, NoRole, NoOfficer, LastOperator
        If it may not be.
    """
    operators = hold_operators(session)
    known = held_account(session, keeper, key)
    same_roles = set(wanted.roles) == set(known.roles)
    same_officer = wanted.officer_id == known.account.officer_id
    if known.id == keeper.account_id and not (same_roles and same_officer):
        raise OwnAccount
    _check(keeper, wanted, was=known.roles)
    if operators == {known.id} and not any(map(sets_the_whole_up, wanted.roles)):
        raise LastOperator
    _check_officer_is_free(session, known.id, wanted.officer_id)
    before = _facts(session, known)
    known.account.name = wanted.name
    known.account.officer_id = wanted.officer_id
    if not same_roles:
        set_roles(session, known.id, wanted.roles)
        if _reaches_further(session, known, wanted):
            # Whoever was handed the link of a small account does not come in as a larger one.
            void_links_of(session, known.id, cause.at)
    session.flush()
    after = _facts(session, replace(known, roles=wanted.roles))
    every = replace(known, roles=(*known.roles, *wanted.roles))
    return record_account_edit(session, "account.changed", every, cause, before=before, after=after)


def _check(keeper: Keeper, wanted: Wanted, *, was: tuple[RoleIn, ...]) -> None:
    if not all(map(keeper.may_grant, {*wanted.roles} ^ {*was})):
        raise OutOfReach
    if not wanted.roles:
        raise NoRole
    if any(role.role is Role.OFFICER for role in wanted.roles) and wanted.officer_id is None:
        raise NoOfficer


def _reaches_further(session: Session, known: Known, wanted: Wanted) -> bool:
    """Say whether some who could change the account as it was cannot as it is to be."""
    parents = unit_parents(session)
    both = (*known.roles, *wanted.roles)
    return common_unit(parents, both) != common_unit(parents, known.roles)


def _check_officer_is_free(session: Session, account_id: int, officer_id: int | None) -> None:
    taken = select(col(Account.id)).where(
        col(Account.officer_id) == officer_id, col(Account.id) != account_id
    )
    if officer_id is not None and session.execute(taken).first() is not None:
        raise OfficerInUse


def _facts(session: Session, known: Known) -> dict[str, Scalar]:
    """Return what the log compares of an account."""
    rows = session.execute(
        select(col(ServiceUnit.id), col(ServiceUnit.code)).where(
            col(ServiceUnit.id).in_([role.unit_id for role in known.roles if role.unit_id])
        )
    )
    codes = {row.id: row.code for row in rows}
    roles = [f"{each.role}@{codes[each.unit_id] if each.unit_id else '*'}" for each in known.roles]
    officer = select(col(Officer.key)).where(col(Officer.id) == known.account.officer_id)
    return {
        "name": known.account.name,
        "email": known.account.email,
        "roles": ", ".join(sorted(roles)),
        "officer": session.scalars(officer).first(),
    }
