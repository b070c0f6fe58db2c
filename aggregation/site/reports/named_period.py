"""The period that an address names, and why there may be no report of it."""

from collections.abc import Mapping
from datetime import datetime

from flask import abort
from sqlmodel import Session

from aggregation.months.counted_sheets import SheetsDisagree
from aggregation.months.period import NotAPeriod, Period
from aggregation.output.report.drafted_report import DraftedReport, drafted_report
from aggregation.output.report.reported import NotReleased, TooFewQuestionnaires
from aggregation.site.guard import unit
from survey.language import worded
from survey.site import here

NoReport = NotReleased | TooFewQuestionnaires | SheetsDisagree
NO_REPORT = (NotReleased, TooFewQuestionnaires, SheetsDisagree)

WHY_NOT: Mapping[type[Exception], str] = {
    NotReleased: worded("Angka periode ini belum ada."),
    TooFewQuestionnaires: worded(
        "Kuesioner lengkap periode ini terlalu sedikit untuk ditampilkan. Pakai periode yang lebih "
        "panjang."
    ),
    SheetsDisagree: worded(
        "Kuesioner yang tersimpan tidak sama dengan angka yang dirilis. Laporan tidak dapat "
        "diterbitkan; hubungi operator TI."
    ),
}


def named_period(text: str) -> Period:
    """Return the period of an address; 404 if the text is none."""
    try:
        return Period.parse(text)
    except NotAPeriod:
        abort(404)


def drafted(session: Session, period: Period, at: datetime) -> DraftedReport | NoReport:
    """Return the unit's report as it would be issued now, or why there is none."""
    try:
        return drafted_report(session, unit(), period, at, here().settings.public_url)
    except NO_REPORT as reason:
        return reason
