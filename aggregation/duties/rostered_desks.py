"""The desks that a roster is kept for: those in use that are not a whole hall (method §4.2)."""

from sqlalchemy import Select, select
from sqlmodel import Session, col

from aggregation.duties.duty_lines import HALL
from survey.models import Desk


def rostered_desks(unit_id: int) -> Select[int | None, str, str, str]:
    """Return the statement of a unit's desks: id, code, name, and the key addresses use."""
    return select(col(Desk.id), col(Desk.code), col(Desk.name), col(Desk.public_key)).where(
        col(Desk.unit_id) == unit_id, col(Desk.active), col(Desk.kind) != HALL
    )


def rostered_desk(session: Session, unit_id: int, key: str) -> Desk | None:
    """Return the desk of a key, if a roster is kept for it; also one that was switched off."""
    found = select(Desk).where(
        col(Desk.unit_id) == unit_id, col(Desk.public_key) == key, col(Desk.kind) != HALL
    )
    return session.scalars(found).one_or_none()
