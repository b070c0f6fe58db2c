"""The reports of a unit: which periods have one, and the files as they were issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from uuid import UUID

from flask import Blueprint, abort, render_template, send_file
from sqlmodel import Session
from werkzeug import Response

from aggregation.access.roles import Right
from aggregation.months.period import Period
from aggregation.months.released import released_periods
from aggregation.output.period_words import period_name
from aggregation.publishing.issued_reports import Issued, Kind, issued_file, issued_reports
from aggregation.site.guard import may, needs, unit
from aggregation.site.reports.draft_pages import drafts
from aggregation.site.reports.issue_pages import issuing
from survey.database import reading
from survey.site import here
from survey.spoken import spoken

reports = Blueprint("reports", __name__)
reports.register_blueprint(drafts)
reports.register_blueprint(issuing)

TYPES = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A period with the reports that were issued of it, the newest first."""

    period: Period
    issued: Sequence[Issued]


@reports.get("/unit/<code>/laporan")
@needs(Right.SEE_UNIT)
def all_reports(code: str) -> str:  # noqa: ARG001 - the guard has looked it up
    """List the periods that can be reported, and what was issued of each."""
    with reading(here().engine) as session:
        lines = _lines(session)
    return render_template(
        "aggregation/reports/all.html",
        lines=lines if may(Right.PUBLISH) else [line for line in lines if line.issued],
        period_name=lambda period: period_name(period, spoken()),
    )


@reports.get("/unit/<code>/laporan/terbit/<uuid:report>/<any(pdf,xlsx):kind>")
@needs(Right.SEE_UNIT, names_people=True)
def file(code: str, report: UUID, kind: Kind) -> Response:
    """Send a file of a report as it was issued."""
    with reading(here().engine) as session:
        found = next((r for r in issued_reports(session, unit().id) if r.id == report), None)
        kept = issued_file(session, unit().id, report, kind)
    if found is None or kept is None:
        abort(404)
    name = f"laporan-skm-{code}-{found.period}-{found.year}-{found.number:03}.{kind}"
    return send_file(BytesIO(kept), TYPES[kind], download_name=name)


def _lines(session: Session) -> Sequence[Line]:
    """Return the periods, those that ended last before the others, longer ones in front."""
    issued = issued_reports(session, unit().id)
    periods = {each.name: each for each in released_periods(session, unit().id)}
    return [
        Line(period, [each for each in issued if each.period == period.name])
        for period in sorted(
            periods.values(), key=lambda each: (each.months[-1], len(each.months)), reverse=True
        )
    ]
