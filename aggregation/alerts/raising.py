"""Raising and ending alerts: one row for each, never a second one while it is open."""

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from aggregation.alerts.models import Alert
from aggregation.alerts.notices import Key, Notice
from survey.models import ServiceUnit, table_of

_ALERT = table_of(Alert)
_ONCE = {
    "sqlite": sqlite.insert(_ALERT).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(_ALERT).on_conflict_do_nothing(),
}
"""By the kind of database: the index on open alerts decides, whoever else raises it meanwhile."""


def raise_alert(session: Session, unit_id: int, notice: Notice, at: datetime) -> UUID | None:
    """Raise an alert, for whatever sees something that somebody has to know.

    Returns
    -------
    UUID or None
        None if it is open already.
    """
    row = {
        "id": uuid4(),
        "unit_id": unit_id,
        "kind": notice.kind,
        "subject": notice.subject,
        "facts": notice.stored,
        "raised_at": at,
        "ended_at": None,
    }
    connection = session.connection()
    made = connection.execute(_ONCE[connection.dialect.name].returning(_ALERT.c.id), row).scalar()
    return None if made is None else UUID(str(made))


def end_alert(session: Session, unit_id: int, key: Key, at: datetime) -> bool:
    """End an alert, and say whether it was open."""
    kind, subject = key
    ended = session.connection().execute(
        update(_ALERT)
        .where(
            _ALERT.c.unit_id == unit_id,
            _ALERT.c.kind == kind,
            _ALERT.c.subject == subject,
            _ALERT.c.ended_at.is_(None),
        )
        .values(ended_at=at)
    )
    return bool(ended.rowcount)


def end_where_nobody_serves(session: Session, at: datetime) -> int:
    """End the alerts of units that serve no more, and return how many there were."""
    closed = select(col(ServiceUnit.id)).where(~col(ServiceUnit.active))
    ended = session.connection().execute(
        update(_ALERT)
        .where(_ALERT.c.ended_at.is_(None), _ALERT.c.unit_id.in_(closed))
        .values(ended_at=at)
    )
    return int(ended.rowcount)


def newest_of(session: Session, unit_id: int, key: Key) -> Alert | None:
    """Return the newest alert of a key, open or not."""
    kind, subject = key
    return session.scalars(
        select(Alert)
        .where(
            col(Alert.unit_id) == unit_id, col(Alert.kind) == kind, col(Alert.subject) == subject
        )
        .order_by(col(Alert.raised_at).desc())
        .limit(1)
    ).first()
