"""A unit's officers, and where each belongs on a day: asked of the database in one statement."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, Subquery, and_, case, func, or_, select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from aggregation.models import Assignment, DutyBatch, Officer

SERVING, COMING, ENDED, ELSEWHERE = "serving", "coming", "ended", "elsewhere"

_Head, _Assessor = aliased(Officer), aliased(Officer)


@dataclass(frozen=True, slots=True)
class PlacementRecord:
    """One placement of an officer in a unit, as it was recorded.

    Attributes
    ----------
    is_replaced
        Whether a later batch said something else from the same day on.
    """

    starts_on: date
    ends_on: date | None
    job_group: str
    head: str | None
    assessor: str | None
    recorded_at: datetime
    reason: str
    is_replaced: bool


def unit_officers(unit_id: int, day: date) -> Select[Any]:
    """Return the statement of everybody who was ever assigned to a unit.

    Its rows have `id`, `key`, `nip`, `staff_number`, `name`, `employment` of the officer,
    `job_group`, `starts_on`, `ends_on`, `head` (a name), `head_id` and `assessor_id` of the
    placement that holds in the unit on the day or held there last, `coming` with the first day
    of the next one, and `state`: serving, coming, ended, or elsewhere in another unit.
    """
    now, coming = begun_by(unit_id, day), _coming(unit_id, day)
    is_on = is_serving(now, day)
    state = case(
        (is_on, SERVING),
        (coming.c.starts_on.is_not(None), COMING),
        (now.c.officer_id.is_not(None), ENDED),
        else_=ELSEWHERE,
    )
    return (
        select(
            col(Officer.id),
            col(Officer.key),
            col(Officer.nip),
            col(Officer.staff_number),
            col(Officer.name),
            col(Officer.employment),
            func.coalesce(now.c.job_group, "").label("job_group"),
            now.c.starts_on,
            now.c.ends_on,
            now.c.head_id,
            now.c.assessor_id,
            col(_Head.name).label("head"),
            coming.c.starts_on.label("coming"),
            state.label("state"),
        )
        .outerjoin(
            now,
            and_(now.c.officer_id == col(Officer.id), now.c.newest == 1, now.c.unit_id == unit_id),
        )
        .outerjoin(coming, coming.c.officer_id == col(Officer.id))
        .outerjoin(_Head, col(_Head.id) == now.c.head_id)
        .where(col(Officer.id).in_(_ever_here(unit_id)))
    )


def begun_by(unit_id: int, day: date) -> Subquery:
    """Return the placements, in any unit, that a unit's officers have begun by a day.

    `newest` is 1 for the one that goes before all others of its officer: the one with the latest
    first day, of several with the same first day the one recorded last.
    """
    order = (
        col(Assignment.starts_on).desc(),
        col(DutyBatch.recorded_at).desc(),
        col(DutyBatch.number).desc(),
    )
    return (
        select(
            col(Assignment.id),
            col(Assignment.officer_id),
            col(Assignment.unit_id),
            col(Assignment.starts_on),
            col(Assignment.ends_on),
            col(Assignment.job_group),
            col(Assignment.head_id),
            col(Assignment.assessor_id),
            func.row_number()
            .over(partition_by=col(Assignment.officer_id), order_by=order)
            .label("newest"),
        )
        .join(DutyBatch, col(DutyBatch.id) == col(Assignment.batch_id))
        .where(
            col(Assignment.starts_on) <= day, col(Assignment.officer_id).in_(_ever_here(unit_id))
        )
        .subquery()
    )


def is_serving(now: Subquery, day: date) -> Any:  # noqa: ANN401 - SQLAlchemy's own condition
    """Return the condition that a placement which was joined has not ended before a day."""
    return and_(now.c.officer_id.is_not(None), or_(now.c.ends_on.is_(None), now.c.ends_on >= day))


def job_groups(session: Session, unit_id: int) -> list[str]:
    """Return the groups of jobs that a unit's placements name, in order."""
    asked = (
        select(col(Assignment.job_group))
        .where(col(Assignment.unit_id) == unit_id, col(Assignment.job_group) != "")
        .distinct()
        .order_by(col(Assignment.job_group))
    )
    return list(session.execute(asked).scalars())


def history_of(session: Session, unit_id: int, officer_id: int) -> list[PlacementRecord]:
    """Return an officer's placements in a unit, the latest first day first."""
    rows = session.execute(
        select(
            Assignment,
            DutyBatch,
            col(_Head.name).label("head"),
            col(_Assessor.name).label("assessor"),
        )
        .join(DutyBatch, col(DutyBatch.id) == col(Assignment.batch_id))
        .outerjoin(_Head, col(_Head.id) == col(Assignment.head_id))
        .outerjoin(_Assessor, col(_Assessor.id) == col(Assignment.assessor_id))
        .where(col(Assignment.unit_id) == unit_id, col(Assignment.officer_id) == officer_id)
        .order_by(col(Assignment.starts_on).desc(), col(DutyBatch.number).desc())
    )
    found: list[PlacementRecord] = []
    for place, batch, head, assessor in rows:
        is_replaced = bool(found) and found[-1].starts_on == place.starts_on
        found.append(
            PlacementRecord(
                place.starts_on,
                place.ends_on,
                place.job_group,
                head,
                assessor,
                batch.recorded_at,
                batch.reason,
                is_replaced,
            )
        )
    return found


def _coming(unit_id: int, day: date) -> Subquery:
    return (
        select(
            col(Assignment.officer_id),
            func.min(col(Assignment.starts_on)).label("starts_on"),
        )
        .where(col(Assignment.unit_id) == unit_id, col(Assignment.starts_on) > day)
        .group_by(col(Assignment.officer_id))
        .subquery()
    )


def _ever_here(unit_id: int) -> Select[Any]:
    return select(col(Assignment.officer_id)).where(col(Assignment.unit_id) == unit_id)
