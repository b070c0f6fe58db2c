"""Who may decide about whom: never about oneself, never about those one is the head of (§7)."""

from collections import defaultdict
from collections.abc import Collection, Iterable

from sqlmodel import Session, col, select

from aggregation.models import Assignment, DutyBatch
from aggregation.people.assignments import last_place_in
from aggregation.screening.desk_facts import Serving, serving
from aggregation.screening.groups import GroupKey
from survey.month import Month


def not_ones_own(
    session: Session, unit_id: int, reviewer: int | None, groups: Iterable[GroupKey]
) -> set[GroupKey]:
    """Return the groups that somebody may decide on.

    Parameters
    ----------
    reviewer
        The officer that the reviewer is; None for somebody who is none, and may decide on all.
    """
    asked = list(groups)
    if reviewer is None:
        return set(asked)
    found: set[GroupKey] = set()
    for month in {key.month for key in asked}:
        served = serving(session, unit_id, month)
        people = {officer for key in asked for officer in _served_by(served, key)}
        close = close_to(session, reviewer, people, month)
        found |= {k for k in asked if k.month == month and not close & _served_by(served, k)}
    return found


def close_to(
    session: Session, reviewer: int, officers: Collection[int], month: Month
) -> frozenset[int]:
    """Return which officers somebody is, or is the direct head of in any unit during a month."""
    rows = session.exec(
        select(Assignment)
        .join(DutyBatch, col(DutyBatch.id) == col(Assignment.batch_id))
        .where(
            col(Assignment.officer_id).in_(officers),
            col(Assignment.starts_on) < month.shift(1).first_day,
        )
        .order_by(col(DutyBatch.recorded_at), col(DutyBatch.number))
    )
    places: defaultdict[int, list[Assignment]] = defaultdict(list)
    for assignment in rows:
        places[assignment.officer_id].append(assignment)
    led = {officer for officer, held in places.items() if reviewer in _heads(held, month)}
    return frozenset(led | ({reviewer} & set(officers)))


def _served_by(served: Serving, key: GroupKey) -> frozenset[int]:
    if key.desk_id is None or key.half_hour is None:
        return frozenset()
    return served.get(key.desk_id, {}).get(key.half_hour, frozenset())


def _heads(held: list[Assignment], month: Month) -> set[int | None]:
    """Return the heads that a person has in a month, one for each unit."""
    units = {assignment.unit_id for assignment in held}
    places = (last_place_in(held, unit_id, month) for unit_id in units)
    return {place.head_id for place in places if place is not None}
