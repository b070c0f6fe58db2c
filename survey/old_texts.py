"""What citizens wrote and told of themselves, erased once it has been kept long enough (method §9).

The leaf of a follow-up holds the salted digest of its texts, so erasing them breaks no seal. All
profile fields of a response go together: their digest is one.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import and_, delete, select
from sqlmodel import Session, col

from survey.ledger import COMMENT
from survey.models import Followup, PrivateText
from survey.month import Month
from survey.profile import ProfileField


@dataclass(frozen=True, slots=True)
class Kept:
    """Fields that are kept for some years after the unit's local day on which they came in."""

    fields: frozenset[str]
    years: int


RAW_COMMENTS = Kept(frozenset({COMMENT}), years=2)
"""Method §9, local."""

PROFILES = Kept(frozenset(ProfileField), years=1)
"""Method §9, local."""


@dataclass(frozen=True, slots=True)
class OldText:
    """A response, by its month and id, whose fields have been kept long enough."""

    month: Month
    response_id: UUID


def newest_old_day(kept: Kept, today: date) -> date:
    """Return the newest day whose texts have been kept long enough on a day.

    Examples
    --------
    What came in on 5 October 2025 is kept until 4 October 2026; 29 February counts as the day
    after 28 February.

    >>> newest_old_day(PROFILES, date(2026, 10, 5))
    datetime.date(2025, 10, 5)
    >>> newest_old_day(PROFILES, date(2028, 2, 29)), newest_old_day(PROFILES, date(2029, 2, 28))
    (datetime.date(2027, 2, 28), datetime.date(2028, 2, 28))
    """
    try:
        return today.replace(year=today.year - kept.years)
    except ValueError:
        return today.replace(year=today.year - kept.years, day=28)


def old_texts(session: Session, unit_id: int, kept: Kept, today: date) -> list[OldText]:
    """Return which of a unit's responses have fields that were kept long enough."""
    until = newest_old_day(kept, today)
    rows = session.execute(
        select(col(PrivateText.month), col(PrivateText.response_id))
        .join(
            Followup,
            and_(
                col(Followup.unit_id) == col(PrivateText.unit_id),
                col(Followup.month) == col(PrivateText.month),
                col(Followup.response_id) == col(PrivateText.response_id),
            ),
        )
        .where(
            col(PrivateText.unit_id) == unit_id,
            col(PrivateText.month) <= Month.of(until),  # nobody is served after it was received
            col(PrivateText.field).in_(kept.fields),
            col(Followup.received_on) <= until,
        )
        .distinct()
    )
    return [OldText(month, response_id) for month, response_id in rows]


def erase_texts(session: Session, unit_id: int, kept: Kept, old: Sequence[OldText]) -> int:
    """Erase the fields of some responses for good; return of how many responses.

    Whoever erases them twice, or at the same time as somebody else, counts each of them once.
    """
    gone = session.execute(
        delete(PrivateText)
        .where(
            col(PrivateText.unit_id) == unit_id,
            col(PrivateText.month).in_({each.month for each in old}),
            col(PrivateText.response_id).in_([each.response_id for each in old]),
            col(PrivateText.field).in_(kept.fields),
        )
        .returning(col(PrivateText.response_id))
    )
    return len(set(gone.scalars()))
