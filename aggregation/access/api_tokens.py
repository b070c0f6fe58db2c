"""Tokens of programs: shown once, kept as digests, for some scopes, a branch and a time."""

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from sqlalchemy import insert, or_, select, update
from sqlmodel import Session, col

from aggregation.access.accounts import Member, unit_parents
from aggregation.access.models import ApiToken
from aggregation.access.roles import Scope
from aggregation.access.token_scopes import TokenScope, grant, may_give
from aggregation.changes.batch import Cause
from aggregation.changes.edits import record_edit
from survey.log import Act, record
from survey.merkle import Scalar

PREFIX = "nlk_"
"""What every token begins with, so that one left in a file is found by whoever looks for it."""

HINT_LETTERS = 8
LONGEST_NAME = 120
USUAL_DAYS, MOST_DAYS = 180, 400
USED_EVERY = timedelta(minutes=1)
"""How precisely the last use is kept: a write for every request would only wear out the disk."""

_SECRET_BYTES = 24


class MoreThanOwn(PermissionError):
    """A scope in a branch that its giver does not have.

    Attributes
    ----------
    scope
        The first one.
    """

    def __init__(self, scope: TokenScope) -> None:
        """Carry the scope."""
        super().__init__(scope)
        self.scope = scope


class NoScope(ValueError):
    """A token for nothing."""


class BadLifetime(ValueError):
    """A token lasts at least one day and at most `MOST_DAYS`."""


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made: the only time that its secret is known.

    Attributes
    ----------
    secret
        What the program sends: the prefix and 192 random bits.
    """

    id: UUID
    secret: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """A program that showed a token which holds now."""

    id: UUID
    scope: Scope
    used_at: datetime | None

    @property
    def actor(self) -> str:
        """What the log calls it."""
        return f"token {self.id}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A token to be made.

    Attributes
    ----------
    unit_id
        The branch it holds for; None is the whole tree.
    days
        How long it lasts, 1 to `MOST_DAYS`.
    """

    name: str
    scopes: Collection[TokenScope]
    unit_id: int | None
    days: int = USUAL_DAYS


def new_token(session: Session, maker: Member, wanted: Wanted, cause: Cause) -> NewToken:
    """Make a token and return its secret, which is kept nowhere.

    Raises
    ------
    NoScope, BadLifetime
        If it would be of no use, or of use for too long.
    MoreThanOwn
        If it could do more than its maker.
    """
    scopes = [scope for scope in TokenScope if scope in wanted.scopes]
    if not scopes:
        raise NoScope
    if not 1 <= wanted.days <= MOST_DAYS:
        raise BadLifetime
    for scope in scopes:
        if not may_give(maker.scope, scope, wanted.unit_id):
            raise MoreThanOwn(scope)
    made = NewToken(uuid4(), PREFIX + secrets.token_urlsafe(_SECRET_BYTES))
    told: dict[str, Scalar] = {"name": wanted.name, "scopes": " ".join(scopes)}
    row = {
        "id": made.id,
        "digest": _digest(made.secret),
        "hint": made.secret[:HINT_LETTERS],
        "unit_id": wanted.unit_id,
        "created_by": maker.id,
        "created_at": cause.at,
        "expires_at": cause.at + timedelta(days=wanted.days),
    }
    session.execute(insert(ApiToken), {**row, **told})
    after = {**told, "days": wanted.days}
    subject = f"token {made.id}"
    record_edit(session, "token.made", subject, {}, after, unit_id=wanted.unit_id, cause=cause)
    return made


def bearer(session: Session, secret: str, at: datetime) -> Bearer | None:
    """Return who shows a token, in two statements; None if it does not hold now.

    It holds until it is revoked or expires. Nothing is kept between requests, so a token that was
    revoked is refused from the next one on.
    """
    token = session.execute(
        select(
            col(ApiToken.id), col(ApiToken.scopes), col(ApiToken.unit_id), col(ApiToken.used_at)
        ).where(
            col(ApiToken.digest) == _digest(secret),
            col(ApiToken.revoked_at).is_(None),
            col(ApiToken.expires_at) > at,
        )
    ).one_or_none()
    if token is None:
        return None
    scopes = map(TokenScope, token.scopes.split())
    scope = Scope((grant(scopes, token.unit_id),), unit_parents(session))
    return Bearer(token.id, scope, token.used_at)


def note_use(session: Session, token_id: UUID, at: datetime) -> None:
    """Keep when a token was last used, to within `USED_EVERY`."""
    long_ago = or_(col(ApiToken.used_at).is_(None), col(ApiToken.used_at) <= at - USED_EVERY)
    session.execute(
        update(ApiToken).where(col(ApiToken.id) == token_id, long_ago).values(used_at=at)
    )


def revoke(session: Session, token_id: UUID, cause: Cause) -> bool:
    """Let a token never hold again; say whether it held until now."""
    held = session.execute(
        update(ApiToken)
        .where(col(ApiToken.id) == token_id, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=cause.at)
        .returning(col(ApiToken.unit_id))
    ).one_or_none()
    if held is None:
        return False
    act = Act("token.revoked", cause.actor, f"token {token_id}", {}, held.unit_id)
    record(session, act, cause.at)
    return True


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
