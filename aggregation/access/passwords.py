"""Passwords: kept as Argon2id hashes, checked at the same cost whether or not there is one."""

import unicodedata
from datetime import datetime
from threading import BoundedSemaphore
from typing import NamedTuple

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import ColumnElement, select, update
from sqlmodel import Session, col

from aggregation.access.models import Account
from survey.log import Act, record

_HASHER = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1, type=Type.ID)

# A hash takes 19 MB and a processor: taps of citizens are served beside it.
_AT_ONCE = BoundedSemaphore(2)

# A password that nobody has, hashed as the others are: whoever types an unknown address waits as
# long as whoever types a wrong password.
_NOBODYS = (
    "$argon2id$v=19$m=19456,t=2,p=1$VoEdQqP/jCxGqLxR1EP0AA$"
    "SlNLvOP3ca0oOVo0ooZU52w8yu0hJTd4L+I7ONIP0RE"
)


class Credentials(NamedTuple):
    """What signing in with a password needs to know of an account.

    Attributes
    ----------
    hash
        None until an invitation was accepted.
    """

    account_id: int
    key: str
    name: str
    email: str
    hash: str | None


def hashed(password: str) -> str:
    """Return a password's hash, with its own salt and its parameters."""
    with _AT_ONCE:
        return _HASHER.hash(_spelled(password))


def fits(password: str, kept: str | None) -> bool:
    """Say whether a password is the one of a hash; without one it takes as long to say no."""
    with _AT_ONCE:
        try:
            _HASHER.verify(kept or _NOBODYS, _spelled(password))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def is_outdated(kept: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


def credentials_of(session: Session, email: str) -> Credentials | None:
    """Return what belongs to an address; None if no active account signs in with it."""
    spelled = email.strip().lower()
    # PostgreSQL takes no text that holds a zero byte.
    return _active(session, col(Account.email) == spelled) if spelled.isprintable() else None


def credentials_by_id(session: Session, account_id: int) -> Credentials | None:
    """Return what belongs to an account; None if it is switched off."""
    return _active(session, col(Account.id) == account_id)


def set_password(session: Session, who: Credentials, new_hash: str, at: datetime) -> None:
    """Give an account a new password, by its hash."""
    renew_hash(session, who, new_hash)
    record(session, Act("password.set", who.key, who.key, {}), at)


def renew_hash(session: Session, who: Credentials, new_hash: str) -> None:
    """Keep the same password under a hash of today's parameters."""
    session.execute(
        update(Account).where(col(Account.id) == who.account_id).values(password_hash=new_hash)
    )


def _active(session: Session, which: ColumnElement[bool]) -> Credentials | None:
    row = session.execute(
        select(
            col(Account.id),
            col(Account.key),
            col(Account.name),
            col(Account.email),
            col(Account.password_hash),
        ).where(which, col(Account.active))
    ).one_or_none()
    return None if row is None else Credentials(*row)


def _spelled(password: str) -> str:
    """Return a password in the one spelling that every keyboard's can be brought to."""
    return unicodedata.normalize("NFKC", password)
