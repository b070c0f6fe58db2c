"""Sessions of the staff site, kept on the server so that ending one really ends it.

The browser holds a random key, the database its digest: a copy of the database opens nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, insert, select, update
from sqlmodel import Session, col

from aggregation.access.models import Account, StaffSession
from survey.log import Act, record

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=12)
FRESH = timedelta(minutes=10)
"""For so long after it began, a session may do what asks for a proof of who is there."""
SEEN_EVERY = timedelta(minutes=1)
"""How precisely the last use is kept: a write for every page would only wear out the disk."""
LONGEST_DEVICE = 80

_KEY_BYTES = 24


@dataclass(frozen=True, slots=True)
class Running:
    """A session that may be used now.

    Attributes
    ----------
    seen_at
        When it was last used, to within `SEEN_EVERY`.
    verified_at
        When the second factor was given, if it was.
    started_at
        When somebody signed in; with each factor a new session begins.
    by_provider
        Whether the office's own provider of identities opened it.
    """

    account_id: int
    seen_at: datetime
    verified_at: datetime | None
    started_at: datetime
    by_provider: bool = False

    def is_fresh(self, at: datetime) -> bool:
        """Say whether somebody has signed in only just now."""
        return at - self.started_at < FRESH


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A running session as its owner sees it in the list.

    Attributes
    ----------
    name
        What the list calls it by: the digest of its key, which opens nothing.
    """

    name: str
    device: str
    started_at: datetime
    seen_at: datetime


def open_session(
    session: Session,
    account_id: int,
    at: datetime,
    *,
    device: str = "",
    verified: bool = False,
    by_provider: bool = False,
) -> str:
    """Begin an account's session and return its new key: 192 random bits.

    Parameters
    ----------
    device
        How its owner will know it again, such as ``Firefox, Windows``.
    verified
        Whether the second factor was given already.
    by_provider
        Whether it was signed in at the provider of identities.
    """
    key = secrets.token_urlsafe(_KEY_BYTES)
    digest = _digest(key)
    row = {
        "digest": digest,
        "account_id": account_id,
        "device": device[:LONGEST_DEVICE],
        "started_at": at,
        "seen_at": at,
        "verified_at": at if verified else None,
        "by_provider": by_provider,
    }
    session.execute(insert(StaffSession), row)
    _note(session, "session.opened", account_id, digest, at)
    return key


def running(session: Session, key: str, at: datetime) -> Running | None:
    """Return the session of a key.

    Returns
    -------
    Running or None
        None if there is no such session, it was ended, began `ABSOLUTE` ago or lay idle for
        `IDLE`, or its account is switched off.
    """
    found = session.execute(
        select(
            col(StaffSession.account_id),
            col(StaffSession.seen_at),
            col(StaffSession.verified_at),
            col(StaffSession.started_at),
            col(StaffSession.by_provider),
        )
        .join(Account, col(Account.id) == col(StaffSession.account_id))
        .where(col(StaffSession.digest) == _digest(key), *_is_running(at), col(Account.active))
    ).one_or_none()
    return None if found is None else Running(*found)


def see(session: Session, key: str, at: datetime) -> None:
    """Write down that a session is being used."""
    session.execute(_of(_digest(key)).values(seen_at=at))


def sessions_of(session: Session, account_id: int, at: datetime) -> list[OpenSession]:
    """Return an account's running sessions, the last used first."""
    rows = session.scalars(
        select(StaffSession)
        .where(col(StaffSession.account_id) == account_id, *_is_running(at))
        .order_by(col(StaffSession.seen_at).desc(), col(StaffSession.digest))
    )
    return [OpenSession(r.digest.hex(), r.device, r.started_at, r.seen_at) for r in rows]


def name_of(key: str) -> str:
    """Return what the list calls the session of a key."""
    return _digest(key).hex()


def end_session(session: Session, key: str, at: datetime) -> None:
    """End a session for good."""
    _end(session, _digest(key), at)


def end_named_session(session: Session, account_id: int, name: str, at: datetime) -> None:
    """End one of an account's sessions by its name in the list; another's stays as it is."""
    if name in {each.name for each in sessions_of(session, account_id, at)}:
        _end(session, bytes.fromhex(name), at)


def end_sessions_of(
    session: Session, account_id: int, at: datetime, *, but: str | None = None
) -> None:
    """End all sessions of an account, or all but the one of a key."""
    for each in sessions_of(session, account_id, at):
        if but is None or each.name != name_of(but):
            _end(session, bytes.fromhex(each.name), at)


def _end(session: Session, digest: bytes, at: datetime) -> None:
    ended = session.execute(
        _of(digest).values(ended_at=at).returning(col(StaffSession.account_id))
    ).scalar_one_or_none()
    if ended is not None:
        _note(session, "session.ended", ended, digest, at)


def _note(session: Session, act: str, account_id: int, digest: bytes, at: datetime) -> None:
    who = session.scalars(select(col(Account.key)).where(col(Account.id) == account_id)).one()
    record(session, Act(act, who, digest.hex(), {}), at)


def _is_running(at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        col(StaffSession.ended_at).is_(None),
        col(StaffSession.started_at) > at - ABSOLUTE,
        col(StaffSession.seen_at) > at - IDLE,
    )


def _of(digest: bytes) -> Update:
    return update(StaffSession).where(
        col(StaffSession.digest) == digest, col(StaffSession.ended_at).is_(None)
    )


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
