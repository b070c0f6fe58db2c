"""A record that is not as it was sealed: told at the top of each tree of units (method §8)."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Notice, Sight
from survey.models import ServiceUnit
from survey.verification import last_check

_SUBJECT = "record"


def broken_record(session: Session, unit: ServiceUnit, at: datetime) -> Sight:
    """Notice the differences that the newest check found; the next clean check ends it.

    The record is one for all units, so only the topmost unit that serves is told of it.
    """
    _ = at
    last = last_check(session.connection())
    if last is None or not last.differences or _serves_above(session, unit):
        return Sight()
    return Sight((Notice(AlertKind.VERIFY, _SUBJECT, {"count": last.differences}),))


def _serves_above(session: Session, unit: ServiceUnit) -> bool:
    """Say whether a unit above this one serves."""
    above = {
        id_: (parent, active)
        for id_, parent, active in session.execute(
            select(col(ServiceUnit.id), col(ServiceUnit.parent_id), col(ServiceUnit.active))
        )
    }
    parent, seen = unit.parent_id, {unit.id}
    while parent is not None and parent not in seen:
        seen.add(parent)
        parent, active = above[parent]
        if active:
            return True
    return False
