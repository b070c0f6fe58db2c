"""Which of the citizens' words wait to be released (method §9).

Words of a response in quarantine wait for the reviewer, those of a late one for the revision that
admits it; a day's words wait for the next working day.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from uuid import UUID

import holidays
from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.comments.models import CommentSource
from aggregation.screening.quarantine import is_quarantined
from survey.ledger import COMMENT
from survey.models import Followup, PrivateText, Response
from survey.month import Month

_SATURDAY = 5


@dataclass(frozen=True, slots=True)
class UnreadWords:
    """A citizen's raw words, and where they came from."""

    response_id: UUID
    month: Month
    desk_id: int | None
    text: str


def waiting_words(
    session: Session,
    unit_id: int,
    today: date,
    *,
    among: Collection[UnreadWords] | None = None,
) -> Iterator[UnreadWords]:
    """Yield a unit's words that may be released on a day of its own, in no order that tells.

    Parameters
    ----------
    today
        What was received before the last working day up to this one has waited long enough.
    among
        Words that were read before, if only the words of their responses are asked for.
    """
    rows = session.execute(
        select(
            col(PrivateText.response_id),
            col(PrivateText.month),
            col(Response.desk_id),
            col(PrivateText.text),
        )
        .join(Response, _joins(Response.unit_id, Response.month, Response.id))
        .join(Followup, _joins(Followup.unit_id, Followup.month, Followup.response_id))
        .where(
            col(PrivateText.unit_id) == unit_id,
            col(PrivateText.field) == COMMENT,
            col(Followup.received_on) < last_working_day(today),
            ~is_quarantined(),
            _counts(),
            ~_is_released(),
            *([] if among is None else _are_of(among)),
        )
    )
    for row in rows:
        yield UnreadWords(row.response_id, row.month, row.desk_id, row.text)


def last_working_day(today: date) -> date:
    """Return the newest working day up to a day: neither a weekend nor a national holiday.

    Examples
    --------
    On Saturday 10 October 2026 it is still Friday, so that Friday's words wait until Monday.

    >>> last_working_day(date(2026, 10, 10))
    datetime.date(2026, 10, 9)
    """
    while today.weekday() >= _SATURDAY or today in _holidays(today.year):
        today -= timedelta(days=1)
    return today


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("ID", years=year))


def _are_of(words: Collection[UnreadWords]) -> Iterator[ColumnElement[bool]]:
    yield col(PrivateText.month).in_({each.month for each in words})
    yield col(PrivateText.response_id).in_([each.response_id for each in words])


def _joins(unit_id: int, month: Month, response_id: UUID) -> ColumnElement[bool]:
    """Say that a row's key, given by its columns, is that of the words."""
    return and_(
        col(unit_id) == col(PrivateText.unit_id),
        col(month) == col(PrivateText.month),
        col(response_id) == col(PrivateText.response_id),
    )


def _counts() -> ColumnElement[bool]:
    """Say that a response came in time, or that a revision has admitted it (method §4.5)."""
    admitted = exists().where(
        col(Closing.unit_id) == col(Response.unit_id),
        col(Closing.month) == col(Response.month),
        col(Response.received_on) < col(Closing.late_until),
    )
    return or_(col(Response.late).is_(False), admitted)


def _is_released() -> ColumnElement[bool]:
    return exists().where(
        _joins(CommentSource.unit_id, CommentSource.month, CommentSource.response_id)
    )
