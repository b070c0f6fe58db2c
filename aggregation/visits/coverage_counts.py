"""How many visits were served in whose half hours: the denominators of coverage (method §5)."""

from collections import Counter
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.duties.roster import DeskStretch
from aggregation.visits.models import Visit
from survey.month import Month


def visits_of_officers(
    session: Session, unit_id: int, month: Month, stretches: Sequence[DeskStretch]
) -> dict[int, int]:
    """Return by officer the visits served in the officer's half hours; absent where none are."""
    counted = session.execute(
        select(col(Visit.desk_id), col(Visit.half_hour), func.count())
        .where(
            col(Visit.unit_id) == unit_id,
            col(Visit.day) >= month.first_day,
            col(Visit.day) < month.shift(1).first_day,
        )
        .group_by(col(Visit.desk_id), col(Visit.half_hour))
    )
    served = {(desk_id, half_hour): count for desk_id, half_hour, count in counted}
    found: Counter[int] = Counter()
    for stretch in stretches:
        for half_hour in range(stretch.starts, stretch.ends):
            found[stretch.officer_id] += served.get((stretch.desk_id, half_hour), 0)
    return dict(+found)
