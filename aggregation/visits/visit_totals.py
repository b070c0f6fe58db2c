"""How many visits were served: the population of a sample, the denominator of a coverage."""

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.visits.models import Visit
from survey.month import Month


def visits_in(session: Session, unit_id: int, month: Month) -> int:
    """Return how many visits a unit's queue files hold for a month; 0 if none were taken in."""
    counted = select(func.count()).where(
        col(Visit.unit_id) == unit_id,
        col(Visit.day) >= month.first_day,
        col(Visit.day) < month.shift(1).first_day,
    )
    return int(session.execute(counted).scalar_one())
