"""The visits of the running month and the one before, as the sheet they would be handed in by."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.visits.models import Visit
from survey.models import Desk, Service
from survey.month import HalfHour, Month, starts


def visit_rows(session: Session, unit_id: int, today: date) -> Iterator[tuple[str, ...]]:
    """Yield number, day, time, desk and service of each visit, by day and number.

    Parameters
    ----------
    today
        The unit's local day.
    """
    found = session.execute(
        select(
            col(Visit.number),
            col(Visit.day),
            col(Visit.half_hour),
            col(Desk.code),
            col(Service.code),
        )
        .join(Desk, col(Desk.id) == col(Visit.desk_id))
        .outerjoin(Service, col(Service.id) == col(Visit.service_id))
        .where(col(Visit.unit_id) == unit_id, col(Visit.day) >= Month.of(today).shift(-1).first_day)
        .order_by(col(Visit.day), col(Visit.number))
    )
    for number, day, half_hour, desk, service in found:
        time = f"{starts(HalfHour(half_hour)):%H.%M}"
        yield number, day.isoformat(), time, desk, service or ""
