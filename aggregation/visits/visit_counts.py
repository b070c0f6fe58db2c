"""Visits counted by day and desk: the denominators of coverage (method §5)."""

from datetime import date

from sqlalchemy import Label, Select, func, select
from sqlmodel import col

from aggregation.visits.models import Visit
from survey.models import Desk
from survey.month import Month

SERVED: Label[int] = func.count().label("served")
"""How many visits a row of `by_day_and_desk` counts."""


def by_day_and_desk(unit_id: int, month: Month) -> Select[date, str, str, int]:
    """Return the statement of a month's counts: day, the desk's code and name, visits."""
    return (
        select(col(Visit.day), col(Desk.code), col(Desk.name), SERVED)
        .join(Desk, col(Desk.id) == col(Visit.desk_id))
        .where(
            col(Visit.unit_id) == unit_id,
            col(Visit.day) >= month.first_day,
            col(Visit.day) < month.shift(1).first_day,
        )
        .group_by(col(Visit.day), col(Desk.id), col(Desk.code), col(Desk.name))
    )
