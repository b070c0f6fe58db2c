"""Which tokens somebody looks after: those of the branches one manages tokens in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, select, true
from sqlmodel import Session, col

from aggregation.access.models import Account, ApiToken
from aggregation.access.roles import Right, Scope
from aggregation.access.token_scopes import TokenScope
from survey.models import ServiceUnit


class TokenState(StrEnum):
    """Whether a token opens anything now."""

    HOLDS = "holds"
    EXPIRED = "expired"
    REVOKED = "revoked"


@dataclass(frozen=True, slots=True)
class KnownToken:
    """A token as a list shows it; its secret is known to nobody here.

    Attributes
    ----------
    hint
        The first letters of the secret.
    unit
        Name of the branch; None is the whole tree.
    made_by
        Name of the account that made it.
    """

    id: UUID
    name: str
    hint: str
    scopes: tuple[TokenScope, ...]
    unit: str | None
    made_by: str
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    state: TokenState


class UnknownToken(LookupError):
    """There is no such token within one's branches."""


def tokens_in(scope: Scope) -> Select[*tuple[Any, ...]]:
    """Return the tokens that somebody with a scope looks after, for a list to sort and page."""
    everywhere = scope.may_everywhere(Right.MANAGE_TOKENS)
    units = scope.units(Right.MANAGE_TOKENS)
    return (
        select(
            ApiToken, col(ServiceUnit.name).label("unit_name"), col(Account.name).label("made_by")
        )
        .join(Account, col(Account.id) == col(ApiToken.created_by))
        .outerjoin(ServiceUnit, col(ServiceUnit.id) == col(ApiToken.unit_id))
        .where(true() if everywhere else col(ApiToken.unit_id).in_(units))
    )


def known_token(row: Row[*tuple[Any, ...]], at: datetime) -> KnownToken:
    """Return a row of `tokens_in` as it stands at a moment."""
    token: ApiToken = row[0]
    return KnownToken(
        id=token.id,
        name=token.name,
        hint=token.hint,
        scopes=tuple(map(TokenScope, token.scopes.split())),
        unit=row.unit_name,
        made_by=row.made_by,
        created_at=token.created_at,
        expires_at=token.expires_at,
        used_at=token.used_at,
        state=_state(token, at),
    )


def token_in(session: Session, scope: Scope, token_id: UUID, at: datetime) -> KnownToken:
    """Return a token that somebody with a scope looks after.

    Raises
    ------
    UnknownToken
        If there is none of that id, or it is of a branch that is not one's own.
    """
    row = session.execute(tokens_in(scope).where(col(ApiToken.id) == token_id)).one_or_none()
    if row is None:
        raise UnknownToken
    return known_token(row, at)


def _state(token: ApiToken, at: datetime) -> TokenState:
    if token.revoked_at is not None:
        return TokenState.REVOKED
    return TokenState.HOLDS if at < token.expires_at else TokenState.EXPIRED
