"""What the head of a unit's letters and reports names above it."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlmodel import Session, col

from survey.models import ServiceUnit

_MOST_ABOVE = 2
"""The government and the office that the unit belongs to."""


def units_above(session: Session, unit_id: int) -> Sequence[str]:
    """Return the names of the nearest units above, the highest first."""
    found: list[str] = []
    seen = {unit_id}
    parent = _parent(session, unit_id)
    while parent is not None and parent not in seen and len(found) < _MOST_ABOVE:
        seen.add(parent)
        found.append(session.get_one(ServiceUnit, parent).name)
        parent = _parent(session, parent)
    return found[::-1]


def _parent(session: Session, unit_id: int) -> int | None:
    return session.scalars(
        select(col(ServiceUnit.parent_id)).where(col(ServiceUnit.id) == unit_id)
    ).one()
