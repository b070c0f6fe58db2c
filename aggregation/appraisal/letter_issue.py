"""Issuing a letter of appreciation: one for an officer and month, numbered by unit and year.

A letter is a fact: a revision that takes its ground away takes no letter back, and whoever is
thanked after it is thanked by the newest revision.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from aggregation.appraisal.letters import IssuedLetter, letter_in, letter_of
from aggregation.appraisal.models import Letter
from aggregation.appraisal.recognition import recognition
from aggregation.changes.audit import record_with_detail
from aggregation.changes.batch import Cause, hold_unit
from aggregation.months.revisions import revisions
from survey.log import Act
from survey.merkle import Scalar
from survey.month import Month
from survey.units import local_today


class NoGround(Exception):
    """The newest revision of the month does not let the officer be named."""


class OwnLetter(Exception):
    """Nobody thanks himself."""


class LetterIssued(Exception):
    """The officer has a letter of that month.

    Attributes
    ----------
    letter
        The one that there is.
    """

    def __init__(self, letter: IssuedLetter) -> None:
        """Carry the letter."""
        super().__init__(letter.reference)
        self.letter = letter


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a letter is for, and the month whose ratings it thanks for."""

    unit_id: int
    month: Month
    officer_id: int


def issue_letter(
    session: Session, who: Addressee, cause: Cause, *, own_officer_id: int | None
) -> IssuedLetter:
    """Issue a letter to an officer for a closed month.

    The unit is held, so that two who press at once issue one letter and take no number twice.

    Parameters
    ----------
    own_officer_id
        The officer that whoever issues it is, if any.

    Raises
    ------
    OwnLetter
        If it would go to whoever issues it.
    LetterIssued
        If the officer has one of that month.
    NoGround
        If the newest revision does not support it.
    """
    hold_unit(session, who.unit_id)
    check_ground(session, who, own_officer_id=own_officer_id)
    return _issued(session, who, cause)


def check_ground(session: Session, who: Addressee, *, own_officer_id: int | None) -> None:
    """Check that a letter could be issued now.

    Raises
    ------
    OwnLetter, LetterIssued, NoGround
        As `issue_letter` does.
    """
    if who.officer_id == own_officer_id:
        raise OwnLetter
    known = letter_of(session, who.unit_id, who.month, who.officer_id)
    if known is not None:
        raise LetterIssued(known)
    closings = revisions(session, who.unit_id, who.month, who.month)
    thanked = recognition(session, closings[-1]).thanked if closings else ()
    if who.officer_id not in {each.officer_id for each in thanked}:
        raise NoGround


def _issued(session: Session, who: Addressee, cause: Cause) -> IssuedLetter:
    id_, (year, number) = uuid4(), _next_number(session, who.unit_id, cause.at)
    own = {"unit_id": who.unit_id, "month": who.month, "officer_id": who.officer_id}
    made = {"year": year, "number": number, "issued_at": cause.at, "issued_by": cause.by}
    session.execute(insert(Letter), {"id": id_, **own, **made})
    issued = letter_in(session, who.unit_id, id_)
    if issued is None:
        message = "a letter that was just written cannot be read"
        raise RuntimeError(message)
    facts: dict[str, Scalar] = {"month": str(who.month), "number": number, "year": year}
    act = Act("letter.issued", cause.actor, f"letter {id_}", facts, who.unit_id)
    record_with_detail(session, act, cause.at, {"officer": issued.officer})
    return issued


def _next_number(session: Session, unit_id: int, at: datetime) -> tuple[int, int]:
    """Return the year in the unit's own zone, and the number that follows its last letter."""
    year = local_today(session, unit_id, at).year
    last = session.scalars(
        select(func.max(col(Letter.number))).where(
            col(Letter.unit_id) == unit_id, col(Letter.year) == year
        )
    ).one()
    return year, (last or 0) + 1
