"""Which months of a unit are closed, in their newest revision, and what was counted (method §8)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlmodel import Session, col

from aggregation.closings import ElementTally, Tally, TotalTally
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.revisions import newest_of_each_month, revisions
from survey.month import Month
from survey.questionnaire import Element


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A closed month in its newest revision.

    Attributes
    ----------
    responses
        How many responses the revision counted, taps without the nine elements included.
    late
        How many came late and enter no figure (method §4.5).
    """

    closing_id: UUID
    month: Month
    revision: int
    closed_at: datetime
    responses: int
    late: int


def closed_months(session: Session, unit_id: int) -> list[ClosedMonth]:
    """Return a unit's closed months, the newest month first, each in its newest revision."""
    late = dict(
        session.execute(
            select(col(Tally.closing_id), func.sum(Tally.count))
            .where(col(Tally.unit_id) == unit_id, col(Tally.late))
            .group_by(col(Tally.closing_id))
        ).all()
    )
    return [
        ClosedMonth(
            closing.id,
            month,
            closing.revision,
            closing.closed_at,
            closing.responses,
            int(late.get(closing.id, 0)),
        )
        for month, closing in newest_of_each_month(revisions(session, unit_id)).items()
    ]


def questionnaires_of_each(
    session: Session, closing_ids: Collection[UUID]
) -> dict[UUID, QuestionnaireCounts]:
    """Return the counts of full questionnaires of each of some revisions, in two statements."""
    ratings: dict[UUID, dict[tuple[Element, int], int]] = {each: {} for each in closing_ids}
    totals = totals_of(session, closing_ids)
    by_rating = (
        col(ElementTally.closing_id),
        col(ElementTally.element),
        col(ElementTally.rating),
    )
    for id_, element, rating, count in session.execute(
        select(*by_rating, func.sum(ElementTally.count))
        .where(col(ElementTally.closing_id).in_(closing_ids))
        .group_by(*by_rating)
    ):
        ratings[id_][Element(element), rating] = int(count)
    return {each: QuestionnaireCounts(ratings[each], totals[each]) for each in closing_ids}


def totals_of(session: Session, closing_ids: Collection[UUID]) -> dict[UUID, dict[int, int]]:
    """Return, for each of some revisions, how many sheets have each sum of ratings, 9 to 36."""
    totals: dict[UUID, dict[int, int]] = {each: {} for each in closing_ids}
    by_total = (col(TotalTally.closing_id), col(TotalTally.total))
    for id_, total, count in session.execute(
        select(*by_total, func.sum(TotalTally.count))
        .where(col(TotalTally.closing_id).in_(closing_ids))
        .group_by(*by_total)
    ):
        totals[id_][total] = int(count)
    return totals
