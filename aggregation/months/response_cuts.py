"""How a closed month's responses fall into weeks and channels, each cut by itself (method §9).

Channels are kept by the closing. Weeks are not, because no figure rests on them; they are counted
from the rows, which nothing is added to after the close but late responses.
"""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import case, func, select
from sqlmodel import Session, col

from aggregation.closings import Tally
from survey.models import Response
from survey.month import HALF_HOURS_A_DAY, Month

WEEKS: Mapping[int, int] = {1: 1, 2: 8, 3: 15, 4: 22}
"""Number and first day of each week of a month (method §9); the last one ends with the month."""

UNKNOWN_WEEK = 0
"""Of responses whose half hour is not known."""


def responses_by_channel(session: Session, closing_id: UUID) -> dict[str, int]:
    """Return how many timely responses of a revision came by each channel that was used."""
    rows = session.execute(
        select(col(Tally.channel), func.sum(Tally.count))
        .where(col(Tally.closing_id) == closing_id, col(Tally.late).is_(False))
        .group_by(col(Tally.channel))
        .order_by(col(Tally.channel))
    )
    return {channel: int(count) for channel, count in rows}


def responses_by_week(session: Session, unit_id: int, month: Month) -> dict[int, int]:
    """Return how many timely responses of a month were served in each of its weeks.

    `UNKNOWN_WEEK` is among them only if there are any.
    """
    half_hour = col(Response.half_hour)
    month_starts = month.half_hours().start
    begun = [
        (half_hour >= month_starts + (day - 1) * HALF_HOURS_A_DAY, week)
        for week, day in sorted(WEEKS.items(), reverse=True)
    ]
    week = case((half_hour.is_(None), UNKNOWN_WEEK), *begun, else_=min(WEEKS)).label("week")
    rows = session.execute(
        select(week, func.count())
        .where(
            col(Response.unit_id) == unit_id,
            col(Response.month) == month,
            col(Response.late).is_(False),
        )
        # By name: PostgreSQL takes an expression with parameters, spelled twice, for two.
        .group_by("week")
    )
    return dict.fromkeys(WEEKS, 0) | {number: int(count) for number, count in rows}
