"""A report before it is issued: what its figures are, its texts to word, and what it looks like."""

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask_wtf import FlaskForm
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.method.annex_rule import LEAST_FOR_ANNEX
from aggregation.months.period import Period
from aggregation.output.period_words import period_name
from aggregation.output.report.drafted_report import DraftedReport
from aggregation.publishing.issued_reports import Kind, issued_reports
from aggregation.publishing.report_texts import (
    SIGNATURE,
    Part,
    TextTooLong,
    keep_texts,
    longest,
)
from aggregation.site.guard import cause, needs, unit
from aggregation.site.reports.named_period import WHY_NOT, NoReport, drafted, named_period
from aggregation.site.reports.part_words import CHAPTERS, LABELS
from aggregation.site.telling import tell
from kiosk.typesetting import LetterNotPrintable
from survey.database import reading, writing
from survey.language import worded
from survey.site import here
from survey.spoken import spoken

drafts = Blueprint("drafts", __name__)

RESET = "kembalikan"
"""Name of the buttons that give a text back its draft."""

UNPRINTABLE = worded(
    "Laporan belum dapat dicetak: ada huruf yang bukan huruf Latin atau tanda yang tidak dikenal. "
    "Perbaiki teks atau namanya, lalu coba lagi."
)
_TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_UNPROCESSABLE = 422


@dataclass(frozen=True, slots=True)
class TooLong:
    """A text that was not taken: it stays in its field."""

    part: Part
    most: int


@drafts.route("/unit/<code>/laporan/<period>", methods=["GET", "POST"])
@needs(Right.PUBLISH, names_people=True)
def word(code: str, period: str) -> str | tuple[str, int] | Response:
    """Show a period's report with its texts, and keep what somebody worded."""
    asked, form, too_long = named_period(period), FlaskForm(), None
    with reading(here().engine) as session:
        found = drafted(session, asked, cause().at)
        issued = issued_reports(session, unit().id, asked.name)
    if not isinstance(found, DraftedReport):
        return _no_report(asked, found)
    if form.validate_on_submit():
        try:
            _keep(asked, found)
        except TextTooLong as error:
            too_long = TooLong(error.part, longest(error.part))
        else:
            anchor = request.form.get(RESET) or "teks"
            return redirect(url_for(".word", code=code, period=period, _anchor=anchor), 303)
    page = render_template(
        "aggregation/reports/draft.html",
        form=form,
        name=period_name(asked, spoken()),
        drafted=found,
        issued=issued,
        texts={**found.texts, **(_sent() if too_long else {})},
        too_long=too_long,
        chapters=CHAPTERS,
        labels=LABELS,
        signature=SIGNATURE,
        longest=longest,
        least_for_annex=LEAST_FOR_ANNEX,
    )
    return (page, _UNPROCESSABLE) if too_long else page


@drafts.get("/unit/<code>/laporan/<period>/konsep/<any(pdf,xlsx):kind>")
@needs(Right.PUBLISH, names_people=True)
def preview(code: str, period: str, kind: Kind) -> Response:
    """Send the report as a draft, which says so on every page."""
    asked = named_period(period)
    with reading(here().engine) as session:
        found = drafted(session, asked, cause().at)
    back = url_for(".word", code=code, period=period)
    if not isinstance(found, DraftedReport):
        return redirect(back, 303)
    try:
        made = found.file(kind)
    except LetterNotPrintable:
        tell(UNPRINTABLE, "bad")
        return redirect(back, 303)
    name = f"konsep-laporan-skm-{code}-{asked.name}.{kind}"
    return send_file(BytesIO(made), _TYPES[kind], download_name=name)


def _no_report(period: Period, reason: NoReport) -> str:
    return render_template(
        "aggregation/reports/none.html",
        name=period_name(period, spoken()),
        why=WHY_NOT[type(reason)],
        missing=getattr(reason, "missing", ()),
    )


def _sent() -> dict[Part, str]:
    return {part: request.form[part.value] for part in Part if part.value in request.form}


def _keep(period: Period, found: DraftedReport) -> None:
    """Keep what was sent; a text whose button was pressed gets its draft back.

    Raises
    ------
    TextTooLong
        If one is longer than a report takes.
    """
    texts, reset = _sent(), request.form.get(RESET)
    if reset in {part.value for part in Part}:
        texts[Part(reset)] = found.drafts[Part(reset)]
    with writing(here().engine) as session:
        keep_texts(session, unit().id, period.name, texts, drafts=found.drafts, cause=cause())
    tell(worded("Teks dikembalikan ke usulan.") if reset else worded("Teks laporan tersimpan."))
