"""A statement as a workbook: its words, and a sheet that computes its figures again (method §6).

The second sheet holds formulas of our own over the counts; words of people are never formulas.
"""

import io
from collections.abc import Iterable
from datetime import UTC

import xlsxwriter
from xlsxwriter.workbook import Workbook

from aggregation.appraisal.statement import Statement
from aggregation.output.statement_live import write_sums
from aggregation.output.statement_parts import Line
from aggregation.output.statement_text import StatementText
from aggregation.output.statement_words import Speech
from survey.language import Language, worded

_NAME_WIDTH, _SAID_WIDTH = 44, 90
_OPTIONS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}


def statement_xlsx(statement: Statement, text: StatementText, language: Language) -> bytes:
    """Return the workbook; the same statement gives the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        # A fixed time: the same rows must give the same bytes.
        at = statement.source.closed_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"created": at, "title": text.title})
        _write_words(book, text, language)
        if statement.answers is not None:
            name = language.say(worded("Hitung ulang"))
            speech = Speech(language, own=True)
            write_sums(book, book.add_worksheet(name), statement, text, speech)
    return out.getvalue()


def _write_words(book: Workbook, text: StatementText, language: Language) -> None:
    sheet = book.add_worksheet(language.say(worded("Pernyataan")))
    bold = book.add_format({"bold": True, "valign": "top"})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, _NAME_WIDTH, wrapped)
    sheet.set_column(1, 1, _SAID_WIDTH, wrapped)
    for line, (name, said) in enumerate(_rows(text)):
        sheet.write_string(line, 0, name, wrapped if said else bold)
        if said:
            sheet.write_string(line, 1, said, wrapped)


def _rows(text: StatementText) -> Iterable[tuple[str, str]]:
    yield text.title, ""
    yield " · ".join(text.about), ""
    if text.strengths:
        yield text.headings["strengths"], ""
        yield from _of_lines(text.strengths)
    yield text.headings["figure"], ""
    yield text.index or "", " ".join(text.standing)
    yield from ((sentence, "") for sentence in (*text.basis, *text.proposal))
    if text.sums:
        yield text.headings["origin"], ""
        yield from ((each.label, f"{each.expression} = {each.result}") for each in text.sums)
        yield " ".join(text.rounding), ""
    yield text.headings["asides"], ""
    yield text.aside_lead, ""
    yield from _of_lines(text.asides)
    if text.changes:
        yield text.headings["changes"], ""
        yield from ((sentence, "") for sentence in text.changes)
    for name, lines in (("facts", text.facts), ("rule", text.rule)):
        yield text.headings[name], ""
        yield from _of_lines(lines)
    yield text.headings["objection"], ""
    yield " ".join(text.objection), ""
    yield text.headings["seal"], ""
    yield from ((sentence, "") for sentence in text.seal)
    yield " · ".join(text.footer), ""


def _of_lines(lines: Iterable[Line]) -> Iterable[tuple[str, str]]:
    return ((each.name, f"{each.said} ({each.note})" if each.note else each.said) for each in lines)
