"""A statement in words, section by section: page, PDF and XLSX all print this one text (method §6).

Nothing is computed here but distances between printed figures.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from aggregation.appraisal.statement import Statement
from aggregation.method.officer_score import Reader
from aggregation.method.strengths import ElementCounts
from aggregation.output.statement_asides import aside_lead, asides
from aggregation.output.statement_outlook import changes, objection, proposal
from aggregation.output.statement_parts import Line, Sum, Table
from aggregation.output.statement_rule import rule_lines
from aggregation.output.statement_seal import seal_lines
from aggregation.output.statement_standing import basis, beside, standing
from aggregation.output.statement_tables import answer_table, element_tables, service_table, sums
from aggregation.output.statement_words import ELEMENT_NAMES, HEADINGS, Speech
from survey.language import Language, worded


@dataclass(frozen=True, slots=True)
class StatementText:
    """Every word of a statement, in the order in which it is read.

    Attributes
    ----------
    about
        Who, which unit, month and revision.
    index
        The big figure; None where there is none.
    standing
        What a colleague would say of it.
    tables, answers, sums
        Counts by element, the table of combinations, and the formulas.
    facts
        Coverage, reliability and what stands beside the figures.
    """

    language: str
    headings: Mapping[str, str]
    title: str
    about: tuple[str, ...]
    strengths: tuple[Line, ...]
    index: str | None
    standing: tuple[str, ...]
    proposal: tuple[str, ...]
    basis: tuple[str, ...]
    tables: tuple[Table, ...]
    answers: Table | None
    services: Table | None
    origin: tuple[str, ...]
    sums: tuple[Sum, ...]
    rounding: tuple[str, ...]
    aside_lead: str
    asides: tuple[Line, ...]
    changes: tuple[str, ...]
    facts: tuple[Line, ...]
    rule: tuple[Line, ...]
    objection: tuple[str, ...]
    footer: tuple[str, ...]
    seal: tuple[str, ...]


def statement_text(statement: Statement, language: Language) -> StatementText:
    """Return a statement in a language, as its reader is addressed."""
    speech = Speech(language, statement.reader is Reader.OFFICER)
    answers = statement.answers
    return StatementText(
        language=language.code,
        headings=_headings(statement, speech),
        title=_title(statement, speech),
        about=_about(statement, speech),
        strengths=tuple(_strength(each, speech) for each in answers.strengths) if answers else (),
        index=speech.figure(statement.figures.index or statement.figures.raw)
        if statement.figures
        else None,
        standing=standing(statement, speech),
        proposal=proposal(statement, speech),
        basis=basis(statement, speech),
        tables=element_tables(statement, speech),
        answers=answer_table(statement, speech),
        services=service_table(statement, speech),
        origin=_origin(statement, speech),
        sums=sums(statement, speech),
        rounding=_rounding(statement, speech),
        aside_lead=aside_lead(statement, speech),
        asides=asides(statement, speech),
        changes=changes(statement, speech),
        facts=beside(statement, speech),
        rule=rule_lines(statement.rule, speech),
        objection=objection(statement, speech),
        footer=_footer(statement, speech),
        seal=seal_lines(statement, speech),
    )


def _headings(statement: Statement, speech: Speech) -> dict[str, str]:
    month = speech.language.month(statement.source.month)
    return {name: speech.say(words, month=month) for name, words in HEADINGS.items()}


def _title(statement: Statement, speech: Speech) -> str:
    if speech.own:
        return speech.say(worded("Penilaian warga untuk Anda"))
    name = statement.person.name or speech.say(worded("petugas yang namanya dihapus"))
    return speech.say(worded("Penilaian warga untuk %(name)s"), name=name)


def _about(statement: Statement, speech: Speech) -> tuple[str, ...]:
    source, person = statement.source, statement.person
    revision = speech.say(worded("revisi %(number)s"), number=speech.number(source.revision))
    number = person.number and speech.say(
        worded("NIP atau nomor pegawai %(number)s"), number=person.number
    )
    month = speech.language.month(source.month)
    said = (person.name if speech.own else None, number, source.unit_name, month, revision)
    return tuple(each for each in said if each)


def _strength(element: ElementCounts, speech: Speech) -> Line:
    said = speech.say(
        worded("%(highest)s dari %(n)s warga memberi nilai tertinggi."),
        highest=speech.number(element.highest),
        n=speech.number(element.n),
    )
    return Line(speech.name(ELEMENT_NAMES[element.code]), said)


def _origin(statement: Statement, speech: Speech) -> tuple[str, ...]:
    if statement.figures is None:
        return ()
    return (
        speech.say(worded("Satu kunjungan, satu suara: setiap warga dihitung satu kali.")),
        speech.say(worded("Nilai dari satu warga disebut x.")),
        speech.say(worded("Semua angka di bawah ini dapat dihitung ulang dengan kalkulator.")),
    )


def _rounding(statement: Statement, speech: Speech) -> tuple[str, ...]:
    if statement.figures is None:
        return ()
    return (
        speech.say(worded("Setiap hasil dibulatkan sekali; angka 5 dibulatkan ke atas.")),
        speech.say(
            worded(
                "Rentang berasal dari sebaran jawaban warga ini saja, jadi rekan kerja tidak"
                " menggesernya; menghitungnya memerlukan komputer."
            )
        ),
    )


def _footer(statement: Statement, speech: Speech) -> tuple[str, ...]:
    source = statement.source
    return (
        speech.say(
            worded("Aturan versi %(rule)s · metode versi %(method)s"),
            rule=statement.rule.version,
            method=source.method_version,
        ),
        speech.say(
            worded("Dihitung %(day)s dalam revisi %(number)s"),
            day=speech.language.day(source.computed_on),
            number=speech.number(source.computed_in),
        ),
    )
