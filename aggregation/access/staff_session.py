"""Sessions of the staff site, kept on the server so that ending one really ends it.

The browser holds a random key, the database its digest: a copy of the database opens nothing.
"""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Update, insert, select, update
from sqlmodel import Session, col

from aggregation.access.models import StaffSession
from survey.log import Act, record

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)
"""How precisely the last use is kept: a write for every page would only wear out the disk."""

_KEY_BYTES = 24


def open_session(session: Session, at: datetime) -> str:
    """Begin a session and return its new key: 192 random bits."""
    key = secrets.token_urlsafe(_KEY_BYTES)
    digest = _digest(key)
    session.execute(insert(StaffSession), {"digest": digest, "started_at": at, "seen_at": at})
    record(session, Act("session.opened", "link", digest.hex(), {}), at)
    return key


def last_seen(session: Session, key: str, at: datetime) -> datetime | None:
    """Return when a running session was last used.

    Returns
    -------
    datetime or None
        None if there is no such session, it was ended, began `ABSOLUTE` ago or lay idle for
        `IDLE`.
    """
    return session.execute(
        select(col(StaffSession.seen_at)).where(
            col(StaffSession.digest) == _digest(key),
            col(StaffSession.ended_at).is_(None),
            col(StaffSession.started_at) > at - ABSOLUTE,
            col(StaffSession.seen_at) > at - IDLE,
        )
    ).scalar_one_or_none()


def see(session: Session, key: str, at: datetime) -> None:
    """Write down that a session is being used."""
    session.execute(_update(key).values(seen_at=at))


def end_session(session: Session, key: str, at: datetime) -> None:
    """End a session for good."""
    session.execute(_update(key).values(ended_at=at))
    record(session, Act("session.ended", "link", _digest(key).hex(), {}), at)


def _update(key: str) -> Update:
    return update(StaffSession).where(
        col(StaffSession.digest) == _digest(key), col(StaffSession.ended_at).is_(None)
    )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
