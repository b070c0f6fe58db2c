"""What happened in a unit that may have moved its index: tablets, outages, finished actions."""

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.improvements.readings import done_marks
from aggregation.output.dashboard.trend_part import Mark, MarkKind
from aggregation.visits.outages import outages_between
from kiosk.models import Device
from survey.models import Desk
from survey.month import HalfHour, Month, starts, time_zone
from survey.units import Unit


def marked_events(session: Session, unit: Unit, first: Month, last: Month) -> list[Mark]:
    """Return what happened from the first day of a month to the last one of another.

    Of an outage its desk is said and not its reason; a tablet that was enrolled anew is not new.
    """
    desks = dict(
        session.execute(
            select(col(Desk.id), col(Desk.name)).where(col(Desk.unit_id) == unit.id)
        ).all()
    )
    marks = [
        *_tablets(session, unit, desks),
        *_outages(session, unit, desks, first, last),
        *(Mark(day, MarkKind.DONE, action) for day, _, action in done_marks(session, unit.id)),
    ]
    return [mark for mark in marks if first <= Month.of(mark.day) <= last]


def _tablets(session: Session, unit: Unit, desks: dict[int, str]) -> list[Mark]:
    rows = session.execute(
        select(col(Device.enrolled_at), col(Device.desk_id)).where(
            col(Device.unit_id) == unit.id, col(Device.succeeds).is_(None)
        )
    )
    zone = time_zone(unit.time_zone)
    return [
        Mark(at.astimezone(zone).date(), MarkKind.TABLET, desks[desk_id]) for at, desk_id in rows
    ]


def _outages(
    session: Session, unit: Unit, desks: dict[int, str], first: Month, last: Month
) -> list[Mark]:
    begins = HalfHour(first.half_hours().start)
    after = HalfHour(last.half_hours().stop)
    return [
        Mark(
            starts(outage.starts).date(),
            MarkKind.OUTAGE,
            "" if outage.desk_id is None else desks[outage.desk_id],
        )
        for outage in outages_between(session, unit.id, begins, after)
    ]
