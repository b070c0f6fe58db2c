"""The rule of a statement in words, as far as its figures depend on it (method §6)."""

from aggregation.method.rule import Rule
from aggregation.output.statement_parts import Line
from aggregation.output.statement_words import CHANNEL_NAMES, ELEMENT_NAMES, Speech
from survey.language import worded


def rule_lines(rule: Rule, speech: Speech) -> tuple[Line, ...]:
    """Return what the rule says, line by line."""
    said = {
        worded("Unsur petugas dan bobotnya"): " · ".join(
            f"{speech.name(ELEMENT_NAMES[code])} {weight}" for code, weight in rule.elements
        ),
        worded("Jalur yang dihitung"): " · ".join(
            speech.name(CHANNEL_NAMES[channel])
            for channel in CHANNEL_NAMES
            if channel in rule.channels
        ),
        worded("Masa yang dihitung"): speech.say(
            worded("paling banyak %(count)s bulan yang ditutup"),
            count=speech.number(rule.window_months),
        ),
        worded("Bobot rata-rata unit (k)"): speech.say(
            worded("seperti %(value)s tanggapan pada rata-rata unit"),
            value=speech.number(rule.shrinkage_k),
        ),
        worded("Angka dipakai bila"): _enough(rule, speech),
        worded("Batas sasaran dan batas unggul"): (
            f"{speech.figure(rule.target_index)} · {speech.figure(rule.excellence_index)}"
        ),
        worded("Dari indeks ke nilai"): _conversion(rule, speech),
        worded("Bagian dalam penilaian"): f"{speech.short(rule.share_percent)}%",
        worded("Jam gangguan yang dinyatakan"): speech.say(
            worded("ikut dihitung") if rule.outages_counted else worded("tidak ikut dihitung")
        ),
        worded("Perbedaan jenis layanan"): speech.say(
            worded("diperhitungkan dalam indeks") if rule.mix_applied else worded("pembanding saja")
        ),
    }
    return tuple(Line(speech.say(name), words) for name, words in said.items())


def _conversion(rule: Rule, speech: Speech) -> str:
    if all(corner.points == corner.value for corner in rule.conversion):
        return speech.say(worded("sama dengan indeks"))
    return " · ".join(
        speech.say(
            worded("%(points)s menjadi %(value)s"),
            points=speech.short(corner.points),
            value=speech.short(corner.value),
        )
        for corner in rule.conversion
    )


def _enough(rule: Rule, speech: Speech) -> str:
    enough = speech.say(
        worded("sedikitnya %(n)s tanggapan, dan rentang 95%% tidak melebihi ± %(width)s poin"),
        n=speech.number(rule.publishable_n),
        width=speech.short(rule.publishable_half_width),
    )
    if rule.minimum_coverage is None:
        return enough
    covered = speech.say(
        worded("dan cakupan sedikitnya %(percent)s%%"),
        percent=speech.short(100 * rule.minimum_coverage),
    )
    return f"{enough}, {covered}"
