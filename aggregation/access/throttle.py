"""Signing in slows down where it fails, and never locks anybody out.

Failures are counted in corners. Everybody has a corner of one's own: a browser that has signed in
to the account before has one for itself, any other shares that of the account and the place it
comes from. Browsers not yet known to the account are also slowed when failures from everywhere
mount up, for the account or for the place; but each of them waits from the moment it first asked,
so however many others hammer at the account meanwhile, nobody waits longer than `Slowing.longest`.

A corner is a digest under a key that changes every day, and is gone after 48 hours (method §9).
"""

import hashlib
import hmac
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, text, true, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from aggregation.access.models import FailedSignIn
from survey.network import network_of

KEPT_FOR = timedelta(hours=48)
_SOON_LONGER_THAN_ANY = 16


@dataclass(frozen=True, slots=True)
class Slowing:
    """How failures slow further attempts.

    Attributes
    ----------
    free
        So many failures cost no waiting.
    longest
        Seconds that are never exceeded.
    """

    free: int
    longest: int

    def seconds(self, failures: int) -> int:
        """Return how long to wait before the next attempt: 0, …, 0, 1, 2, 4, … seconds.

        Examples
        --------
        >>> [OWN.seconds(failures) for failures in range(11)]
        [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60]
        """
        if failures < self.free:
            return 0
        return int(min(2 ** min(failures - self.free, _SOON_LONGER_THAN_ANY), self.longest))


OWN = Slowing(free=3, longest=60)
OF_ACCOUNT = Slowing(free=20, longest=30)
"""From everywhere, for one account."""
OF_PLACE = Slowing(free=100, longest=15)
"""From one place, for all accounts: a whole office may stand behind one address."""
OF_CODES = Slowing(free=6, longest=300)
"""Codes of six digits can be guessed; whoever tries them knows the password already."""


@dataclass(frozen=True, slots=True)
class Corners:
    """Where an attempt is counted: in one's own corner, and in those shared with others."""

    own: bytes
    shared: Mapping[bytes, Slowing]


def corners(
    key: bytes, at: datetime, account: str, place: str, *, browser: str = "", codes: bool = False
) -> Corners:
    """Return where to count an attempt to sign in.

    Parameters
    ----------
    key
        The installation's key for this purpose.
    account
        The e-mail address as it was typed, or an account's key.
    place
        The address the request came from.
    browser
        The name of the browser, if it is one that has signed in to this account before.
    codes
        Whether a second factor is tried, not a password.
    """
    kind = "code" if codes else "password"
    of_day = hmac.digest(key, at.astimezone(UTC).date().isoformat().encode(), hashlib.sha256)

    def corner(*parts: str) -> bytes:
        return hmac.digest(of_day, "\0".join([kind, *parts]).encode(), hashlib.sha256)

    if browser:
        return Corners(corner("browser", account, browser), {})
    there = network_of(place)
    shared = {corner("account", account): OF_CODES if codes else OF_ACCOUNT}
    if not codes:
        shared[corner("place", there)] = OF_PLACE
    return Corners(corner("account and place", account, there), shared)


def attempt(session: Session, where: Corners, at: datetime) -> int:
    """Ask to make an attempt; return 0, or how many seconds it still has to wait.

    An attempt that may be made is counted as a failure until `succeeded` takes it back, so that
    many at the same moment are no way around. One that has to wait is not counted, except that a
    newcomer is written down, whose wait begins now.
    """
    _take_turns(session, where.own)
    _purge(session, at)
    kept = select(FailedSignIn).where(col(FailedSignIn.corner).in_({where.own, *where.shared}))
    found = {row.corner: row for row in session.scalars(kept)}
    mine = found.get(where.own)
    wait = max(
        OWN.seconds(mine.failures if mine else 0),
        *(s.seconds(found[c].failures) for c, s in where.shared.items() if c in found),
        0,
    )
    left = wait if mine is None else _seconds_left(mine.last_at, wait, at)
    if left == 0:
        for corner in sorted({where.own, *where.shared}):
            _count(session, corner, at)
    elif mine is None:
        _count(session, where.own, at)
    return left


def succeeded(session: Session, where: Corners) -> None:
    """Forget the failures of one's own corner, and take the attempt back from the shared ones."""
    for corner in sorted({where.own, *where.shared}):
        one = col(FailedSignIn.corner) == corner
        last = true() if corner == where.own else col(FailedSignIn.failures) == 1
        gone = session.connection().execute(delete(FailedSignIn).where(one, last))
        if gone.rowcount == 0:
            fewer = col(FailedSignIn.failures) - 1
            session.execute(update(FailedSignIn).where(one).values(failures=fewer))


def _seconds_left(last_at: datetime, wait: int, at: datetime) -> int:
    """Return the rest of a wait in whole seconds; a clock set back makes none longer."""
    left = last_at + timedelta(seconds=wait) - at
    return min(wait, max(0, math.ceil(left.total_seconds())))


def _count(session: Session, corner: bytes, at: datetime) -> None:
    insert = postgresql.insert if _is_postgresql(session) else sqlite.insert
    one_more = {"failures": col(FailedSignIn.failures) + 1, "last_at": at}
    session.execute(
        insert(FailedSignIn)
        .values(corner=corner, failures=1, last_at=at)
        .on_conflict_do_update(index_elements=["corner"], set_=one_more)
    )


def _purge(session: Session, at: datetime) -> None:
    session.execute(delete(FailedSignIn).where(col(FailedSignIn.last_at) < at - KEPT_FOR))


def _take_turns(session: Session, corner: bytes) -> None:
    """Let attempts in one corner be counted one after another; SQLite has one writer anyway."""
    if _is_postgresql(session):
        number = int.from_bytes(corner[:8], "big", signed=True)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
