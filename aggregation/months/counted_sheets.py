"""The ratings of each full questionnaire that a closed month counted, and no other field.

Only the official report's annex reads them, shuffled (method §9, §11).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from random import Random
from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.months.closed_months import totals_of
from aggregation.months.revisions import revisions
from aggregation.months.whole_month import whole_month
from aggregation.screening.models import ReviewedResponse, ScreeningReview
from survey.models import Followup, Response
from survey.questionnaire import Element
from survey.screening_models import Finding

Sheet = tuple[int, ...]
"""Nine ratings in the order of :class:`Element`."""


class SheetsDisagree(ValueError):
    """The questionnaires that are stored are not those that a month was closed with."""


def counted_sheets(session: Session, closing_ids: Iterable[UUID]) -> Sequence[Sheet]:
    """Return the full questionnaires that revisions of some months counted, sorted by ratings.

    Sorted, so that nothing of the order in which they came in is left.

    Parameters
    ----------
    closing_ids
        The revision of each month.

    Raises
    ------
    SheetsDisagree
        If a month's sheets are not those that its revision counted.
    """
    found: list[Sheet] = []
    for closing_id in closing_ids:
        asked = session.get_one(Closing, closing_id)
        closings = revisions(session, asked.unit_id, asked.month, asked.month)
        found += _of_month(session, [c for c in closings if c.revision <= asked.revision])
    return sorted(found)


def shuffled(sheets: Iterable[Sheet], seed: str) -> Sequence[Sheet]:
    """Return sheets in an order that follows from their ratings and a seed alone."""
    drawn = sorted(sheets)
    # No secret: the order only has to say nothing of when each came in.
    Random(seed).shuffle(drawn)  # noqa: S311
    return drawn


def _of_month(session: Session, closings: Sequence[Closing]) -> Sequence[Sheet]:
    """Return the sheets that the last of a month's revisions counted.

    A revision that only followed another month's took its counts over: then it is an earlier one
    whose moment tells what was in quarantine.
    """
    totals = totals_of(session, [closing.id for closing in closings])
    for closing in reversed(closings):
        sheets = _counted_by(session, closing)
        if Counter(map(sum, sheets)) == totals[closings[-1].id]:
            return sheets
    raise SheetsDisagree(str(closings[0].month))


def _counted_by(session: Session, closing: Closing) -> Sequence[Sheet]:
    nine = [getattr(Followup, element.lower()) for element in Element]
    timely: ColumnElement[bool] = ~col(Response.late)
    if closing.late_until is not None:
        timely = or_(timely, col(Response.received_on) < closing.late_until)
    its_followup = and_(
        col(Followup.unit_id) == col(Response.unit_id),
        col(Followup.month) == col(Response.month),
        col(Followup.response_id) == col(Response.id),
    )
    counted = (
        select(*nine)
        .select_from(Response)
        .join(Followup, its_followup)
        .where(
            col(Response.unit_id) == closing.unit_id,
            col(Response.month) == closing.month,
            timely,
            *(rating.is_not(None) for rating in nine),
            ~_held_at(closing),
        )
    )
    with whole_month(session):
        return [tuple(row) for row in session.execute(counted)]


def _held_at(closing: Closing) -> ColumnElement[bool]:
    """Say of a response in a statement that it was in quarantine when a revision was made."""
    admitted = (
        select(col(ReviewedResponse.response_id))
        .join(ScreeningReview, col(ScreeningReview.id) == col(ReviewedResponse.review_id))
        .where(
            col(ReviewedResponse.unit_id) == closing.unit_id,
            col(ReviewedResponse.month) == closing.month,
            col(ScreeningReview.admitted),
            col(ScreeningReview.decided_at) <= closing.closed_at,
        )
    )
    found = select(col(Finding.response_id)).where(
        col(Finding.unit_id) == closing.unit_id,
        col(Finding.month) == closing.month,
        col(Finding.response_id).not_in(admitted),
    )
    return col(Response.id).in_(found)
