"""Which changes of days that have passed a second person must look at (method §4.3)."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from sqlalchemy import and_, or_, select
from sqlmodel import Session, col

from aggregation.duties.batch_force import holds
from aggregation.duties.duty_lines import DayException, DutyLine
from aggregation.duties.duty_standing import Standing, first_day, standing
from aggregation.models import Duty, DutyBatch
from survey.models import Response
from survey.month import Month, midnight


def needs_second_person(
    session: Session,
    unit_id: int,
    lines: Iterable[DutyLine],
    closed: Collection[Month],
    today: date,
) -> bool:
    """Say whether lines change who served on days that have passed.

    The very first duties of a desk do not: as long as nobody was on duty in those days and no
    citizen's response about them is stored, nobody's half hours change hands, and an office that
    starts may write down the roster it has been following.

    Parameters
    ----------
    closed
        The unit's closed months.
    today
        The unit's own day.
    """
    begun: defaultdict[int, date] = defaultdict(lambda: today)
    for line in lines:
        if standing(line, closed, today) is Standing.PAST:
            begun[line.desk_id] = min(begun[line.desk_id], first_day(line))
    return any(
        _was_on_duty(session, unit_id, desk_id, since, today)
        or _was_rated(session, unit_id, desk_id, since, today)
        for desk_id, since in begun.items()
    )


def _was_on_duty(session: Session, unit_id: int, desk_id: int, since: date, today: date) -> bool:
    of_these_days = or_(
        col(Duty.effective_from) < today, and_(col(Duty.day) >= since, col(Duty.day) < today)
    )
    found = (
        select(col(Duty.id))
        .join(DutyBatch, col(DutyBatch.id) == col(Duty.batch_id))
        .where(col(Duty.unit_id) == unit_id, col(Duty.desk_id) == desk_id, of_these_days, holds())
    )
    return session.execute(found.limit(1)).first() is not None


def _was_rated(session: Session, unit_id: int, desk_id: int, since: date, today: date) -> bool:
    # Its month may differ from that of its half hour only for late ones, which enter no figure.
    found = select(col(Response.id)).where(
        col(Response.unit_id) == unit_id,
        col(Response.month) >= Month.of(since),
        col(Response.month) <= Month.of(today),
        col(Response.desk_id) == desk_id,
        col(Response.half_hour) >= midnight(since),
        col(Response.half_hour) < midnight(today),
    )
    return session.execute(found.limit(1)).first() is not None


def is_correction(line: DutyLine, closed: Collection[Month]) -> bool:
    """Say whether a line changes one day of a closed month, as only a revision may."""
    return isinstance(line, DayException) and Month.of(line.day) in closed
