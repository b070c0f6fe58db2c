"""Finding and holding accounts for somebody who looks after them."""

import re
from dataclasses import dataclass

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.access.account_keeper import Keeper
from aggregation.access.accounts import RoleIn, roles_of
from aggregation.access.models import Account, AccountRole
from aggregation.access.roles import RIGHTS, Right

LONGEST_NAME = 120
LONGEST_EMAIL = 254

_EMAIL = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9-]+(\.[a-z0-9-]+)+")
_SET_UP_ROLES = [role for role, rights in RIGHTS.items() if Right.SET_UP in rights]


class UnknownAccount(LookupError):
    """No account of that name exists for the keeper."""


class NotAnEmail(ValueError):
    """Mail to that address would not arrive."""


class OutOfReach(Exception):
    """The change concerns a role beyond the keeper's branch."""


class OwnAccount(Exception):
    """Nobody changes his own roles or officer, or switches himself off."""


@dataclass(frozen=True, slots=True)
class Known:
    """An account as its keeper sees it."""

    account: Account
    roles: tuple[RoleIn, ...]

    @property
    def id(self) -> int:
        """The account's number."""
        return self.account.id or 0


def spelled_email(text: str) -> str:
    """Return an address in its one spelling.

    Raises
    ------
    NotAnEmail
        If it has no form of one.
    """
    spelled = text.strip().lower()
    if len(spelled) > LONGEST_EMAIL or not _EMAIL.fullmatch(spelled):
        raise NotAnEmail(text)
    return spelled


def known_account(session: Session, keeper: Keeper, key: str) -> Known:
    """Return the account of a key.

    Raises
    ------
    UnknownAccount
        If there is none, or all it may do lies beyond the keeper's branch.
    """
    account = session.scalars(select(Account).where(col(Account.key) == key)).one_or_none()
    found = None if account is None else Known(account, roles_of(session, account.id or 0))
    if found is None or not keeper.sees(found.roles):
        raise UnknownAccount(key)
    return found


def account_of_email(session: Session, email: str) -> str:
    """Return the key of the account that signs in with an address.

    Raises
    ------
    UnknownAccount
        If there is none.
    """
    spelled = email.strip().lower()
    key = session.scalars(select(col(Account.key)).where(col(Account.email) == spelled)).first()
    if key is None:
        raise UnknownAccount(email)
    return key


def held_account(session: Session, keeper: Keeper, key: str) -> Known:
    """Return an account that nobody else changes until the transaction ends.

    Raises
    ------
    UnknownAccount
        If it does not exist for the keeper.
    OutOfReach
        If it may do something beyond the keeper's branch as well.
    """
    known = known_account(session, keeper, key)
    session.refresh(known.account, with_for_update={"key_share": True})
    known = known_account(session, keeper, key)
    if not keeper.reaches(known.roles):
        raise OutOfReach
    return known


def held_other(session: Session, keeper: Keeper, key: str) -> Known:
    """Return an account as `held_account` does, that is not the keeper's own.

    Raises
    ------
    OwnAccount
        If it is.
    """
    known = held_account(session, keeper, key)
    if known.id == keeper.account_id:
        raise OwnAccount
    return known


def hold_operators(session: Session) -> set[int]:
    """Return who can set the whole installation up, and keep it so until the transaction ends.

    Two operators who switch each other off at once would otherwise both succeed.
    """
    found = session.scalars(
        select(col(Account.id))
        .join(AccountRole, col(AccountRole.account_id) == col(Account.id))
        .where(
            col(Account.active),
            col(AccountRole.unit_id).is_(None),
            col(AccountRole.role).in_(_SET_UP_ROLES),
        )
        .order_by(col(Account.id))
        .with_for_update(key_share=True)
    )
    return {id_ for id_ in found if id_ is not None}


def sets_the_whole_up(role: RoleIn) -> bool:
    """Say whether a role can set the whole installation up."""
    return role.unit_id is None and role.role in _SET_UP_ROLES
