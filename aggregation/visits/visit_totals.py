"""How many visits were served: the population of a sample, the denominator of a coverage."""

from sqlmodel import Session

from aggregation.visits.coverage_counts import visits_of_desks
from survey.month import Month


def visits_in(session: Session, unit_id: int, month: Month) -> int:
    """Return how many visits queue files and slips tell of; 0 if nothing does (method §10)."""
    return sum(desk.visits for desk in visits_of_desks(session, unit_id, month).values())
