"""How many visits are known of officers and desks: the denominators of coverage (method §5)."""

from collections.abc import Iterable

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.method.coverage import (
    DeskVisits,
    KnownVisits,
    ServedStretch,
    SlipSpan,
    visits_by_desk,
    visits_by_officer,
)
from aggregation.visits.models import SlipCount, Visit
from survey.models import Response
from survey.month import Month


def visits_of_officers(
    session: Session, unit_id: int, month: Month, stretches: Iterable[ServedStretch]
) -> dict[int, int]:
    """Return the visits served in half hours that belong to each officer.

    Parameters
    ----------
    stretches
        Whose each desk half hour of the month is, as `who_served` says.

    Returns
    -------
    dict
        By officer id; without those none of whose visits are known.
    """
    return visits_by_officer(known_visits(session, unit_id, month), stretches)


def visits_of_desks(session: Session, unit_id: int, month: Month) -> dict[int, DeskVisits]:
    """Return the visits of each desk of which any are known, by desk id."""
    return visits_by_desk(known_visits(session, unit_id, month))


def responses_of_desks(session: Session, unit_id: int, month: Month) -> dict[int, int]:
    """Return how many responses name each desk, without any rating; late ones are left out."""
    rows = session.execute(
        select(col(Response.desk_id), func.count())
        .where(
            col(Response.unit_id) == unit_id,
            col(Response.month) == month,
            col(Response.desk_id).is_not(None),
            ~col(Response.late),
        )
        .group_by(col(Response.desk_id))
    )
    return {desk_id: count for desk_id, count in rows if desk_id is not None}


def known_visits(session: Session, unit_id: int, month: Month) -> KnownVisits:
    """Return what queue files, the queue machine and slips tell of a unit's month.

    Two statements, whatever the number of visits: the database counts them by half hour.
    """
    counted = session.execute(
        select(col(Visit.desk_id), col(Visit.half_hour), func.count())
        .where(
            col(Visit.unit_id) == unit_id,
            col(Visit.day) >= month.first_day,
            col(Visit.day) < month.shift(1).first_day,
        )
        .group_by(col(Visit.desk_id), col(Visit.half_hour))
    )
    queued = {(desk_id, half_hour): count for desk_id, half_hour, count in counted}
    half_hours = month.half_hours()
    slips = session.scalars(
        select(SlipCount)
        .where(
            col(SlipCount.unit_id) == unit_id,
            col(SlipCount.withdrawn_by).is_(None),
            col(SlipCount.starts) >= half_hours.start,
            col(SlipCount.starts) < half_hours.stop,
        )
        .order_by(col(SlipCount.desk_id), col(SlipCount.starts))
    )
    spans = (
        SlipSpan(row.desk_id, row.starts, row.ends, row.last_number - row.first_number + 1)
        for row in slips
    )
    return KnownVisits(queued, tuple(spans))
