"""The demo office's queue machine: visits served, so that coverage is known, and one outage."""

import random
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta

from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.demo.visitors import Visit
from aggregation.visits.outages import declare_outage
from aggregation.visits.served_visits import ServedVisit, record_visits
from survey.month import HalfHour, Month, midnight, starts, time_zone
from survey.units import Unit

VISITS_PER_RESPONSE = (2, 3, 4, 5)
"""About one citizen in three and a half rates; each of them with equal chance."""

_WEDNESDAY = 3
_NINE, _ELEVEN = 18, 22


def load_queue(session: Session, unit: Unit, responses: Iterable[Visit], seed: int) -> None:
    """Hand in the visits of a month: every response was one of them."""
    draw = random.Random(seed)
    numbers: Counter[date] = Counter()
    visits, last = [], None
    for response in responses:
        at = starts(response.half_hour).replace(tzinfo=time_zone(unit.time_zone))
        for _ in range(draw.choice(VISITS_PER_RESPONSE)):
            numbers[at.date()] += 1
            number = f"A-{numbers[at.date()]:03}"
            visits.append(ServedVisit(number, at, response.desk.code, response.service.code))
        last = at
    if last is not None:
        record_visits(session, unit, visits, Cause("demo", "", last + timedelta(days=1), "demo"))


def declare_demo_outage(session: Session, unit: Unit, desk_id: int, month: Month) -> None:
    """Declare the hours in which a desk had no network, on the day itself."""
    day = next(day for day in month.days() if day.isoweekday() == _WEDNESDAY)
    begins = midnight(day)
    at = starts(HalfHour(begins + _ELEVEN)).replace(tzinfo=time_zone(unit.time_zone))
    span = HalfHour(begins + _NINE), HalfHour(begins + _ELEVEN)
    declare_outage(
        session, unit.id, desk_id, span, Cause("demo", "Jaringan pusat padam", at, "demo")
    )
