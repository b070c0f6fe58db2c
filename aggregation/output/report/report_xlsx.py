"""The report as a workbook whose formulas compute the printed figures once more (method §11).

Every formula carries its printed figure as its value, so that a viewer that computes nothing shows
it too. Words that people wrote are never formulas.
"""

import io
from datetime import UTC, datetime

import xlsxwriter
from xlsxwriter.workbook import Workbook

from aggregation.output.report.live_sheets import Formats, write_elements, write_sheets
from aggregation.output.report.report_pdf import TITLE, Issue
from aggregation.output.report.report_words import name_of
from aggregation.output.report.skm_report import SkmReport
from aggregation.output.report.told_sheets import (
    write_plan,
    write_respondents,
    write_summary,
    write_trend,
)
from aggregation.publishing.report_texts import Texts

SUMMARY, ELEMENTS, RESPONDENTS = "Ringkasan", "Unsur", "Responden"
SHEETS, TREND, PLAN = "Per responden", "Tren", "RTL"

_OPTIONS = {
    # Rows go out as they are written: a year of a large office has tens of thousands.
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
}


def report_xlsx(report: SkmReport, texts: Texts, issue: Issue | None) -> bytes:
    """Return the workbook; the same report gives the same bytes."""
    out = io.BytesIO()
    day = issue.issued_on if issue else report.released_on
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        # A fixed time: the same rows must give the same bytes.
        at = datetime(day.year, day.month, day.day, tzinfo=UTC).replace(tzinfo=None)
        title = f"{TITLE}, {report.unit.name}, {name_of(report)}"
        book.set_properties({"created": at, "title": title})
        formats = _formats(book)
        write_summary(book.add_worksheet(SUMMARY), report, texts, issue, formats)
        write_elements(book.add_worksheet(ELEMENTS), report, formats)
        write_respondents(book.add_worksheet(RESPONDENTS), report, formats)
        write_sheets(book.add_worksheet(SHEETS), report, formats)
        write_trend(book.add_worksheet(TREND), report, formats)
        write_plan(book.add_worksheet(PLAN), report, formats)
    return out.getvalue()


def _formats(book: Workbook) -> Formats:
    return Formats(
        head=book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        bold=book.add_format({"bold": True}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top"}),
        points=book.add_format({"num_format": "0.00"}),
        bold_points=book.add_format({"num_format": "0.00", "bold": True}),
        means=book.add_format({"num_format": "0.0000"}),
        share=book.add_format({"num_format": "0.0"}),
        change=book.add_format({"num_format": "+0.00;-0.00;0.00"}),
        right=book.add_format({"align": "right"}),
        left=book.add_format({"align": "left"}),
        left_points=book.add_format({"num_format": "0.00", "align": "left", "bold": True}),
        bold_top=book.add_format({"bold": True, "valign": "top"}),
    )
