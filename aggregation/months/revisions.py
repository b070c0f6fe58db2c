"""Which revisions a unit's months have, and which of them holds (method §8)."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func
from sqlalchemy import select as select_columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from aggregation.closings import Closing
from survey.month import Month


def revisions(
    session: Session,
    unit_id: int,
    since: Month | None = None,
    until: Month | None = None,
    as_of: datetime | None = None,
) -> Sequence[Closing]:
    """Return a unit's revisions by month and number.

    Parameters
    ----------
    since, until
        First and last month that is asked for.
    as_of
        The moment whose view is asked for; revisions made later are not seen.
    """
    query = select(Closing).where(col(Closing.unit_id) == unit_id)
    if since is not None:
        query = query.where(col(Closing.month) >= since)
    if until is not None:
        query = query.where(col(Closing.month) <= until)
    if as_of is not None:
        query = query.where(col(Closing.closed_at) <= as_of)
    return session.exec(query.order_by(col(Closing.month), col(Closing.revision))).all()


def is_newest(as_of: datetime | None = None) -> ColumnElement[bool]:
    """Say of a closing in a statement that no later one of its month was made, by a moment."""
    other = aliased(Closing)
    newest = select_columns(func.max(col(other.revision))).where(
        col(other.unit_id) == col(Closing.unit_id), col(other.month) == col(Closing.month)
    )
    if as_of is not None:
        newest = newest.where(col(other.closed_at) <= as_of)
    return col(Closing.revision) == newest.correlate(Closing).scalar_subquery()


def newest_of_each_month(closings: Sequence[Closing]) -> dict[Month, Closing]:
    """Return the revision that holds of each month, the newest month first."""
    newest = {closing.month: closing for closing in closings}
    return dict(sorted(newest.items(), reverse=True))


def earlier_closings(
    session: Session, unit_id: int, month: Month, months: int, as_of: datetime | None = None
) -> list[Closing]:
    """Return what holds of the closed months before one in a window of so many, newest first."""
    before = revisions(session, unit_id, month.shift(1 - months), month.shift(-1), as_of)
    return list(newest_of_each_month(before).values())


def revision_of(session: Session, closing: Closing, number: int) -> Closing:
    """Return a revision by number of the month that a closing is of."""
    if number == closing.revision:
        return closing
    return session.exec(
        select(Closing).where(
            col(Closing.unit_id) == closing.unit_id,
            col(Closing.month) == closing.month,
            col(Closing.revision) == number,
        )
    ).one()
