"""A closed October that needs to be put right, and people who prepare and approve that."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.appraisal.models import Ground, RevisionRequest
from aggregation.appraisal.objection_answers import answer_objection
from aggregation.appraisal.objections import file_objection
from aggregation.appraisal.revision_approval import decide_revision, fingerprint
from aggregation.appraisal.revision_requests import Asked, draft_of, request_revision
from aggregation.changes.batch import Cause
from aggregation.closings import Closing
from aggregation.duties.duty_lines import DayException
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from survey.database import writing
from survey.month import Month
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    OCTOBER,
    Seen,
    Shift,
    SmallOffice,
    assign,
    at,
    small_office,
    store,
)

THREE_DAYS = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 2, 16, 30), Shift(0, 2, 3, 16, 30))
LATER = AFTER_OCTOBER + timedelta(days=4)
MONDAY = date(2026, 10, 5)
ADMITTED = date(2026, 11, 8)
"""The day before `LATER`: what was received before it comes in."""


def october(session: Session, months: tuple[Month, ...] = (OCTOBER,)) -> SmallOffice:
    """Close an October of three officers, 40 ratings each; two more of the first came late.

    Of the first one's ratings 12 were given on the 5th, on which the second stood at the desk.
    """
    office = small_office(session, THREE_DAYS, officers=3)
    assign(session, office, 0, 1, 2)
    seen = [Seen(MONDAY_AT_9, overall=1)] * 12
    seen += [Seen(at(12, 9), overall=4 - (n % 4 == 0)) for n in range(28)]
    seen += [Seen(at(day, 9), overall=4 - (n % 3 == 0)) for day in (6, 7) for n in range(40)]
    late = Seen(at(12, 9), overall=2, late=True, received_on=date(2026, 11, 7))
    store(session, office, [*seen, late, late])
    for month in months:
        close(session, office, month)
    return office


def close(
    session: Session, office: SmallOffice, month: Month, moment: datetime = AFTER_OCTOBER
) -> Closing:
    rules = only(DEFAULT_RULE)
    return close_month(session, office.unit_id, month, closed_by="penutup", at=moment, rules=rules)


def by(name: str, reason: str = "Sesuai daftar hadir", at: datetime = LATER) -> Cause:
    return Cause(name, reason, at, name)


def correction(office: SmallOffice, officer: int | None = 1, day: date = MONDAY) -> DayException:
    """Say that somebody else, or nobody, served on the morning of the 5th."""
    who = None if officer is None else office.officers[officer]
    return DayException(office.desks[0], who, day, 16, 24)


def duty(office: SmallOffice, officer: int | None = 1) -> Asked:
    return Asked(Ground.DUTY, corrections=[correction(office, officer)])


LATE = Asked(Ground.LATE, late_until=ADMITTED)


def prepared(
    session: Session,
    office: SmallOffice,
    asked: Asked = LATE,
    officer: int | None = None,
    *,
    month: Month = OCTOBER,
) -> RevisionRequest:
    who = None if officer is None else office.officers[officer]
    cause = by("penyusun")
    return request_revision(session, office.unit_id, month, asked, cause, officer_id=who)


def approved(
    session: Session,
    request: RevisionRequest,
    cause: Cause | None = None,
    officer_id: int | None = None,
) -> Closing | None:
    return decide_revision(
        session,
        request.unit_id,
        request.id,
        cause or by("penyetuju", ""),
        seen=fingerprint(draft_of(session, request)),
        officer_id=officer_id,
    )


def upheld(session: Session, office: SmallOffice, officer: int = 0) -> UUID:
    """Let an officer object, and a reviewer uphold it; return the objection's id."""
    cause = by("petugas", "Pada 5 Oktober saya rapat.")
    filed = file_objection(session, office.unit_id, OCTOBER, office.officers[officer], cause)
    answer = by("pemeriksa", "Absensi membenarkannya.")
    answer_objection(session, office.unit_id, filed.id, answer, upheld=True)
    return filed.id


@dataclass(frozen=True)
class Revised:
    """The keys of an office whose October is to be revised."""

    engine: Engine
    office: SmallOffice
    request_id: UUID


def waiting(engine: Engine, *, of_duty: bool = True) -> Revised:
    """Make an October with a prepared revision."""
    with writing(engine) as session:
        office = october(session)
        request = prepared(session, office, duty(office) if of_duty else LATE)
        return Revised(engine, office, request.id)
