"""Where a statement's figures come from: counts, combinations and formulas (method §5, §6)."""

from collections.abc import Sequence

from aggregation.appraisal.statement import Statement
from aggregation.method.strengths import ElementCounts
from aggregation.method.worked_formula import Formula
from aggregation.output.statement_parts import Sum, Table
from aggregation.output.statement_words import ELEMENT_NAMES, STEPS, Speech
from survey.language import worded

BLANK = "–"


def element_tables(statement: Statement, speech: Speech) -> tuple[Table, ...]:
    """Return the counts by element: of the window, and of the month itself."""
    answers = statement.answers
    if answers is None:
        return ()
    months = statement.window.months
    first, last = speech.language.month(months[0]), speech.language.month(months[-1])
    whole = (
        speech.say(worded("Jawaban per unsur, %(first)s sampai %(last)s"), first=first, last=last)
        if len(months) > 1
        else speech.say(worded("Jawaban per unsur, %(month)s"), month=last)
    )
    found = [_element_table(whole, answers.of_window, speech)]
    if len(months) > 1 and answers.of_month:
        caption = speech.say(worded("Hanya %(month)s"), month=last)
        found.append(_element_table(caption, answers.of_month, speech))
    return tuple(found)


def _element_table(caption: str, elements: Sequence[ElementCounts], speech: Speech) -> Table:
    head = (worded("Unsur"), "1", "2", "3", "4", worded("Rata-rata"), worded("Bobot"))
    rows = tuple(
        (
            speech.name(ELEMENT_NAMES[each.code]),
            *(speech.number(count) for count in each.given),
            BLANK if each.mean is None else speech.figure(each.mean),
            f"× {each.weight}",
        )
        for each in elements
    )
    return Table(caption, tuple(speech.name(name) for name in head), rows)


def answer_table(statement: Statement, speech: Speech) -> Table | None:
    """Return the combinations of answers with what each adds to Σx."""
    if statement.answers is None:
        return None
    codes = statement.rule.codes
    head = (
        *(speech.name(ELEMENT_NAMES[code]) for code in codes),
        speech.say(worded("x satu warga")),
        speech.say(worded("Warga")),
        speech.say(worded("Warga × x")),
    )
    lines = tuple(
        (
            *(BLANK if rating is None else str(rating) for rating in row.answers),
            _part(row.weighted, row.divisor, speech),
            speech.number(row.count),
            _part(row.total, row.divisor, speech),
        )
        for row in statement.answers.rows
    )
    caption = speech.say(
        worded("Susunan jawaban %(n)s warga, dan nilai x setiap warga"),
        n=speech.number(statement.evidence.n),
    )
    return Table(caption, head, lines, texts=0)


def _part(whole: int, divisor: int, speech: Speech) -> str:
    return speech.number(whole) if divisor == 1 else f"{speech.number(whole)}/{divisor}"


def service_table(statement: Statement, speech: Speech) -> Table | None:
    """Return the services that the rule corrects for; None unless it does."""
    if not statement.mix:
        return None
    head = (worded("Jenis layanan"), worded("Tanggapan"), worded("Rata-rata unit"))
    rows = tuple(
        (
            each.name or speech.say(worded("tidak diketahui")),
            speech.number(each.mixed.count),
            speech.figure(each.mixed.mean),
        )
        for each in statement.mix
    )
    caption = speech.say(worded("Jenis layanan yang dilayani"))
    return Table(caption, tuple(speech.say(name) for name in head), rows)


def sums(statement: Statement, speech: Speech) -> tuple[Sum, ...]:
    """Return the formulas with their numbers filled in."""
    return tuple(_sum(each, statement, speech) for each in statement.formulas)


def _sum(formula: Formula, statement: Statement, speech: Speech) -> Sum:
    by = statement.by
    label = speech.say(
        STEPS[formula.step],
        k=speech.number(by.rule.shrinkage_k),
        mu="" if by.mu is None else speech.figure(by.mu),
        share=speech.short(by.rule.share_percent),
    )
    return Sum(label, speech.expression(formula.terms), speech.figure(formula.result))
