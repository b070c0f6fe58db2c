"""The last look before a report is issued: what it says, its number, and that it is for good."""

from uuid import UUID, uuid4

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_wtf import FlaskForm
from werkzeug import Response
from wtforms import HiddenField

from aggregation.access.roles import Right
from aggregation.months.period import Period
from aggregation.output.period_words import period_name
from aggregation.output.report.drafted_report import DraftedReport
from aggregation.output.report.report_issue import Asked, ReportChanged, issue
from aggregation.publishing.issued_reports import (
    FiguresChanged,
    FormUsed,
    NumberTaken,
    issued_reports,
    next_number,
    reference,
)
from aggregation.publishing.report_texts import Part
from aggregation.site.guard import cause, needs, unit, unit_today
from aggregation.site.reports.draft_pages import UNPRINTABLE
from aggregation.site.reports.named_period import NO_REPORT, WHY_NOT, drafted, named_period
from aggregation.site.telling import tell
from kiosk.typesetting import LetterNotPrintable
from survey.database import reading
from survey.language import worded
from survey.site import here
from survey.spoken import spoken

issuing = Blueprint("issuing", __name__)

CHANGED = worded(
    "Laporan berubah sejak Anda membukanya, jadi belum diterbitkan. Periksa lagi, lalu terbitkan."
)
BUSY = worded("Laporan lain sedang diterbitkan. Coba terbitkan lagi.")


class IssueForm(FlaskForm):  # type: ignore[misc]
    """Which form it is, and what was looked at."""

    drawn = HiddenField()
    seen = HiddenField()


@issuing.route("/unit/<code>/laporan/<period>/terbitkan", methods=["GET", "POST"])
@needs(Right.PUBLISH, names_people=True)
def confirm(code: str, period: str) -> str | Response:
    """Show what would be issued, and issue it."""
    asked, form = named_period(period), IssueForm()
    back = redirect(url_for("reports.drafts.word", code=code, period=period), 303)
    if form.validate_on_submit():
        _issue(asked, form)
        return back
    with reading(here().engine) as session:
        found = drafted(session, asked, cause().at)
        issued = issued_reports(session, unit().id, asked.name)
        _, number = next_number(session, unit().id, cause().at)
    if not isinstance(found, DraftedReport):
        return back
    form.drawn.data, form.seen.data = str(uuid4()), found.seen
    return render_template(
        "aggregation/reports/issue.html",
        form=form,
        period=asked,
        name=period_name(asked, spoken()),
        drafted=found,
        issued=issued,
        reference=reference(number, unit_today()),
        signer=found.texts[Part.NAMA],
    )


def _issue(period: Period, form: IssueForm) -> None:
    try:
        drawn = UUID(form.drawn.data or "")
    except ValueError:
        abort(400)
    public_url = here().settings.public_url
    asked = Asked(unit(), period, drawn, form.seen.data or "", public_url)
    try:
        issued_id = issue(here().engine, asked, cause())
    except (ReportChanged, FiguresChanged):
        tell(CHANGED, "bad")
    except (NumberTaken, FormUsed):
        tell(BUSY, "bad")
    except LetterNotPrintable:
        tell(UNPRINTABLE, "bad")
    except NO_REPORT as reason:
        tell(WHY_NOT[type(reason)], "bad")
    else:
        _tell_issued(period, issued_id)


def _tell_issued(period: Period, issued_id: UUID) -> None:
    with reading(here().engine) as session:
        known = issued_reports(session, unit().id, period.name)
    [issued] = [each for each in known if each.id == issued_id]
    tell(
        worded("Laporan nomor %(number)s diterbitkan. Unduh, cetak, lalu tanda tangani."),
        number=issued.reference,
    )
