"""Which desks may still become a hall, or cease to be one (method §4.2, §4.3)."""

from sqlmodel import Session, col, select

from aggregation.duties.duty_lines import HALL
from survey.models import ClosedMonth, Desk, Response
from survey.month import Month


def open_month_moved(session: Session, desk: Desk, kind: str) -> Month | None:
    """Return the earliest open month whose responses another kind of the desk would move.

    A hall never attributes, so becoming one takes responses from who served, and ceasing to be one
    gives them to somebody who was not asked about. A closed month keeps its figures.
    """
    if (desk.kind == HALL) == (kind == HALL):
        return None
    closed = select(col(ClosedMonth.month)).where(col(ClosedMonth.unit_id) == desk.unit_id)
    moved = (
        select(col(Response.month))
        .where(
            col(Response.unit_id) == desk.unit_id,
            col(Response.desk_id) == desk.id,
            col(Response.month).not_in(closed),
        )
        .order_by(col(Response.month))
        .limit(1)
    )
    return session.exec(moved).first()
