"""The unit an officer belongs to at a moment (method §6)."""

from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.models import Assignment, DutyBatch
from survey.models import ServiceUnit
from survey.month import local_day, time_zone


def own_unit(session: Session, officer_id: int, at: datetime) -> ServiceUnit | None:
    """Return the unit an officer's newest placement names, if it has begun and not ended.

    What has begun is judged by the placement's unit's own clock.
    """
    rows = session.execute(
        select(Assignment, ServiceUnit)
        .join(ServiceUnit, col(ServiceUnit.id) == col(Assignment.unit_id))
        .join(DutyBatch, col(DutyBatch.id) == col(Assignment.batch_id))
        .where(col(Assignment.officer_id) == officer_id)
        .order_by(
            col(Assignment.starts_on).desc(),
            col(DutyBatch.recorded_at).desc(),
            col(DutyBatch.number).desc(),
        )
    )
    for place, unit in rows:
        today = local_day(at, time_zone(unit.time_zone))
        if place.starts_on <= today:
            return unit if place.ends_on is None or place.ends_on >= today else None
    return None
