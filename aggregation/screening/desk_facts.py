"""What is known of a unit's desks by half hour: who serves by roster, how many were served."""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.duties.desk_claims import claims
from aggregation.duties.recorded_duties import duties_of
from aggregation.method.desk_hours import ServedSpan
from aggregation.visits.models import SlipCount, Visit
from survey.month import Month, midnight

Serving = dict[int, dict[int, frozenset[int]]]
"""By desk and half hour: who is said to serve; two where the duties contradict each other."""


def serving(session: Session, unit_id: int, month: Month) -> Serving:
    """Return who serves which desk when; half hours in which nobody does are left out."""
    found: Serving = defaultdict(dict)
    for claim in claims(duties_of(session, unit_id, month), month):
        people = frozenset(officer for officer in claim.officers if officer is not None)
        if people:
            found[claim.desk_id] |= dict.fromkeys(range(claim.starts, claim.ends), people)
    return dict(found)


def served_spans(session: Session, unit_id: int, month: Month) -> dict[int, list[ServedSpan]]:
    """Return by desk the visits that queue files and numbered slips tell of."""
    after = month.shift(1)
    visits = session.execute(
        select(col(Visit.desk_id), col(Visit.half_hour), func.count())
        .where(
            col(Visit.unit_id) == unit_id,
            col(Visit.day) >= month.first_day,
            col(Visit.day) < after.first_day,
        )
        .group_by(col(Visit.desk_id), col(Visit.half_hour))
    )
    slips = session.execute(
        select(SlipCount).where(
            col(SlipCount.unit_id) == unit_id,
            col(SlipCount.withdrawn_by).is_(None),
            col(SlipCount.ends) > midnight(month.first_day),
            col(SlipCount.starts) < midnight(after.first_day),
        )
    ).scalars()
    found: defaultdict[int, list[ServedSpan]] = defaultdict(list)
    for desk_id, half_hour, count in visits:
        found[desk_id].append(ServedSpan(half_hour, half_hour + 1, count))
    for slip in slips:
        count = slip.last_number - slip.first_number + 1
        found[slip.desk_id].append(ServedSpan(slip.starts, slip.ends, count))
    return dict(found)


def half_hours_of(serving_now: Serving, desk_id: int | None) -> Collection[int]:
    """Return the half hours in which a desk is served; none if it has no roster."""
    return serving_now.get(desk_id, {}) if desk_id is not None else ()
