"""The inbox: a person's alerts, what of them is new, and that one has seen it."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from aggregation.access.roles import Scope
from aggregation.alerts.models import Alert, AlertSeen
from aggregation.alerts.readers import concerns
from survey.models import ServiceUnit, table_of

MOST = 200
"""Alerts that the inbox shows."""

_SEEN = table_of(AlertSeen)
_ONCE = {
    "sqlite": sqlite.insert(_SEEN).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_SEEN).on_conflict_do_nothing(),
}


class Received(NamedTuple):
    """An alert in somebody's inbox."""

    alert: Alert
    unit: ServiceUnit
    is_seen: bool


def inbox(session: Session, scope: Scope, account_id: int) -> list[Received]:
    """Return what concerns somebody: the open ones first, in each part the newest first."""
    found = session.execute(
        select(Alert, ServiceUnit, _is_seen(account_id).label("is_seen"))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Alert.unit_id))
        .where(concerns(scope))
        .order_by(
            col(Alert.ended_at).is_not(None), col(Alert.raised_at).desc(), col(Alert.id).desc()
        )
        .limit(MOST)
    )
    return [Received(row.Alert, row.ServiceUnit, bool(row.is_seen)) for row in found]


def unseen(session: Session, scope: Scope, account_id: int) -> int:
    """Count the open alerts that somebody has not seen: one question, answered from the index."""
    new = select(func.count()).select_from(Alert).where(*_new(scope, account_id))
    return int(session.execute(new).scalar_one())


def see(session: Session, scope: Scope, account_id: int, at: datetime, which: UUID | None) -> int:
    """Note that somebody has seen an alert, or all that are open; return how many were new.

    What does not concern him stays as it is.
    """
    wanted = _new(scope, account_id) if which is None else (
        col(Alert.id) == which, concerns(scope), ~_is_seen(account_id)
    )  # fmt: skip
    ids: Collection[UUID] = session.execute(select(col(Alert.id)).where(*wanted)).scalars().all()
    rows = [{"alert_id": id_, "account_id": account_id, "seen_at": at} for id_ in ids]
    if rows:
        connection = session.connection()
        connection.execute(_ONCE[connection.dialect.name], rows)
    return len(rows)


def _new(scope: Scope, account_id: int) -> tuple[ColumnElement[bool], ...]:
    return col(Alert.ended_at).is_(None), concerns(scope), ~_is_seen(account_id)


def _is_seen(account_id: int) -> ColumnElement[bool]:
    return exists().where(
        col(AlertSeen.alert_id) == col(Alert.id), col(AlertSeen.account_id) == account_id
    )
