"""Sheets of the workbook that tell: summary, respondents, trend and follow-up plan."""

from collections.abc import Iterator

from xlsxwriter.worksheet import Worksheet

from aggregation.output.period_words import period_name
from aggregation.output.report.live_sheets import Formats, grade_formula, total_row
from aggregation.output.report.report_pdf import TITLE, Issue
from aggregation.output.report.report_tables import (
    CUTS,
    HIDDEN,
    STATES,
    WHY_HIDDEN,
    WITHHELD,
    plan_table,
)
from aggregation.output.report.report_words import WORDS, months_of, name_of
from aggregation.output.report.skm_report import Group, SkmReport
from aggregation.publishing.report_texts import Part, Texts
from survey.questionnaire import ITEMS

_PARTS = (
    (Part.RESPONDEN, "Jumlah responden"),
    (Part.KEKUATAN, "Kekuatan"),
    (Part.KELEMAHAN, "Kelemahan"),
    (Part.TREN, "Perkembangan"),
    (Part.TINDAK_LANJUT, "Rencana tindak lanjut"),
    (Part.PENUTUP, "Penutup"),
)


def write_summary(
    sheet: Worksheet, report: SkmReport, texts: Texts, issue: Issue | None, formats: Formats
) -> None:
    """Write what the report is of, its index by reference, and what it says in words."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    sheet.write_string(0, 0, TITLE, formats.bold)
    row = 0
    for row, (name, said) in enumerate(_about(report, issue), start=2):
        sheet.write_string(row, 0, name, formats.bold)
        sheet.write_string(row, 1, said)
    total, index = total_row(report), report.standing.index
    for name, formula, value in (
        ("IKM unit pelayanan", f"=Unsur!K{total}", float(index.index)),
        ("Mutu", f"=Unsur!L{total}", index.grade.letter),
        ("Kuesioner lengkap", f"=Unsur!G{total}", index.n),
    ):
        row += 1
        sheet.write_string(row, 0, name, formats.bold)
        form = formats.left_points if isinstance(value, float) else formats.left
        sheet.write_formula(row, 1, formula, form, value)
    interval = report.standing.interval
    sheet.write_string(row + 1, 0, "Rentang kepercayaan 95%", formats.bold)
    span = f"{WORDS.figure(interval.low)} sampai {WORDS.figure(interval.high)}"
    sheet.write_string(row + 1, 1, span)
    for place, (part, name) in enumerate(_PARTS, start=row + 3):
        sheet.write_string(place, 0, name, formats.bold_top)
        sheet.write_string(place, 1, texts[part], formats.wrapped)


def _about(report: SkmReport, issue: Issue | None) -> Iterator[tuple[str, str]]:
    yield "Unit", report.unit.name
    yield "Periode", f"{name_of(report)} ({months_of(report)})"
    yield "Nomor", issue.reference if issue else "Konsep, belum diterbitkan"
    if issue:
        yield "Diterbitkan", WORDS.day(issue.issued_on)
    yield "Angka dirilis", WORDS.day(report.released_on)


def write_respondents(sheet: Worksheet, report: SkmReport, formats: Formats) -> None:
    """Write the respondents by each cut; shares are formulas, hidden cells are dashes."""
    sheet.set_column(0, 0, 40)
    sheet.set_column(1, 4, 12)
    sheet.write_string(0, 0, "Semua responden", formats.bold)
    sheet.write_formula(0, 1, f"=Unsur!G{total_row(report)}", None, report.counts.n)
    row = 1
    for each in report.respondents:
        row += 1
        for place, name in enumerate((CUTS[each.cut], "Jumlah", "Persen", "IKM", "Mutu")):
            sheet.write_string(row, place, name, formats.head)
        if not each.groups:
            row += 1
            sheet.write_string(row, 0, WITHHELD)
        for group in each.groups:
            row += 1
            _write_group(sheet, row, group, formats)
        row += 1
    if any(each.has_hidden for each in report.respondents):
        sheet.write_string(row + 1, 0, WHY_HIDDEN)


def _write_group(sheet: Worksheet, row: int, group: Group, formats: Formats) -> None:
    sheet.write_string(row, 0, group.label)
    if group.n is None or group.share is None:
        for place in range(1, 5):
            sheet.write_string(row, place, HIDDEN, formats.right)
        return
    sheet.write_number(row, 1, group.n)
    share = f"=ROUND(100*B{row + 1}/$B$1,1)"
    sheet.write_formula(row, 2, share, formats.share, float(group.share))
    if group.index is not None and group.letter is not None:
        sheet.write_number(row, 3, float(group.index), formats.points)
        grade = grade_formula(f"D{row + 1}", "Unsur")
        sheet.write_formula(row, 4, grade, formats.right, group.letter)


def write_trend(sheet: Worksheet, report: SkmReport, formats: Formats) -> None:
    """Write the indices of the periods up to this one; differences and grades are formulas."""
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 6, 14)
    head = ("Periode", "Responden", "IKM", "Batas bawah 95%", "Batas atas 95%", "Selisih", "Mutu")
    for place, name in enumerate(head):
        sheet.write_string(0, place, name, formats.head)
    before = None
    for row, each in enumerate(report.trend, start=1):
        sheet.write_string(row, 0, period_name(each.period, WORDS))
        standing = each.standing
        if standing is None:
            for place in range(1, len(head)):
                sheet.write_string(row, place, HIDDEN, formats.right)
            before = None
            continue
        index, interval = standing.index, standing.interval
        sheet.write_number(row, 1, index.n)
        for place, figure in enumerate((index.index, interval.low, interval.high), start=2):
            sheet.write_number(row, place, float(figure), formats.points)
        if before is not None:
            change = f"=ROUND(C{row + 1}-C{row},2)"
            sheet.write_formula(row, 5, change, formats.change, float(index.index - before))
        grade = grade_formula(f"C{row + 1}", "Unsur")
        sheet.write_formula(row, 6, grade, formats.right, index.grade.letter)
        before = index.index


def write_plan(sheet: Worksheet, report: SkmReport, formats: Formats) -> None:
    """Write the follow-up plan as it is printed, and what became of the one before."""
    for place, width in enumerate((6, 24, 60, 8, 8, 8, 8, 32)):
        sheet.set_column(place, place, width)
    table = plan_table(report)
    for place, name in enumerate(table.head):
        sheet.write_string(0, place, name, formats.head)
    row = 0
    for row, cells in enumerate(table.rows, start=1):
        for place, cell in enumerate(cells):
            sheet.write_string(row, place, cell, formats.wrapped)
    if report.earlier_plan:
        row += 2
        sheet.write_string(row, 0, "Pelaksanaan rencana sebelumnya", formats.bold)
    for line, each in enumerate(report.earlier_plan, start=row + 1):
        element = "Umum" if each.element is None else ITEMS[each.element].short
        sheet.write_string(line, 1, element, formats.wrapped)
        sheet.write_string(line, 2, each.action, formats.wrapped)
        sheet.write_string(line, 7, STATES[each.state], formats.wrapped)
