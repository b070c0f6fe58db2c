"""The second factor: six digits of an app, new every thirty seconds, each good for one sign-in.

The app's secret lies encrypted in the database: a copy of it alone makes no codes.
"""

import base64
import hmac
from datetime import datetime
from typing import Any

import pyotp
from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import or_, select, update
from sqlmodel import Session, col

from aggregation.access.accounts import roles_of
from aggregation.access.models import Account
from aggregation.access.recovery_codes import drop_codes, make_codes, spend_code
from aggregation.access.roles import WITH_SECOND_FACTOR
from survey.log import Act, record

STEP_SECONDS = 30
DIGITS = 6
_BESIDE = (0, -1, 1)
"""Steps before and after now that a clock may be off by."""


class WrongCode(ValueError):
    """Neither the code of this minute nor a recovery code, or one that was used."""


class RoleAsksForIt(ValueError):
    """The account has a role that signs in with a second factor."""


def new_secret() -> str:
    """Return a new secret for an app: 160 random bits in base 32."""
    return pyotp.random_base32()


def locked(secret: str, key: bytes) -> bytes:
    """Return a secret as it may be kept."""
    return _safe(key).encrypt(secret.encode())


def unlocked(kept: bytes, key: bytes) -> str | None:
    """Return a kept secret; None if it was locked with another key."""
    try:
        return _safe(key).decrypt(kept).decode()
    except InvalidToken:
        return None


def address_of(secret: str, email: str) -> str:
    """Return what the QR code says to an app."""
    return pyotp.TOTP(secret).provisioning_uri(name=email, issuer_name="Nilai Loket")


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """Return the half minute whose code this is, at most one before or after now."""
    digits = "".join(code.split())
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdecimal()):
        return None
    now = int(at.timestamp()) // STEP_SECONDS
    app = pyotp.TOTP(secret)
    steps = [
        now + off for off in _BESIDE if hmac.compare_digest(app.generate_otp(now + off), digits)
    ]
    return steps[0] if steps else None


def set_up(
    session: Session, account_id: int, secret: str, code: str, *, key: bytes, at: datetime
) -> list[str]:
    """Ask an account for a second factor from now on; return its new recovery codes.

    Raises
    ------
    WrongCode
        If the app does not show this code now: it would lock its owner out.
    """
    step = step_of(secret, code, at)
    if step is None:
        raise WrongCode
    values = {"totp_secret": locked(secret, key), "totp_since": at, "totp_step": step}
    _change(session, account_id, values)
    who = _key_of(session, account_id)
    record(session, Act("second_factor.set", who, who, {}), at)
    return make_codes(session, account_id, key)


def give_code(session: Session, account_id: int, code: str, key: bytes, at: datetime) -> None:
    """Take the code of this minute, or a recovery code; either is good once.

    Raises
    ------
    WrongCode
        If it is neither, or was used.
    """
    if _spend_step(session, account_id, code, key, at):
        return
    if not spend_code(session, account_id, code, key, at):
        raise WrongCode
    who = _key_of(session, account_id)
    record(session, Act("recovery_code.spent", who, who, {}), at)


def renew_codes(session: Session, account_id: int, key: bytes, at: datetime) -> list[str]:
    """Return new recovery codes; the old ones are worth nothing from now on."""
    who = _key_of(session, account_id)
    record(session, Act("recovery_codes.made", who, who, {}), at)
    return make_codes(session, account_id, key)


def remove(session: Session, account_id: int, at: datetime, *, asked_of_all: bool = False) -> None:
    """Sign in without a second factor from now on.

    Parameters
    ----------
    asked_of_all
        Whether the office asks everybody for one.

    Raises
    ------
    RoleAsksForIt
        If one of the account's roles, or the office, does not allow that.
    """
    if asked_of_all or {each.role for each in roles_of(session, account_id)} & WITH_SECOND_FACTOR:
        raise RoleAsksForIt
    take_away(session, account_id, at)


def take_away(session: Session, account_id: int, at: datetime, *, actor: str | None = None) -> None:
    """Drop an account's second factor; where a role asks for one, the next sign-in sets one up.

    Parameters
    ----------
    actor
        Who does it, if not the account itself.
    """
    _change(session, account_id, {"totp_secret": None, "totp_since": None, "totp_step": None})
    drop_codes(session, account_id)
    who = _key_of(session, account_id)
    record(session, Act("second_factor.removed", actor or who, who, {}), at)


def _spend_step(session: Session, account_id: int, code: str, key: bytes, at: datetime) -> bool:
    kept = session.scalars(
        select(col(Account.totp_secret)).where(
            col(Account.id) == account_id, col(Account.totp_since).is_not(None)
        )
    ).one_or_none()
    secret = None if kept is None else unlocked(kept, key)
    step = None if secret is None else step_of(secret, code, at)
    if step is None:
        return False
    # One statement decides who was first when one code is given twice at the same time.
    last = col(Account.totp_step)
    spent = session.connection().execute(
        update(Account)
        .where(col(Account.id) == account_id, or_(last.is_(None), last < step))
        .values(totp_step=step)
    )
    return spent.rowcount == 1


def _change(session: Session, account_id: int, values: dict[str, Any]) -> None:
    session.execute(update(Account).where(col(Account.id) == account_id).values(**values))


def _key_of(session: Session, account_id: int) -> str:
    return session.scalars(select(col(Account.key)).where(col(Account.id) == account_id)).one()


def _safe(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
