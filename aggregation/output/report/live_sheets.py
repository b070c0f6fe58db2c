"""Sheets of the workbook that compute: the index by element, and the ratings of each respondent.

The weight is an exact ninth: the sum of the ratings divided by nine times the questionnaires. With
0.111 a perfect sheet would give 99.90.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from aggregation.method.grades import GRADES_2017
from aggregation.output.report.report_annexes import place_of, why_no_sheets
from aggregation.output.report.report_tables import WEIGHT
from aggregation.output.report.skm_report import ElementFigures, SkmReport

FIRST = 4
"""Row of the first element or respondent, from 1 as a spreadsheet numbers them."""

_GRADES_AT = "O"
_WHY = (
    f"Bobot setiap unsur ditulis {WEIGHT}; rumusnya memakai sepersembilan yang tepat (/9), "
    "sehingga nilai sempurna adalah 100,00."
)
_HEAD = (
    "", "Unsur", "Nilai 1", "Nilai 2", "Nilai 3", "Nilai 4", "n", "Jumlah nilai", "NRR",
    f"NRR tertimbang ({WEIGHT})", "IKM", "Mutu",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Formats:
    """How cells look."""

    head: Format
    bold: Format
    wrapped: Format
    points: Format
    bold_points: Format
    means: Format
    share: Format
    change: Format
    right: Format
    left: Format
    left_points: Format
    bold_top: Format


def grade_formula(cell: str, sheet: str = "") -> str:
    """Return the formula of the grade of an index, from the legend of the sheet of elements."""
    from_sheet = f"{sheet}!" if sheet else ""
    last = FIRST + len(GRADES_2017) - 1
    low, letter = _GRADES_AT, chr(ord(_GRADES_AT) + 1)
    lowest = f"{from_sheet}${low}${FIRST}:${low}${last}"
    return f"=LOOKUP({cell},{lowest},{from_sheet}${letter}${FIRST}:${letter}${last})"


def total_row(report: SkmReport) -> int:
    """Return the row of the unit's index on the sheet of elements."""
    return FIRST + len(report.elements)


def write_elements(sheet: Worksheet, report: SkmReport, formats: Formats) -> None:
    """Write the nine elements, the unit's index below them, and the legend of grades beside."""
    sheet.set_column(1, 1, 24)
    sheet.set_column(2, 13, 12)
    sheet.set_column(14, 16, 16)
    sheet.freeze_panes(FIRST - 1, 2)
    sheet.write_string(0, 0, "IKM per unsur", formats.bold)
    sheet.write_string(1, 0, _WHY)
    for place, name in enumerate(_HEAD):
        sheet.write_string(FIRST - 2, place, name, formats.head)
    for place, name in enumerate(("IKM mulai", "Mutu", "Kinerja unit")):
        sheet.write_string(FIRST - 2, ord(_GRADES_AT) - ord("A") + place, name, formats.head)
    for line, each in enumerate(report.elements, start=FIRST):
        _write_element(sheet, line, each, formats)
        _write_grade(sheet, line, formats)
    _write_total(sheet, report, formats)


def _write_element(sheet: Worksheet, line: int, each: ElementFigures, formats: Formats) -> None:
    row, figures = line - 1, each.figures
    sheet.write_string(row, 0, each.number)
    sheet.write_string(row, 1, each.name)
    for place, count in enumerate(each.counts, start=2):
        sheet.write_number(row, place, count)
    sheet.write_formula(row, 6, f"=SUM(C{line}:F{line})", None, figures.n)
    total = f"=C{line}*1+D{line}*2+E{line}*3+F{line}*4"
    sheet.write_formula(row, 7, total, None, figures.rating_sum)
    sheet.write_formula(row, 8, f"=H{line}/G{line}", formats.means, float(figures.nrr))
    sheet.write_formula(row, 9, f"=H{line}/G{line}/9", formats.means, float(each.weighted))
    index = f"=ROUND(25*H{line}/G{line},2)"
    sheet.write_formula(row, 10, index, formats.points, float(figures.index))
    sheet.write_formula(row, 11, grade_formula(f"K{line}"), None, figures.grade.letter)


