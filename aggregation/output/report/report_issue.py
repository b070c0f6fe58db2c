"""Issuing a report: set with the number that comes next, and kept if nothing changed meanwhile."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.changes.batch import Cause
from aggregation.months.period import Period
from aggregation.output.report.drafted_report import DraftedReport, drafted_report
from aggregation.output.report.report_pdf import Issue
from aggregation.publishing.issued_reports import (
    Made,
    NumberTaken,
    issue_report,
    next_number,
    reference,
    was_issued,
)
from survey.database import reading, writing
from survey.units import Unit

_MOST_ATTEMPTS = 8
"""So many reports of one unit may be issued while one is set."""


class ReportChanged(Exception):
    """The report is not the one any more that was looked at before it was issued."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks to be issued.

    Attributes
    ----------
    form
        Drawn when the form was shown; one form issues one report.
    seen
        What the report was when it was looked at (`DraftedReport.seen`).
    public_url
        Where the public site is; the file leads to its seals.
    """

    unit: Unit
    period: Period
    form: UUID
    seen: str
    public_url: str = ""


def issue(engine: Engine, asked: Asked, cause: Cause) -> UUID:
    """Issue a report and return its id.

    Raises
    ------
    ReportChanged
        If it differs from what was looked at.
    NotReleased, TooFewQuestionnaires, SheetsDisagree, LetterNotPrintable
        If it cannot be made.
    FiguresChanged, FormUsed
        As `issue_report` does.
    NumberTaken
        If others issued one report after the other meanwhile.
    """
    for _ in range(_MOST_ATTEMPTS):
        with reading(engine) as session:
            if was_issued(session, asked.unit.id, asked.period.name, asked.form):
                return asked.form
            drafted = drafted_report(session, asked.unit, asked.period, cause.at, asked.public_url)
            if drafted.seen != asked.seen:
                raise ReportChanged
            made = made_now(session, asked.unit, drafted, asked.form, cause)
        try:
            with writing(engine) as session:
                return issue_report(session, made, cause)
        except NumberTaken:
            continue
    raise NumberTaken


def made_now(
    session: Session, unit: Unit, drafted: DraftedReport, form: UUID, cause: Cause
) -> Made:
    """Set a report with the number that comes next, ready to be kept.

    Raises
    ------
    LetterNotPrintable
        If a word is written with letters the fonts do not have.
    """
    year, number = next_number(session, unit.id, cause.at)
    issued_on = unit.day_of(cause.at)
    with_number = Issue(reference(number, issued_on), issued_on)
    return Made(
        id=form,
        unit_id=unit.id,
        period=drafted.report.period.name,
        release_id=drafted.report.release_id,
        year=year,
        number=number,
        content=drafted.content,
        pdf=drafted.file("pdf", with_number),
        xlsx=drafted.file("xlsx", with_number),
    )
