"""Official reports: numbered by unit and year without a gap, kept, never changed (method §11).

A report is set before it is kept, because setting takes a while and whoever keeps one holds the
unit; so it is set with the number that comes next, and kept only if that number is still free.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Literal
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlmodel import Session, col

from aggregation.access.models import Account
from aggregation.changes.batch import Cause, hold_unit
from aggregation.months.models import Release
from aggregation.publishing.models import IssuedReport
from survey.log import Act, record
from survey.merkle import Scalar
from survey.models import ServiceUnit
from survey.month import local_day, time_zone
from survey.units import local_today

Kind = Literal["pdf", "xlsx"]

_MARK = "SKM"
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")


class NumberTaken(Exception):
    """Another report of the unit was issued meanwhile; this one has to be set anew."""


class FiguresChanged(Exception):
    """The period was released anew since the report was made."""


class FormUsed(Exception):
    """The form was sent before, for another report."""


@dataclass(frozen=True, slots=True)
class Made:
    """A report that is ready to be kept.

    Attributes
    ----------
    id
        Drawn when the form was shown, so that a form that is sent twice issues one report.
    content
        Everything it tells, as JSON.
    """

    id: UUID
    unit_id: int
    period: str
    release_id: UUID
    year: int
    number: int
    content: str
    pdf: bytes
    xlsx: bytes

    @property
    def digest(self) -> bytes:
        """SHA-256 of the digests of its content and of both files."""
        parts = (self.content.encode(), self.pdf, self.xlsx)
        return sha256(b"".join(sha256(part).digest() for part in parts)).digest()


@dataclass(frozen=True, slots=True)
class Issued:
    """A report that was issued, without its files.

    Attributes
    ----------
    issued_on
        The day in the unit's own zone.
    issuer
        The name of whoever issued it.
    is_outdated
        Whether the period was released anew since.
    """

    id: UUID
    period: str
    year: int
    number: int
    issued_on: date
    issuer: str
    digest: bytes
    is_outdated: bool

    @property
    def reference(self) -> str:
        """Its number as offices write it."""
        return reference(self.number, self.issued_on)


def reference(number: int, issued_on: date) -> str:
    """Return how a report's number is written.

    Examples
    --------
    >>> reference(3, date(2026, 10, 12))
    '003/SKM/X/2026'
    """
    return f"{number:03}/{_MARK}/{_ROMAN[issued_on.month - 1]}/{issued_on.year}"


def next_number(session: Session, unit_id: int, at: datetime) -> tuple[int, int]:
    """Return the year in the unit's own zone, and the number that follows its last report."""
    year = local_today(session, unit_id, at).year
    last = session.scalars(
        select(func.max(col(IssuedReport.number))).where(
            col(IssuedReport.unit_id) == unit_id, col(IssuedReport.year) == year
        )
    ).one()
    return year, (last or 0) + 1


def issue_report(session: Session, made: Made, cause: Cause) -> UUID:
    """Keep a report under its number, and return its id; what is kept already stays.

    Raises
    ------
    NumberTaken
        If its number is not the next one any more.
    FiguresChanged
        If the period was released anew since it was made.
    FormUsed
        If another report has its id.
    """
    hold_unit(session, made.unit_id)
    if was_issued(session, made.unit_id, made.period, made.id):
        return made.id
    if newest_release(session, made.unit_id, made.period) != made.release_id:
        raise FiguresChanged
    if next_number(session, made.unit_id, cause.at) != (made.year, made.number):
        raise NumberTaken
    row = {
        "id": made.id,
        "unit_id": made.unit_id,
        "period": made.period,
        "year": made.year,
        "number": made.number,
        "issued_at": cause.at,
        "issued_by": cause.by,
        "release_id": made.release_id,
        "content": made.content,
        "pdf": made.pdf,
        "xlsx": made.xlsx,
        "digest": made.digest,
    }
    session.execute(insert(IssuedReport), row)
    facts: dict[str, Scalar] = {
        "period": made.period,
        "number": made.number,
        "year": made.year,
        "digest": made.digest.hex(),
    }
    act = Act("report.issued", cause.actor, f"report {made.id}", facts, made.unit_id)
    record(session, act, cause.at)
    return made.id


def was_issued(session: Session, unit_id: int, period: str, report_id: UUID) -> bool:
    """Say whether a report of an id was issued.

    Raises
    ------
    FormUsed
        If it is of another unit or period.
    """
    known = session.execute(
        select(col(IssuedReport.unit_id), col(IssuedReport.period)).where(
            col(IssuedReport.id) == report_id
        )
    ).one_or_none()
    if known is not None and tuple(known) != (unit_id, period):
        raise FormUsed
    return known is not None


def newest_release(session: Session, unit_id: int, period: str) -> UUID | None:
    """Return the release that holds of a period."""
    return session.scalars(
        select(col(Release.id))
        .where(col(Release.unit_id) == unit_id, col(Release.period) == period)
        .order_by(col(Release.number).desc())
        .limit(1)
    ).one_or_none()


def issued_reports(session: Session, unit_id: int, period: str | None = None) -> Sequence[Issued]:
    """Return a unit's reports, the newest first, without their files."""
    newest = (
        select(col(Release.period), func.max(col(Release.number)).label("number"))
        .where(col(Release.unit_id) == unit_id)
        .group_by(col(Release.period))
        .subquery()
    )
    found = (
        select(
            col(IssuedReport.id),
            col(IssuedReport.period),
            col(IssuedReport.year),
            col(IssuedReport.number),
            col(IssuedReport.issued_at),
            func.coalesce(col(Account.name), col(IssuedReport.issued_by)),
            col(IssuedReport.digest),
            col(Release.number) < newest.c.number,
            col(ServiceUnit.time_zone),
        )
        .join(ServiceUnit, col(ServiceUnit.id) == col(IssuedReport.unit_id))
        .join(Release, col(Release.id) == col(IssuedReport.release_id))
        .join(newest, newest.c.period == col(IssuedReport.period))
        .outerjoin(Account, col(Account.key) == col(IssuedReport.issued_by))
        .where(col(IssuedReport.unit_id) == unit_id)
        .order_by(col(IssuedReport.year).desc(), col(IssuedReport.number).desc())
    )
    if period is not None:
        found = found.where(col(IssuedReport.period) == period)
    return [
        Issued(id_, of, year, number, local_day(at, time_zone(zone)), issuer, digest, bool(old))
        for id_, of, year, number, at, issuer, digest, old, zone in session.execute(found)
    ]


def issued_file(session: Session, unit_id: int, report_id: UUID, kind: Kind) -> bytes | None:
    """Return a file of a report as it was issued; None if the unit has no such report."""
    column = col(IssuedReport.pdf) if kind == "pdf" else col(IssuedReport.xlsx)
    found: bytes | None = session.scalars(
        select(column).where(
            col(IssuedReport.id) == report_id, col(IssuedReport.unit_id) == unit_id
        )
    ).one_or_none()
    return found


def last_content(session: Session, unit_id: int) -> str | None:
    """Return what the unit's last report tells, as JSON; None if it has issued none."""
    return session.scalars(
        select(col(IssuedReport.content))
        .where(col(IssuedReport.unit_id) == unit_id)
        .order_by(col(IssuedReport.year).desc(), col(IssuedReport.number).desc())
        .limit(1)
    ).one_or_none()
