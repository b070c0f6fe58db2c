"""The statement of an officer's month: page, PDF and XLSX, for the officer and for HR (method §6).

An officer's own address names nobody: whose statement it is follows from who has signed in. The
unit is looked up by the officer's own figures there, so that whoever was moved may still read
the months served before.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from sqlmodel import Session, col, select
from werkzeug import Response as Answer

from aggregation.access.roles import Right, Role
from aggregation.appraisal.earlier_values import EarlierValue, earlier_values
from aggregation.appraisal.objection_box import ObjectionBox, objection_box
from aggregation.appraisal.statement import Statement, statement_of
from aggregation.closings import Closing, OfficerFigure
from aggregation.method.officer_score import Reader
from aggregation.models import Officer
from aggregation.output.grade_scale import grade_scale
from aggregation.output.statement_pdf import statement_pdf
from aggregation.output.statement_text import StatementText, statement_text
from aggregation.output.statement_xlsx import statement_xlsx
from aggregation.site.guard import me, needs, unit
from aggregation.site.seal_shown import seal_shown
from aggregation.site.telling import tell
from kiosk.typesetting import LetterNotPrintable
from survey.database import reading
from survey.language import worded
from survey.month import Month, NotAMonth
from survey.site import here
from survey.spoken import spoken
from survey.units import UnknownUnit, unit_with

statements = Blueprint("statements", __name__)

REVISION = "revisi"
_LONGEST_REVISION = 4
_PDF = "application/pdf"
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class Shown:
    """A statement for its reader.

    Attributes
    ----------
    revisions
        Numbers of the month's revisions that have a row of the officer.
    page
        Its address; the files lie below it.
    earlier
        What earlier revisions said, as far as this reader may know.
    objection
        What the officer may do about it; None for other readers, and for earlier revisions.
    """

    statement: Statement
    text: StatementText
    revisions: Sequence[int]
    page: str
    earlier: Sequence[EarlierValue] = ()
    objection: ObjectionBox | None = None


@statements.get("/saya/pernyataan/<unit_code>/<month>")
@needs(Right.SEE_OWN_SCORE)
def own(unit_code: str, month: str) -> str:
    """Show the officer's own statement."""
    return _page(_own(unit_code, month))


@statements.get("/saya/pernyataan/<unit_code>/<month>/pdf")
@needs(Right.SEE_OWN_SCORE)
def own_pdf(unit_code: str, month: str) -> Answer:
    """Send the officer's own statement to be printed."""
    return _pdf(_own(unit_code, month))


@statements.get("/saya/pernyataan/<unit_code>/<month>/xlsx")
@needs(Right.SEE_OWN_SCORE)
def own_xlsx(unit_code: str, month: str) -> Answer:
    """Send the officer's own statement as a workbook."""
    return _xlsx(_own(unit_code, month))


@statements.get("/unit/<code>/pernyataan/<month>/<officer_key>")
@needs(Right.SEE_SCORES, names_people=True)
def of_officer(code: str, month: str, officer_key: str) -> str:  # noqa: ARG001 - the guard has it
    """Show an officer's statement to those who read scores."""
    return _page(_of_officer(month, officer_key))


@statements.get("/unit/<code>/pernyataan/<month>/<officer_key>/pdf")
@needs(Right.SEE_SCORES, names_people=True)
def of_officer_pdf(code: str, month: str, officer_key: str) -> Answer:  # noqa: ARG001
    """Send an officer's statement to be printed."""
    return _pdf(_of_officer(month, officer_key))


@statements.get("/unit/<code>/pernyataan/<month>/<officer_key>/xlsx")
@needs(Right.SEE_SCORES, names_people=True)
def of_officer_xlsx(code: str, month: str, officer_key: str) -> Answer:  # noqa: ARG001
    """Send an officer's statement as a workbook."""
    return _xlsx(_of_officer(month, officer_key))


