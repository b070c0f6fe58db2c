"""Recovery codes: for the day the app is gone, each stands in for the second factor once."""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlmodel import Session, col

from aggregation.access.models import RecoveryCode
from survey.spelling import grouped, random_letters, typed

HOW_MANY = 10
LETTERS = 24
"""120 bits each, so that no guess at a digest succeeds even for whoever has its key."""


def make_codes(session: Session, account_id: int, key: bytes) -> list[str]:
    """Return an account's new codes, as they are printed; the old ones are dropped."""
    drop_codes(session, account_id)
    codes = [random_letters(LETTERS) for _ in range(HOW_MANY)]
    rows = [{"digest": _digest(code, key), "account_id": account_id} for code in codes]
    session.execute(insert(RecoveryCode), rows)
    return [grouped(code) for code in codes]


def spend_code(session: Session, account_id: int, code: str, key: bytes, at: datetime) -> bool:
    """Use a code, so that it never works again; say whether it worked."""
    # One statement decides who was first when two give the same code.
    spent = session.connection().execute(
        update(RecoveryCode)
        .where(
            col(RecoveryCode.digest) == _digest(typed(code), key),
            col(RecoveryCode.account_id) == account_id,
            col(RecoveryCode.used_at).is_(None),
        )
        .values(used_at=at)
    )
    return spent.rowcount == 1


def codes_left(session: Session, account_id: int) -> int:
    """Return how many of an account's codes still work."""
    unused = select(func.count()).where(
        col(RecoveryCode.account_id) == account_id, col(RecoveryCode.used_at).is_(None)
    )
    return session.scalars(unused).one()


def drop_codes(session: Session, account_id: int) -> None:
    """Let no code of an account work any more."""
    session.execute(delete(RecoveryCode).where(col(RecoveryCode.account_id) == account_id))


def _digest(code: str, key: bytes) -> bytes:
    return hmac.digest(key, code.encode(), hashlib.sha256)
