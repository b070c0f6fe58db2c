"""Officers by name."""

from collections.abc import Collection

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.models import Officer


def officer_names(session: Session, officer_ids: Collection[int]) -> dict[int, str]:
    """Return the names of some officers by id."""
    rows = session.execute(
        select(col(Officer.id), col(Officer.name)).where(col(Officer.id).in_(officer_ids))
    )
    return {row.id: row.name for row in rows}
