"""The tablets that a month's close has to ask after: those that may still hold a part of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session

from aggregation.tablets.fleet_health import has_ended, in_touch_at
from kiosk.fleet import TabletState, fleet
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone


@dataclass(frozen=True, slots=True)
class MonthTablet:
    """A tablet that stood in a unit during a month.

    Attributes
    ----------
    heard_on
        The unit's day on which it last told of itself; of its enrolment if it never did.
    unheard
        Whether it is expected and has told nothing since the month ended: nobody knows what it
        still keeps.
    """

    state: TabletState
    heard_on: date
    unheard: bool


def tablets_of_month(session: Session, unit_id: int, month: Month) -> Iterator[MonthTablet]:
    """Yield a unit's tablets that may hold a part of a month, or have lost one.

    One that was revoked, or enrolled again, before the month began is not asked after any more, so
    that a tablet which never comes back stands in no later month's way (method §8.1).
    """
    zone = time_zone(session.get_one(ServiceUnit, unit_id).time_zone)
    begins, ends = month.bounds(zone)
    for state in fleet(session, [unit_id], ends):
        heard = in_touch_at(state)
        if state.enrolled_at < ends and _left_at(state, begins) >= begins:
            unheard = heard < ends and not has_ended(state)
            yield MonthTablet(state, local_day(heard, zone), unheard)


def _left_at(state: TabletState, now: datetime) -> datetime:
    if state.revoked_at is not None:
        return state.revoked_at
    return in_touch_at(state) if state.replaced else now
