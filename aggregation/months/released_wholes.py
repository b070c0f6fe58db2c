"""The whole of many releases at once: for a trend, and for the units of a branch (method §9).

As :mod:`aggregation.months.released`, of which it reads no cell but the one of everybody.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlmodel import Session, col

from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.models import Release, ReleasedCell
from aggregation.months.period import Period
from aggregation.months.released import counts_from


@dataclass(frozen=True, slots=True)
class ReleasedWhole:
    """Everybody of a released period.

    Attributes
    ----------
    counts
        All full questionnaires; None where they are fewer than ten, or hidden.
    """

    number: int
    responses: int
    counts: QuestionnaireCounts | None


def released_wholes(
    session: Session, unit_ids: Collection[int], periods: Collection[str]
) -> dict[tuple[int, str], ReleasedWhole]:
    """Return the newest release of each unit's period, by unit and name, in one statement."""
    of_release = and_(
        col(ReleasedCell.release_id) == col(Release.id),
        col(ReleasedCell.cut) == Cut.WHOLE,
        col(ReleasedCell.cell) == EVERYBODY,
    )
    rows = session.execute(
        select(
            col(Release.unit_id),
            col(Release.period),
            col(Release.number),
            col(Release.responses),
            col(ReleasedCell.counts),
        )
        .outerjoin(ReleasedCell, of_release)
        .where(col(Release.unit_id).in_(unit_ids), col(Release.period).in_(periods))
        .order_by(col(Release.number))
    )
    newest = {(unit_id, period): rest for unit_id, period, *rest in rows}
    return {
        key: ReleasedWhole(number, responses, None if text is None else counts_from(text))
        for key, (number, responses, text) in newest.items()
    }


def periods_of(session: Session, unit_ids: Collection[int]) -> list[Period]:
    """Return the periods that any of some units released, by name."""
    names = select(col(Release.period)).where(col(Release.unit_id).in_(unit_ids)).distinct()
    return [Period.parse(name) for name in sorted(session.scalars(names))]
