"""What may be told of a month that is not closed: the whole unit's, in steps of ten (method §9)."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, func, select
from sqlmodel import Session, col

from aggregation.method.live_release import in_steps, released_through
from aggregation.months.whole_month import whole_month
from survey.models import Followup, Response, table_of
from survey.month import Month
from survey.questionnaire import RATINGS, Element

_FULL = [table_of(Followup).c[element.lower()].is_not(None) for element in Element]


@dataclass(frozen=True, slots=True)
class Faces:
    """How often each face was tapped, on days that are over.

    Attributes
    ----------
    through
        The last day whose ratings are among them.
    counts
        Rating, 1 to 4 → how often; together `STEP` or more.
    """

    through: date
    counts: Mapping[int, int]

    @property
    def n(self) -> int:
        """How many faces were tapped."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class RunningMonth:
    """A month that is not closed.

    Attributes
    ----------
    responses, questionnaires
        Timely responses and full questionnaires so far: the tens only.
    faces
        None until ten faces were tapped on days that are over.
    """

    month: Month
    responses: int
    questionnaires: int
    faces: Faces | None


def running_month(
    session: Session, unit_id: int, month: Month, today: date, *, with_today: bool
) -> RunningMonth:
    """Return what may be told of a unit's month now.

    Parameters
    ----------
    today
        The unit's own day.
    with_today
        Whether the counts may tell of the current day: an officer sees nothing about it.
    """
    by_day: Counter[date] = Counter()
    taps_of: dict[date, Counter[int]] = {}
    responses = 0
    for day, overall, count in _taps(session, unit_id, month):
        responses += count if with_today or day < today else 0
        if overall is not None:
            by_day[day] += count
            taps_of.setdefault(day, Counter())[overall] += count
    through = released_through(by_day, today)
    return RunningMonth(
        month,
        in_steps(responses),
        in_steps(_full_questionnaires(session, unit_id, month, None if with_today else today)),
        None if through is None else _faces(taps_of, through),
    )


def _taps(session: Session, unit_id: int, month: Month) -> list[tuple[date, int | None, int]]:
    """Return how often each face was received on each day; None is a response without one."""
    kind = (col(Response.received_on), col(Response.overall))
    timely = (
        col(Response.unit_id) == unit_id,
        col(Response.month) == month,
        col(Response.late).is_(False),
    )
    rows = session.execute(select(*kind, func.count()).where(*timely).group_by(*kind))
    return [(day, overall, count) for day, overall, count in rows]


def _full_questionnaires(session: Session, unit_id: int, month: Month, before: date | None) -> int:
    """Count full questionnaires, all or those that were complete before a day."""
    response, followup = table_of(Response).c, table_of(Followup).c
    tapped = and_(
        response.unit_id == followup.unit_id,
        response.month == followup.month,
        response.id == followup.response_id,
    )
    found = (
        select(func.count())
        .select_from(table_of(Followup).join(table_of(Response), tapped))
        .where(followup.unit_id == unit_id, followup.month == month, *_FULL)
        .where(response.late.is_(False))
    )
    if before is not None:
        found = found.where(followup.received_on < before)
    with whole_month(session):
        return int(session.execute(found).scalar_one())


def _faces(taps_of: Mapping[date, Counter[int]], through: date) -> Faces:
    total: Counter[int] = Counter()
    for day, taps in taps_of.items():
        if day <= through:
            total += taps
    return Faces(through, {rating: total[rating] for rating in RATINGS})
