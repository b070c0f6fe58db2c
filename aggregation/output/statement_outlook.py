"""What a statement says of the proposal: what became of it, and what would change it (method §6).

Distances are told in words. Nobody is told how many 4s are missing: that would invite asking for
them.
"""

from decimal import Decimal

from aggregation.appraisal.statement import Statement
from aggregation.method.component import Proposal
from aggregation.output.statement_words import PROPOSALS, Speech
from survey.language import worded
from survey.month import local_day, time_zone


def proposal(statement: Statement, speech: Speech) -> tuple[str, ...]:
    """Say what is proposed, and what the assessor made of it."""
    figures, decision = statement.figures, statement.decision
    if figures is None or figures.proposal is None:
        return ()
    proposed = speech.say(
        worded("Usulan: %(proposal)s."), proposal=speech.say(PROPOSALS[figures.proposal])
    )
    if decision is None:
        waits = worded("Belum berlaku sebelum disetujui atau diubah oleh pejabat penilai.")
        return proposed, speech.say(waits)
    day = local_day(decision.decided_at, time_zone(statement.source.time_zone))
    decided = speech.say(
        worded("Keputusan %(who)s, %(day)s: %(decision)s."),
        who=decision.decided_name or speech.say(worded("pejabat penilai")),
        day=speech.language.day(day),
        decision=speech.say(PROPOSALS[Proposal(decision.decision)]),
    )
    if not decision.reason:
        return proposed, decided
    return proposed, decided, speech.say(worded("Alasan: %(reason)s"), reason=decision.reason)


def changes(statement: Statement, speech: Speech) -> tuple[str, ...]:
    """Say on which borders the proposal depends, and how far the figures are from them."""
    figures, rule, n = statement.figures, statement.rule, statement.evidence.n
    if figures is None or figures.proposal is None or figures.index is None or not figures.wide:
        return ()
    low, high = figures.interval.low, figures.wide.high
    above = speech.say(
        worded(
            "Di atas ekspektasi: bila seluruh rentang 95%% dan indeksnya %(border)s atau lebih."
            " Sekarang batas bawah rentang %(low)s (%(from_low)s)"
            " dan indeks %(index)s (%(from_index)s)."
        ),
        border=speech.figure(rule.excellence_index),
        low=speech.figure(low),
        from_low=_distance(low, rule.excellence_index, speech),
        index=speech.figure(figures.index),
        from_index=_distance(figures.index, rule.excellence_index, speech),
    )
    below = speech.say(
        worded(
            "Di bawah ekspektasi: bila seluruh rentang 99%% dan indeksnya di bawah %(border)s."
            " Sekarang batas atas rentang 99%% %(high)s (%(from_high)s)"
            " dan indeks %(index)s (%(from_index)s)."
        ),
        border=speech.figure(rule.target_index),
        high=speech.figure(high),
        from_high=_distance(high, rule.target_index, speech),
        index=speech.figure(figures.index),
        from_index=_distance(figures.index, rule.target_index, speech),
    )
    if n >= rule.proposal_n:
        return above, below
    few = speech.say(
        worded("Keduanya memerlukan sedikitnya %(least)s tanggapan; sekarang %(n)s."),
        least=speech.number(rule.proposal_n),
        n=speech.number(n),
    )
    return above, below, few


def objection(statement: Statement, speech: Speech) -> tuple[str, ...]:
    """Say until when and how the officer may object."""
    day = speech.language.weekday_and_day(statement.last_day)
    if not statement.rule.objection_days:
        return (speech.say(worded("Aturan ini tidak memberi masa keberatan.")),)
    if not statement.is_open:
        return (speech.say(worded("Masa keberatan berakhir %(day)s."), day=day),)
    return (
        speech.either(
            worded("Anda berhak mengajukan keberatan sampai %(day)s."),
            worded("Petugas berhak mengajukan keberatan sampai %(day)s."),
            day=day,
        ),
        speech.say(
            worded("Diputus oleh pemeriksa, bukan atasan langsung. Nilai semula tetap terlihat.")
        ),
    )


def _distance(at: Decimal, border: Decimal, speech: Speech) -> str:
    if at == border:
        return speech.say(worded("tepat di batas itu"))
    words = worded("%(points)s poin di bawah batas")
    if at > border:
        words = worded("%(points)s poin di atas batas")
    return speech.say(words, points=speech.figure(abs(at - border)))
