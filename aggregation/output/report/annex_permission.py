"""Whether a release's report may list the ratings of each respondent (method §9, §11)."""

import json
from uuid import UUID

from sqlalchemy import and_, select
from sqlmodel import Session, col

from aggregation.method.annex_rule import annexes_allowed
from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.months.closed_months import totals_of
from aggregation.months.models import Release, ReleasedCell
from aggregation.months.period import Period
from aggregation.months.released import Released


def annex_is_allowed(session: Session, unit_id: int, found: Released) -> bool:
    """Say whether a release may have an annex beside those that its year released before.

    Any of those may have been reported, and is taken for reported.
    """
    releases = _of_year(session, unit_id, found.period.months[0].year)
    bases = [
        {month: UUID(id_) for month, id_ in json.loads(each.basis)[Cut.WHOLE.value].items()}
        for each in releases
    ]
    totals = totals_of(session, {id_ for basis in bases for id_ in basis.values()})
    people = [{month: sum(totals[id_].values()) for month, id_ in basis.items()} for basis in bases]
    place = [each.id for each in releases].index(found.id)
    return annexes_allowed(people[: place + 1])[place]


def _of_year(session: Session, unit_id: int, year: int) -> list[Release]:
    """Return a year's releases that show everybody, in the order in which they are decided."""
    shows_everybody = and_(
        col(ReleasedCell.release_id) == col(Release.id),
        col(ReleasedCell.cut) == Cut.WHOLE,
        col(ReleasedCell.cell) == EVERYBODY,
        col(ReleasedCell.n).is_not(None),
    )
    releases = session.scalars(
        select(Release)
        .join(ReleasedCell, shows_everybody)
        .where(col(Release.unit_id) == unit_id, col(Release.period).startswith(f"{year:04d}"))
    )
    return sorted(releases, key=_turn)


def _turn(release: Release) -> tuple[object, ...]:
    # What one close or revision releases has one moment: its months come before longer periods.
    months = Period.parse(release.period).months
    return release.released_at, len(months), months[0], release.number
