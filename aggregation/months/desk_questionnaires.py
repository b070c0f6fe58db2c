"""Full questionnaires of closed months by desk: what no page shows below a quarter (method §9)."""

from collections.abc import Collection, Mapping
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.closings import ElementTally, TotalTally
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from survey.questionnaire import Element

ByDesk = Mapping[int | None, QuestionnaireCounts]
"""By desk; None is a desk that is not known."""


def questionnaires_by_desk(session: Session, closing_ids: Collection[UUID]) -> dict[UUID, ByDesk]:
    """Return the counts of some revisions' full questionnaires, desk by desk."""
    ratings: dict[tuple[UUID, int | None], dict[tuple[Element, int], int]] = {}
    totals: dict[tuple[UUID, int | None], dict[int, int]] = {}
    of_desk = (col(ElementTally.closing_id), col(ElementTally.desk_id))
    by_rating = (*of_desk, col(ElementTally.element), col(ElementTally.rating))
    for id_, desk, element, rating, count in session.execute(
        select(*by_rating, func.sum(ElementTally.count))
        .where(col(ElementTally.closing_id).in_(closing_ids))
        .group_by(*by_rating)
    ):
        ratings.setdefault((id_, desk), {})[Element(element), rating] = int(count)
    by_total = (col(TotalTally.closing_id), col(TotalTally.desk_id), col(TotalTally.total))
    for id_, desk, total, count in session.execute(
        select(*by_total, func.sum(TotalTally.count))
        .where(col(TotalTally.closing_id).in_(closing_ids))
        .group_by(*by_total)
    ):
        totals.setdefault((id_, desk), {})[total] = int(count)
    return {
        each: {
            desk: QuestionnaireCounts(counts, totals[id_, desk])
            for (id_, desk), counts in ratings.items()
            if id_ == each
        }
        for each in closing_ids
    }