def _write_grade(sheet: Worksheet, line: int, formats: Formats) -> None:
    """Write a line of the legend, the lowest grade first, as LOOKUP reads it."""
    rising = GRADES_2017[::-1]
    if line - FIRST < len(rising):
        grade, column = rising[line - FIRST], ord(_GRADES_AT) - ord("A")
        sheet.write_number(line - 1, column, float(grade.lowest), formats.points)
        sheet.write_string(line - 1, column + 1, grade.letter)
        sheet.write_string(line - 1, column + 2, grade.category)


def _write_total(sheet: Worksheet, report: SkmReport, formats: Formats) -> None:
    total, index = total_row(report), report.standing.index
    first, last, row = FIRST, total - 1, total - 1
    sheet.write_string(row, 1, "IKM unit pelayanan", formats.bold)
    sheet.write_formula(row, 6, f"=G{first}", None, index.n)
    ratings = sum(each.figures.rating_sum for each in report.elements)
    sheet.write_formula(row, 7, f"=SUM(H{first}:H{last})", None, ratings)
    weighted = f"=H{total}/G{total}/9"
    sheet.write_formula(row, 9, weighted, formats.means, float(report.weighted_mean))
    said = f"=ROUND(25*SUM(H{first}:H{last})/(9*G{total}),2)"
    sheet.write_formula(row, 10, said, formats.bold_points, float(index.index))
    sheet.write_formula(row, 11, grade_formula(f"K{total}"), formats.bold, index.grade.letter)


def write_sheets(sheet: Worksheet, report: SkmReport, formats: Formats) -> None:
    """Write the ratings of each respondent, shuffled, and the sums below them (method §9)."""
    sheet.set_column(0, 0, 24)
    sheet.write_string(0, 0, "Nilai per responden dan per unsur", formats.bold)
    if report.sheets is None:
        sheet.write_string(1, 0, why_no_sheets(report))
        return
    sheet.write_string(1, 0, "Baris diacak; nomor tidak menunjukkan urutan kedatangan.")
    sheet.freeze_panes(FIRST - 1, 1)
    sheet.write_string(FIRST - 2, 0, "No", formats.head)
    for place, each in enumerate(report.elements, start=1):
        sheet.write_string(FIRST - 2, place, each.number, formats.head)
    places = place_of(report)
    for line, ratings in enumerate(report.sheets, start=1):
        row = FIRST - 2 + line
        sheet.write_number(row, 0, line)
        for column, place in enumerate(places, start=1):
            sheet.write_number(row, column, ratings[place])
    _write_sums(sheet, report, formats, FIRST + len(report.sheets) - 1)


def _write_sums(sheet: Worksheet, report: SkmReport, formats: Formats, last: int) -> None:
    elements, index = report.elements, report.standing.index
    columns = [xl_col_to_name(place) for place in range(1, len(elements) + 1)]
    n = f"COUNT(B{FIRST}:B{last})"
    sums, means, weighted = last + 1, last + 2, last + 3
    each = list(zip(columns, elements, strict=True))
    first, final = columns[0], columns[-1]
    total = f"=SUM({first}{weighted}:{final}{weighted})"
    said = f"=ROUND(25*SUM({first}{sums}:{final}{sums})/(9*{n}),2)"
    grade = grade_formula(f"{first}{weighted + 2}", "Unsur")
    # Row by row: what was left cannot be gone back to.
    rows = (
        _Sums("Jumlah", None, [(f"=SUM({c}{FIRST}:{c}{last})", e.figures.rating_sum)
                               for c, e in each]),
        _Sums("NRR", formats.means, [(f"={c}{sums}/{n}", float(e.figures.nrr)) for c, e in each]),
        _Sums(f"NRR tertimbang ({WEIGHT})", formats.means,
              [(f"={c}{means}/9", float(e.weighted)) for c, e in each]),
        _Sums("Jumlah NRR tertimbang", formats.means, [(total, float(report.weighted_mean))]),
        _Sums("IKM unit pelayanan", formats.bold_points, [(said, float(index.index))]),
        _Sums("Mutu", formats.right, [(grade, index.grade.letter)]),
    )  # fmt: skip
    for row, of_row in enumerate(rows, start=last):
        sheet.write_string(row, 0, of_row.name, formats.bold)
        for place, (formula, value) in enumerate(of_row.formulas, start=1):
            sheet.write_formula(row, place, formula, of_row.form, value)


@dataclass(frozen=True, slots=True)
class _Sums:
    """A row below the ratings: its formulas, each with its printed figure."""

    name: str
    form: Format | None
    formulas: Sequence[tuple[str, Any]]
