"""Adding and editing accounts, each within the keeper's branch.

Nobody grants himself anything, and somebody who can set the whole installation up remains.
"""

from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_keeper import Keeper, reaches_further
from aggregation.access.account_log import account_facts, record_account_edit
from aggregation.access.account_switches import LastOperator
from aggregation.access.accounts import (
    OfficerInUse,
    RoleIn,
    add_account,
    set_roles,
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
    after = account_facts(session, Known(account, wanted.roles))
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
    before = account_facts(session, known)
    known.account.name = wanted.name
    known.account.officer_id = wanted.officer_id
    if not same_roles:
        set_roles(session, known.id, wanted.roles)
        if reaches_further(session, known.roles, wanted.roles):
            # Whoever was handed the link of a small account does not come in as a larger one.
            void_links_of(session, known.id, cause.at)
    session.flush()
    after = account_facts(session, replace(known, roles=wanted.roles))
    every = replace(known, roles=(*known.roles, *wanted.roles))
    return record_account_edit(session, "account.changed", every, cause, before=before, after=after)


def _check(keeper: Keeper, wanted: Wanted, *, was: tuple[RoleIn, ...]) -> None:
    if not all(map(keeper.may_grant, {*wanted.roles} ^ {*was})):
        raise OutOfReach
    if not wanted.roles:
        raise NoRole
    if any(role.role is Role.OFFICER for role in wanted.roles) and wanted.officer_id is None:
        raise NoOfficer


def _check_officer_is_free(session: Session, account_id: int, officer_id: int | None) -> None:
    taken = select(col(Account.id)).where(
        col(Account.officer_id) == officer_id, col(Account.id) != account_id
    )
    if officer_id is not None and session.execute(taken).first() is not None:
        raise OfficerInUse
