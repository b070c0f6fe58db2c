"""One officer's rows, month after month, as HR receives them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import and_, select
from sqlmodel import Session, col

from aggregation.appraisal.monthly_scores import ScoreRow, rows_of
from aggregation.closings import Closing, OfficerFigure
from aggregation.models import Officer
from aggregation.months.revisions import is_newest
from survey.models import ServiceUnit
from survey.month import Month


class UnknownOfficer(LookupError):
    """Nobody of that key has a row in these units."""


def officer_months(
    session: Session,
    officer_key: str,
    unit_ids: Collection[int],
    *,
    as_of: datetime,
    staff_url: str,
    since: Month | None = None,
    until: Month | None = None,
) -> Sequence[ScoreRow]:
    """Return an officer's row of each closed month, by month and unit, in its newest revision.

    Parameters
    ----------
    unit_ids
        The units that may be looked into; rows never cross units (method §5).
    as_of
        The moment whose view is asked for; revisions made later are not seen.
    staff_url
        Where the staff site is, for the links to statements.
    since, until
        First and last month that is asked for.

    Raises
    ------
    UnknownOfficer
        If there is no row of that officer in any month of the units at that moment.
    """
    seen = and_(col(Closing.unit_id).in_(unit_ids), col(Closing.closed_at) <= as_of)
    rows = session.execute(
        select(OfficerFigure, Closing, col(ServiceUnit.code))
        .join(Officer, col(Officer.id) == col(OfficerFigure.officer_id))
        .join(Closing, col(Closing.id) == col(OfficerFigure.closing_id))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Closing.unit_id))
        .where(col(Officer.key) == officer_key, seen, is_newest(as_of))
        .order_by(col(Closing.month), col(ServiceUnit.code))
    ).all()
    if not rows:
        raise UnknownOfficer
    return [
        rows_of(session, code, closing, as_of, staff_url).row(figure, officer_key)
        for figure, closing, code in rows
        if (since is None or since <= closing.month) and (until is None or closing.month <= until)
    ]