def _own(unit_code: str, month: str) -> Shown:
    officer_id = me().officer_id or abort(404)
    with reading(here().engine) as session:
        try:
            unit_id = unit_with(session, unit_code).id or 0
        except UnknownUnit:
            abort(404)
        page = url_for(".own", unit_code=unit_code, month=month)
        reader = Reader.OFFICER
        shown = _shown(session, unit_id, month, officer_id, reader=reader, page=page, numbered=True)
        if shown.statement.source.revision != shown.revisions[-1]:
            return shown
        at = datetime.now(UTC)
        box = objection_box(session, unit_id, shown.statement.source.month, officer_id, at)
        return replace(shown, objection=box)


def _of_officer(month: str, officer_key: str) -> Shown:
    with reading(here().engine) as session:
        named = select(Officer.id).where(col(Officer.key) == officer_key)
        officer_id = session.exec(named).one_or_none() or abort(404)
        page = url_for(".of_officer", code=unit().code, month=month, officer_key=officer_key)
        numbered = me().is_a(Role.HR)
        return _shown(
            session, unit().id, month, officer_id, reader=Reader.HR, page=page, numbered=numbered
        )


def _shown(
    session: Session,
    unit_id: int,
    month: str,
    officer_id: int,
    *,
    reader: Reader,
    page: str,
    numbered: bool,
) -> Shown:
    found = _revisions_of(session, unit_id, month, officer_id)
    closing = _chosen(found, request.args.get(REVISION, ""))
    now = datetime.now(UTC)
    statement = statement_of(session, closing, officer_id, reader, now, with_number=numbered)
    numbers = [each.revision for each in found]
    earlier = earlier_values(session, closing, [officer_id], reader).get(officer_id, ())
    return Shown(statement, statement_text(statement, spoken()), numbers, page, earlier)


def _revisions_of(session: Session, unit_id: int, month: str, officer_id: int) -> Sequence[Closing]:
    """Return the revisions of a month that have a row of the officer; 404 if there is none."""
    try:
        asked = Month.parse(month)
    except NotAMonth:
        abort(404)
    found = session.exec(
        select(Closing)
        .join(OfficerFigure, col(OfficerFigure.closing_id) == col(Closing.id))
        .where(
            col(Closing.unit_id) == unit_id,
            col(Closing.month) == asked,
            col(OfficerFigure.officer_id) == officer_id,
        )
        .order_by(col(Closing.revision))
    ).all()
    return found or abort(404)


def _chosen(found: Sequence[Closing], asked: str) -> Closing:
    """Return the revision that the address asks for, the newest unless it names one."""
    if not asked:
        return found[-1]
    if not (asked.isascii() and asked.isdecimal() and len(asked) <= _LONGEST_REVISION):
        abort(404)
    return next((each for each in found if each.revision == int(asked)), None) or abort(404)


def _page(shown: Shown) -> str:
    figures = shown.statement.figures
    scale = grade_scale(figures.index or figures.raw, figures.interval) if figures else None
    return render_template(
        "aggregation/statement.html",
        text=shown.text,
        statement=shown.statement,
        revisions=shown.revisions,
        page=shown.page,
        box=shown.objection,
        earlier=shown.earlier,
        scale=scale,
        seal=seal_shown(shown.statement.seal),
    )


def _pdf(shown: Shown) -> Answer:
    try:
        public_url = here().settings.public_url
        return _file(shown, lambda found, text: statement_pdf(found, text, public_url), _PDF, "pdf")
    except LetterNotPrintable:
        tell(
            worded(
                "PDF tidak dapat dibuat: ada huruf yang tidak dapat dicetak. Pakai XLSX, atau cetak"
                " halaman ini dari peramban."
            ),
            "bad",
        )
        return redirect(f"{shown.page}?{REVISION}={shown.statement.source.revision}", 303)


def _xlsx(shown: Shown) -> Answer:
    return _file(shown, lambda found, text: statement_xlsx(found, text, spoken()), _XLSX, "xlsx")


def _file(
    shown: Shown, make: Callable[[Statement, StatementText], bytes], kind: str, ending: str
) -> Response:
    source = shown.statement.source
    response = Response(make(shown.statement, shown.text), mimetype=kind)
    name = f"pernyataan-{source.unit_code}-{source.month}-r{source.revision}"
    name = f"{name}-{shown.statement.person.key}.{ending}"
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
