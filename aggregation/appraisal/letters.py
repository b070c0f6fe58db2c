"""Letters of appreciation that were issued, each with what it rested on then."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, select
from sqlmodel import Session, col

from aggregation.access.models import Account
from aggregation.appraisal.models import Letter
from aggregation.closings import OfficerFigure
from aggregation.models import Officer
from aggregation.months.revisions import revisions
from survey.models import ServiceUnit
from survey.month import Month, local_day, time_zone

_MARK = "NL"
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


@dataclass(frozen=True, slots=True)
class IssuedLetter:
    """A letter as it reads.

    Attributes
    ----------
    month
        Whose ratings it thanks for.
    issued_on
        The day in the unit's own zone.
    issuer
        The name of whoever issued it.
    """

    id: UUID
    unit_id: int
    unit: str
    month: Month
    officer_id: int
    officer_key: str
    officer: str
    number: int
    issued_at: datetime
    issued_on: date
    issuer: str

    @property
    def reference(self) -> str:
        """Its number as letters of offices write it: number, sign, month of issue, year."""
        return reference(self.number, self.issued_on)


@dataclass(frozen=True, slots=True)
class Ground:
    """What a letter rested on when it was issued.

    Attributes
    ----------
    n
        Citizens whose ratings it was, over so many months that end with the letter's.
    """

    n: int
    window_months: int
    revision: int
    rule_version: str


def reference(number: int, issued_on: date) -> str:
    """Return how a letter's number is written.

    Examples
    --------
    >>> reference(3, date(2026, 10, 5))
    '003/NL/X/2026'
    """
    return f"{number:03}/{_MARK}/{_ROMAN[issued_on.month - 1]}/{issued_on.year}"


def letters_of(session: Session, unit_id: int, month: Month) -> list[IssuedLetter]:
    """Return a month's letters, in the order of names."""
    found = _read(session, _letters(unit_id).where(col(Letter.month) == month))
    return sorted(found, key=lambda letter: (letter.officer.casefold(), letter.officer_key))


def letter_in(session: Session, unit_id: int, letter_id: UUID) -> IssuedLetter | None:
    """Return a letter of a unit."""
    found = _read(session, _letters(unit_id).where(col(Letter.id) == letter_id))
    return found[0] if found else None


def letter_of(session: Session, unit_id: int, month: Month, officer_id: int) -> IssuedLetter | None:
    """Return the letter that an officer has of a month."""
    of_officer = (col(Letter.month) == month, col(Letter.officer_id) == officer_id)
    found = _read(session, _letters(unit_id).where(*of_officer))
    return found[0] if found else None


def own_letters(session: Session, officer_id: int) -> list[IssuedLetter]:
    """Return what an officer was thanked with in any unit, the newest first."""
    own = _letters().where(col(Letter.officer_id) == officer_id)
    return sorted(_read(session, own), key=lambda letter: (letter.issued_at, letter.id))[::-1]


def ground_of(session: Session, letter: IssuedLetter) -> Ground:
    """Return what a letter rested on when it was issued; later revisions change nothing in it."""
    closing = revisions(session, letter.unit_id, letter.month, letter.month, letter.issued_at)[-1]
    figure = session.scalars(
        select(OfficerFigure).where(
            col(OfficerFigure.closing_id) == closing.id,
            col(OfficerFigure.officer_id) == letter.officer_id,
        )
    ).one()
    return Ground(figure.n, figure.window_months, closing.revision, figure.rule_version)


def _letters(unit_id: int | None = None) -> Select[Letter, Officer, ServiceUnit, str | None]:
    found = (
        select(Letter, Officer, ServiceUnit, col(Account.name))
        .join(Officer, col(Officer.id) == col(Letter.officer_id))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Letter.unit_id))
        .outerjoin(Account, col(Account.key) == col(Letter.issued_by))
    )
    return found if unit_id is None else found.where(col(Letter.unit_id) == unit_id)


def _read(
    session: Session, asked: Select[Letter, Officer, ServiceUnit, str | None]
) -> Sequence[IssuedLetter]:
    return [
        IssuedLetter(
            letter.id,
            letter.unit_id,
            unit.name,
            letter.month,
            letter.officer_id,
            officer.key,
            officer.name,
            letter.number,
            letter.issued_at,
            local_day(letter.issued_at, time_zone(unit.time_zone)),
            issuer or letter.issued_by,
        )
        for letter, officer, unit, issuer in session.execute(asked)
    ]
