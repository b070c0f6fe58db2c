"""A rule in words: every field with its name and its value as a person would say it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aggregation.method.rule import Corner, Rule, Weighted
from aggregation.method.rule_presets import Preset, preset_of
from survey.language import worded
from survey.questionnaire import ITEMS, OVERALL, QUICK_ITEM, Element
from survey.spoken import spoken

ELEMENTS: Mapping[str, str] = {
    OVERALL: QUICK_ITEM.short,
    **{element.value: item.short for element, item in ITEMS.items()},
}
"""Names of what may count for an officer, by code."""

CHANNELS: Mapping[str, str] = {
    "kiosk": worded("Tablet di loket"),
    "kiosk_qr": worded("Kode QR di tablet"),
    "ticket": worded("Karcis"),
    "desk_qr": worded("Poster QR (bukti kunjungan lemah)"),
}
PRESET_NAMES: Mapping[Preset, str] = {
    Preset.SAME: worded("Sama dengan indeks, 25 sampai 100"),
    Preset.UP_TO_120: worded("Skala 0 sampai 120 (PP 30/2019)"),
}
LABELS: Mapping[str, str] = {
    "elements": worded("Unsur dan bobot"),
    "channels": worded("Jalur penilaian yang dihitung"),
    "window_months": worded("Masa yang dihitung"),
    "shrinkage_k": worded("Bobot rata-rata unit (k)"),
    "design_effect": worded("Pelebar rentang"),
    "minimum_n": worded("Jumlah tanggapan agar petugas melihat angkanya"),
    "publishable_n": worded("Jumlah tanggapan agar angka dipakai"),
    "publishable_half_width": worded("Rentang terlebar agar angka dipakai"),
    "minimum_coverage": worded("CakupaJumlah tanggapan agar angka dipakai"),
    "mix_applied": worded("Perbedaan jenis layanan"),
    "outages_counted": worded("Jam gangguan"),
    "target_index": worded("Indeks sasaran"),
    "excellence_index": worded("Indeks unggul"),
    "proposal_n": worded("Jumlah tanggapan untuk usulan di atas atau di bawah ekspektasi"),
    "conversion": worded("Dari indeks ke nilai komponen"),
    "share_percent": worded("Bagian dalam penilaian kinerja"),
    "objection_days": worded("Masa keberatan"),
}
"""What each field of a rule is called; `version` is the rule's name and no part of it."""

SECTIONS: Sequence[tuple[str, Sequence[str]]] = (
    (worded("Yang dihitung"), ("elements", "channels", "mix_applied", "outages_counted")),
    (worded("Cara menghitung"), ("window_months", "shrinkage_k", "design_effect")),
    (
        worded("Kapan angka cukup kuat"),
        ("minimum_n", "publishable_n", "publishable_half_width", "minimum_coverage"),
    ),
    (worded("Sasaran dan usulan"), ("target_index", "excellence_index", "proposal_n")),
    (worded("Komponen penilaian"), ("conversion", "share_percent", "objection_days")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A field of a rule in words."""

    field: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which two rules differ."""

    label: str
    before: str
    after: str


def in_words(rule: Rule) -> list[tuple[str, list[Line]]]:
    """Return a rule's sections, each with its lines."""
    say = spoken().say
    return [
        (say(title), [Line(name, say(LABELS[name]), value_of(rule, name)) for name in names])
        for title, names in SECTIONS
    ]


def differences(before: Rule, after: Rule) -> list[Difference]:
    """Return where two rules differ, field by field, in the order of the page."""
    return [
        Difference(spoken().say(LABELS[name]), value_of(before, name), value_of(after, name))
        for _, names in SECTIONS
        for name in names
        if getattr(before, name) != getattr(after, name)
    ]


def value_of(rule: Rule, field: str) -> str:
    """Write a field's value in the language of the request."""
    return _WRITTEN[field](rule)


def _filled(sentence: str, value: Decimal | int) -> str:
    return spoken().say(sentence) % {"value": written(value)}


def written(value: Decimal | int) -> str:
    """Write a number without trailing zeros: 7,5."""
    return spoken().figure(Decimal(value).normalize())


def _weights(elements: Sequence[Weighted]) -> str:
    say = spoken().say
    return " · ".join(f"{say(ELEMENTS[code])} {weight}" for code, weight in elements)


def _channels(rule: Rule) -> str:
    return " · ".join(
        spoken().say(name) for code, name in CHANNELS.items() if code in rule.channels
    )


def _conversion(corners: Sequence[Corner]) -> str:
    preset = preset_of(corners)
    points = " · ".join(f"{written(c.points)} → {written(c.value)}" for c in corners)
    return f"{spoken().say(PRESET_NAMES[preset])}: {points}" if preset else points


def _switch(sentences: tuple[str, str]) -> Callable[[bool], str]:
    no, yes = sentences
    return lambda on: spoken().say(yes if on else no)


_MIX = _switch((worded("ditampilkan saja"), worded("dikurangkan dari nilai")))
_OUTAGES = _switch((worded("tidak dihitung"), worded("tetap dihitung")))

_WRITTEN: Mapping[str, Callable[[Rule], str]] = {
    "elements": lambda rule: _weights(rule.elements),
    "channels": _channels,
    "window_months": lambda rule: _filled(
        worded("%(value)s bulan tertutup terakhir"), rule.window_months
    ),
    "shrinkage_k": lambda rule: _filled(
        worded("seperti %(value)s tanggapan pada rata-rata unit"), rule.shrinkage_k
    ),
    "design_effect": lambda rule: _filled(worded("ragam dikalikan %(value)s"), rule.design_effect),
    "minimum_n": lambda rule: _filled(worded("%(value)s tanggapan"), rule.minimum_n),
    "publishable_n": lambda rule: _filled(worded("%(value)s tanggapan"), rule.publishable_n),
    "publishable_half_width": lambda rule: _filled(
        worded("± %(value)s poin"), rule.publishable_half_width
    ),
    "minimum_coverage": lambda rule: (
        spoken().say(worded("tidak disyaratkan"))
        if rule.minimum_coverage is None
        else _filled(worded("%(value)s %% dari kunjungan"), 100 * rule.minimum_coverage)
    ),
    "mix_applied": lambda rule: _MIX(rule.mix_applied),
    "outages_counted": lambda rule: _OUTAGES(rule.outages_counted),
    "target_index": lambda rule: written(rule.target_index),
    "excellence_index": lambda rule: written(rule.excellence_index),
    "proposal_n": lambda rule: _filled(worded("%(value)s tanggapan"), rule.proposal_n),
    "conversion": lambda rule: _conversion(rule.conversion),
    "share_percent": lambda rule: _filled(worded("%(value)s %%"), rule.share_percent),
    "objection_days": lambda rule: _filled(worded("%(value)s hari"), rule.objection_days),
}


def elements_in_order() -> list[str]:
    """Return every code that may count, those of the default rule first."""
    usual = [each.code for each in Rule().elements]
    return usual + [element.value for element in Element if element.value not in usual]
