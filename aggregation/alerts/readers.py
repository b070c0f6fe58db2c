"""Whom an alert concerns: by a right in the branch of its unit, as everything else (§9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, false, or_, select
from sqlmodel import Session, col

from aggregation.access.account_keeper import roles_by_account
from aggregation.access.accounts import unit_parents
from aggregation.access.models import Account
from aggregation.access.roles import RIGHTS, Grant, Right, Scope
from aggregation.alerts.models import Alert, AlertKind

CONCERNS: Mapping[AlertKind, Right] = MappingProxyType(
    {
        AlertKind.DROP: Right.IMPROVE,
        AlertKind.TABLET: Right.KEEP_ROSTER,
        AlertKind.IMPROVEMENT: Right.IMPROVE,
        AlertKind.QUARANTINE: Right.REVIEW,
        AlertKind.COMMENT: Right.READ_COMMENTS,
        AlertKind.VERIFY: Right.READ_LOG,
    }
)
"""What somebody may do who can act on an alert of a kind; whoever may not is told nothing of it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who may be told of alerts by mail."""

    account_id: int
    key: str
    email: str
    scope: Scope


def readers(session: Session) -> list[Reader]:
    """Return those who want mail of alerts: accounts in use, whose owners came in once."""
    accounts = session.execute(
        select(col(Account.id), col(Account.key), col(Account.email))
        .where(col(Account.active), col(Account.digest), col(Account.password_hash).is_not(None))
        .order_by(col(Account.id))
    ).all()
    parents = unit_parents(session)
    roles = roles_by_account(session, [row.id for row in accounts])
    found = (
        Reader(
            row.id,
            row.key,
            row.email,
            Scope(tuple(Grant(RIGHTS[each.role], each.unit_id) for each in roles[row.id]), parents),
        )
        for row in accounts
    )
    return [reader for reader in found if may_be_told(reader.scope)]


def may_be_told(scope: Scope) -> bool:
    """Say whether any alert of any unit concerns somebody."""
    return any(scope.may_somewhere(right) for right in set(CONCERNS.values()))


def concerns(scope: Scope) -> ColumnElement[bool]:
    """Say of an alert in a statement that it concerns somebody."""
    ways: list[ColumnElement[bool]] = []
    for right in dict.fromkeys(CONCERNS.values()):
        kinds = [kind for kind, asked in CONCERNS.items() if asked is right]
        of_kind = col(Alert.kind).in_(kinds)
        if scope.may_everywhere(right):
            ways.append(of_kind)
        elif units := scope.units(right):
            ways.append(and_(of_kind, col(Alert.unit_id).in_(sorted(units))))
    return or_(*ways) if ways else false()
