"""What a statement says of responses and half hours that stand apart (method §4, §5, §7)."""

from datetime import timedelta

from aggregation.appraisal.statement import Statement
from aggregation.appraisal.statement_window import StatedOutage
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.output.statement_parts import Line
from aggregation.output.statement_words import ASIDE, Speech
from aggregation.sheets.calendar_cells import clock
from survey.language import worded
from survey.month import HalfHour, starts

_HALF_HOUR = timedelta(minutes=30)


def aside_lead(statement: Statement, speech: Speech) -> str:
    """Say how many responses came in, and how many of them count."""
    if statement.window.received == statement.evidence.n:
        return speech.either(
            worded("Pada jam tugas Anda tercatat %(received)s tanggapan; semuanya dihitung."),
            worded(
                "Pada jam tugas petugas ini tercatat %(received)s tanggapan; semuanya dihitung."
            ),
            received=speech.number(statement.window.received),
        )
    return speech.either(
        worded("Pada jam tugas Anda tercatat %(received)s tanggapan; %(n)s di antaranya dihitung."),
        worded(
            "Pada jam tugas petugas ini tercatat %(received)s tanggapan;"
            " %(n)s di antaranya dihitung."
        ),
        received=speech.number(statement.window.received),
        n=speech.number(statement.evidence.n),
    )


def asides(statement: Statement, speech: Speech) -> tuple[Line, ...]:
    """Return what was set aside and why, then the outages."""
    window = statement.window
    found = [
        Line(speech.say(ASIDE[reason][0], count=speech.number(count)), speech.say(ASIDE[reason][1]))
        for reason, count in window.aside.items()
    ]
    if window.nobodys:
        found.append(
            Line(
                speech.say(
                    worded("%(count)s tanggapan tanpa petugas"), count=speech.number(window.nobodys)
                ),
                speech.say(
                    worded(
                        "Di loket yang sama, pada jam tanpa petugas atau dengan dua petugas."
                        " Dihitung untuk loket dan unit saja."
                    )
                ),
            )
        )
    found += [_outage(each, speech) for each in window.outages]
    both = _with_and_without(statement, speech)
    return (*found, both) if both else tuple(found)


def _outage(outage: StatedOutage, speech: Speech) -> Line:
    desk = outage.desk or speech.say(worded("semua loket"))
    name = speech.say(worded("Gangguan %(span)s, %(desk)s"), span=_span(outage, speech), desk=desk)
    return Line(name, outage.reason)


def _span(outage: StatedOutage, speech: Speech) -> str:
    begins = starts(outage.starts)
    last = starts(HalfHour(outage.ends - 1))
    until = clock((last.hour * 60 + last.minute) // 30 + 1)
    first = f"{speech.language.day(begins.date())}, {_clock(outage.starts)}"
    if begins.date() == last.date():
        return f"{first}–{until}"
    return f"{first} – {speech.language.day(last.date())}, {until}"


def _clock(half_hour: HalfHour) -> str:
    at = starts(half_hour)
    return clock(at.hour * 2 + at.minute // 30)


def _with_and_without(statement: Statement, speech: Speech) -> Line | None:
    figures, counted = statement.figures, statement.rule.outages_counted
    if figures is None or figures.index is None or figures.other is None:
        return None
    if statement.window.in_outage < SMALLEST_CELL:
        return _too_few_to_part(speech, counted=counted)
    used, other = speech.figure(figures.index), speech.figure(figures.other)
    name = speech.say(
        worded("Pengaruh jam gangguan, %(count)s tanggapan"),
        count=speech.number(statement.window.in_outage),
    )
    said = speech.say(
        worded("Indeks dengan jam itu %(with)s; tanpa jam itu %(without)s."),
        **{"with": used if counted else other, "without": other if counted else used},
    )
    rule = (
        worded("Aturan memakai yang pertama.") if counted else worded("Aturan memakai yang kedua.")
    )
    return Line(name, f"{said} {speech.say(rule)}")


def _too_few_to_part(speech: Speech, *, counted: bool) -> Line:
    """Say what is counted, and no figure: the difference would tell what few citizens said (§9)."""
    few = worded("Kurang dari %(least)s tanggapan pada jam itu, jadi tanpa angka tersendiri.")
    kept = worded("Aturan tetap menghitungnya.") if counted else worded("Aturan mengeluarkannya.")
    said = speech.say(few, least=speech.number(SMALLEST_CELL))
    return Line(speech.say(worded("Pengaruh jam gangguan")), f"{said} {speech.say(kept)}")
