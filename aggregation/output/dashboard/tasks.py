"""What a unit head should look at: only what the figures bear out, each with the way to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from aggregation.method.change import Change
from aggregation.method.cuts import UNKNOWN
from aggregation.method.funnel import Place
from aggregation.output.dashboard.elements import named
from aggregation.output.dashboard.part import begun
from aggregation.output.dashboard.pieces import Piece, outside
from aggregation.output.sample_meter import SampleMeter
from aggregation.output.trend import Trend
from aggregation.output.unit_month import UnitMonth
from survey.language import Language, worded


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to look at.

    Attributes
    ----------
    kind
        Of its chip: ``bad`` or ``warn``.
    part
        The section of the page that shows it.
    """

    kind: str
    chip: str
    said: str
    part: str


def tasks(
    figures: UnitMonth,
    target: Decimal,
    *,
    desks: Sequence[Piece],
    trend: Trend | None,
    sample: SampleMeter | None,
    language: Language,
) -> list[Task]:
    """Return what stands out, the gravest first.

    Parameters
    ----------
    target
        The rule's target index, 25.00 to 100.00.
    """
    return [
        *_below_target(figures, target, language),
        *_below_limits(trend, language),
        *_fallen(figures, language),
        *_desks(desks, language),
        *_sample(sample, language),
    ]


def advice(figures: UnitMonth, first: Sequence[str], language: Language) -> str:
    """Return what to begin with: what citizens weigh most, else the lowest element."""
    if first:
        said = language.say(worded("Dahulukan %(names)s."))
        return said % {"names": ", ".join(first)}
    fallen = figures.moved(Change.FALL)
    if fallen:
        said = language.say(worded("Cari penyebab turunnya %(names)s."))
        return said % {"names": named(fallen, language)}
    if len(figures.lowest) == len(figures.lines):
        return ""
    said = language.say(worded("Mulai dari unsur terendah: %(names)s."))
    return said % {"names": named(figures.lowest, language)}


def _below_target(figures: UnitMonth, target: Decimal, language: Language) -> list[Task]:
    if figures.now.interval.high >= target:
        return []
    said = language.say(worded("Indeks %(index)s di bawah target %(target)s."))
    words = {
        "index": language.figure(figures.now.index.index),
        "target": language.figure(target),
    }
    return [Task("bad", language.say(worded("di bawah target")), said % words, "unsur")]


def _below_limits(trend: Trend | None, language: Language) -> list[Task]:
    """Return the newest month, if it lies below the usual ups and downs."""
    newest = trend.points[-1] if trend else None
    if trend is None or trend.limits is None or newest is None or not newest.outside:
        return []
    if newest.index is None or newest.index > trend.limits.centre:
        return []
    said = language.say(worded("%(month)s di bawah batas wajar."))
    words = {"month": language.month(newest.month)}
    return [Task("bad", language.say(worded("di luar batas")), said % words, "tren")]


def _fallen(figures: UnitMonth, language: Language) -> list[Task]:
    falls = figures.moved(Change.FALL)
    if not falls:
        return []
    said = language.say(worded("%(names)s turun, bukan sekadar kebetulan."))
    words = {"names": named(falls, language)}
    return [Task("bad", language.say(worded("turun")), begun(said % words), "unsur")]


def _desks(desks: Sequence[Piece], language: Language) -> list[Task]:
    """Return each desk below the funnel, in the order of desks."""
    said = language.say(worded("%(desk)s di bawah corong: IKM %(index)s dari %(n)s kuesioner."))
    return [
        Task(
            "warn",
            language.say(worded("tinjau")),
            said
            % {
                "desk": desk.name,
                "index": language.figure(desk.shown.index),
                "n": language.number(desk.shown.n),
            },
            "loket",
        )
        for desk in outside(desks)
        if desk.cell != UNKNOWN and desk.shown and desk.shown.place is Place.BELOW
    ]


def _sample(sample: SampleMeter | None, language: Language) -> list[Task]:
    if sample is None or not sample.missing:
        return []
    said = language.say(
        worded(
            "Kurang %(missing)s kuesioner lengkap dari %(required)s yang disyaratkan; "
            "ajak warga menjawab kesembilan pertanyaan."
        )
    )
    words = {
        "missing": language.number(sample.missing),
        "required": language.number(sample.required),
    }
    return [Task("warn", language.say(worded("sampel kurang")), said % words, "sampel")]
