"""Which responses are in quarantine: found by a signal, and not admitted by a reviewer (method §7).

A finding never leaves; only a decision that admits the response lets it count.
"""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlmodel import col

from aggregation.screening.models import ReviewedResponse, ScreeningReview
from survey.models import Response
from survey.month import Month
from survey.screening_models import Finding


def quarantined(unit_id: int, month: Month, as_of: datetime | None = None) -> Select[object]:
    """Return the statement of a month's responses in quarantine: their ids, each once.

    Parameters
    ----------
    as_of
        The moment whose view is asked for; what was admitted later is in quarantine then.
    """
    return (
        select(col(Finding.response_id))
        .where(col(Finding.unit_id) == unit_id, col(Finding.month) == month, ~_admitted(as_of))
        .distinct()
    )


def is_quarantined() -> ColumnElement[bool]:
    """Say of a response in a statement that it is in quarantine."""
    found = and_(
        col(Finding.unit_id) == col(Response.unit_id),
        col(Finding.month) == col(Response.month),
        col(Finding.response_id) == col(Response.id),
    )
    return exists().where(found, ~_admitted())


def _admitted(as_of: datetime | None = None) -> ColumnElement[bool]:
    admitted = exists().where(
        col(ReviewedResponse.unit_id) == col(Finding.unit_id),
        col(ReviewedResponse.month) == col(Finding.month),
        col(ReviewedResponse.response_id) == col(Finding.response_id),
        col(ScreeningReview.id) == col(ReviewedResponse.review_id),
        col(ScreeningReview.admitted),
    )
    return admitted if as_of is None else admitted.where(col(ScreeningReview.decided_at) <= as_of)
