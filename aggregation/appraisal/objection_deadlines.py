"""Until when the officers of closed months may object: what HR waits for before the file."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlmodel import Session

from aggregation.appraisal.monthly_scores import rules_of
from aggregation.months.revisions import newest_of_each_month, revisions
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone
from survey.units import local_today

_NEWEST = 6
"""Months that are looked at; a window that lasts longer than that is not a window."""


@dataclass(frozen=True, slots=True)
class OpenWindow:
    """A closed month whose newest figures may still be objected to."""

    month: Month
    revision: int
    last_day: date
    days_left: int


def open_windows(session: Session, unit_id: int, at: datetime) -> list[OpenWindow]:
    """Return a unit's months in which somebody may still object, the newest first."""
    unit = session.get_one(ServiceUnit, unit_id)
    today, found = local_today(session, unit_id, at), []
    newest = newest_of_each_month(revisions(session, unit_id, as_of=at))
    for month, closing in list(newest.items())[:_NEWEST]:
        days = max((rule.objection_days for rule in rules_of(session, closing).values()), default=0)
        made = local_day(closing.closed_at, time_zone(unit.time_zone))
        left = (made + timedelta(days=days) - today).days
        if days and left >= 0:
            last_day = made + timedelta(days=days)
            found.append(OpenWindow(month, closing.revision, last_day, left))
    return found
