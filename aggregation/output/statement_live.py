"""The sheet of a statement's workbook that computes its figures once more, cell by cell.

Every formula carries the printed figure as its value, so that the sheet shows it also where
nothing computes; beside it stands the printed figure itself.
"""

from dataclasses import dataclass
from decimal import Decimal

from xlsxwriter.format import Format
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from aggregation.appraisal.stated import Answers
from aggregation.appraisal.statement import Statement
from aggregation.method.worked_formula import Formula, Step
from aggregation.output.statement_text import StatementText
from aggregation.output.statement_words import ELEMENT_NAMES, Speech

WEIGHTS, FIRST = 1, 2
"""Rows of the sheet, from 0: the weights, and the first combination."""

_WIDTH = 14
_LABEL_WIDTH = 60


@dataclass(frozen=True, slots=True)
class _Columns:
    """Letters of the columns after those of the elements."""

    last: str
    x: str
    count: str
    total: str

    @classmethod
    def after(cls, elements: int) -> "_Columns":
        return cls(*(chr(ord("A") + elements - 1 + place) for place in range(4)))


def write_sums(
    book: Workbook, sheet: Worksheet, statement: Statement, text: StatementText, speech: Speech
) -> None:
    """Fill the sheet: weights, combinations with their sums, then figure after figure."""
    answers = statement.answers
    if answers is None or text.answers is None:
        return
    bold = book.add_format({"bold": True})
    columns = _Columns.after(len(statement.rule.elements))
    sheet.set_column(0, len(text.answers.head) - 1, _WIDTH)
    for place, name in enumerate(text.answers.head):
        sheet.write_string(0, place, name, bold)
    for place, element in enumerate(statement.rule.elements):
        sheet.write_number(WEIGHTS, place, element.weight)
    _write_rows(sheet, answers, columns)
    place = len(text.answers.head) + 1
    sheet.set_column(place, place, _LABEL_WIDTH)
    sheet.set_column(place + 1, place + 2, _WIDTH)
    _write_figures(sheet, statement, text, columns, book.add_format({"num_format": "0.0000"}))
    _write_elements(sheet, answers, speech, bold)


def _write_rows(sheet: Worksheet, answers: Answers, columns: _Columns) -> None:
    weights = f"$A${WEIGHTS + 1}:${columns.last}${WEIGHTS + 1}"
    for line, row in enumerate(answers.rows, start=FIRST):
        for place, rating in enumerate(row.answers):
            if rating is not None:
                sheet.write_number(line, place, rating)
        said = f"A{line + 1}:{columns.last}{line + 1}"
        mean = f'=SUMPRODUCT({weights},{said})/SUMPRODUCT({weights},--({said}<>""))'
        after = len(row.answers)
        sheet.write_formula(line, after, mean, None, row.weighted / row.divisor)
        sheet.write_number(line, after + 1, row.count)
        times = f"={columns.x}{line + 1}*{columns.count}{line + 1}"
        sheet.write_formula(line, after + 2, times, None, row.total / row.divisor)


def _write_figures(
    sheet: Worksheet, statement: Statement, text: StatementText, columns: _Columns, four: Format
) -> None:
    """Write each formula with the cells it rests on, its label before and the print behind."""
    last = FIRST + len(statement.answers.rows if statement.answers else ())
    live = _live(statement, columns, last)
    label = len(text.answers.head if text.answers else ()) + 1
    line = 0
    for formula, words in zip(statement.formulas, text.sums, strict=True):
        if formula.step not in live:
            continue
        sheet.write_string(line, label, words.label)
        sheet.write_formula(line, label + 1, live[formula.step], four, float(formula.result))
        sheet.write_string(line, label + 2, words.result)
        line += 1


def _live(statement: Statement, columns: _Columns, last: int) -> dict[Step, str]:
    """Return the formulas; each names the cells above it by their step."""
    results = {formula.step: formula for formula in statement.formulas}
    n = f"SUM({columns.count}{FIRST + 1}:{columns.count}{last})"
    sum_x = f"ROUND(SUM({columns.total}{FIRST + 1}:{columns.total}{last}),4)"
    found = {Step.SUM: f"={sum_x}", Step.RAW: f"=ROUND(25*{sum_x}/{n},2)"}
    if Step.SHRUNK not in results or statement.by.mu is None:
        return found
    k = statement.rule.shrinkage_k
    held = _held(results, sum_x, n)
    index = f"ROUND(25*({held}+{k}*{statement.by.mu})/({n}+{k}),2)"
    found[Step.SHRUNK] = f"={index}"
    value = _value(results, index)
    if value is not None:
        step = Step.VALUE if Step.VALUE in results else Step.SAME_VALUE
        found[step] = f"={value}"
        found[Step.CONTRIBUTION] = f"=ROUND({statement.rule.share_percent}*{value}/100,2)"
    return found


def _held(results: dict[Step, Formula], sum_x: str, n: str) -> str:
    offset = results.get(Step.OFFSET)
    return sum_x if offset is None else f"MIN(MAX({sum_x}-{n}*({offset.result}),{n}),4*{n})"


def _value(results: dict[Step, Formula], index: str) -> str | None:
    if Step.SAME_VALUE in results:
        return index
    line = results.get(Step.VALUE)
    if line is None:
        return None
    terms = [index if place == _INDEX_AT else _cell(t) for place, t in enumerate(line.terms)]
    return f"ROUND({''.join(terms)},2)"


_INDEX_AT = 3
"""Where the index stands among the terms of a conversion."""

_SIGNS = {"×": "*", "÷": "/", "−": "-"}


def _cell(term: Decimal | int | str) -> str:
    return _SIGNS.get(term, term) if isinstance(term, str) else str(term)


def _write_elements(sheet: Worksheet, answers: Answers, speech: Speech, bold: Format) -> None:
    """Write how often 1, 2, 3 and 4 were given for each element, below the combinations."""
    line = FIRST + len(answers.rows) + 1
    for each in answers.of_window:
        sheet.write_string(line, 0, speech.name(ELEMENT_NAMES[each.code]), bold)
        for place, count in enumerate(each.given, start=1):
            sheet.write_number(line, place, count)
        line += 1
