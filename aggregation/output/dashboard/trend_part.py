"""The index month by month, with its limits and what happened in those months."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from aggregation.method.trend_limits import LEAST_MONTHS
from aggregation.output.dashboard.part import HIDDEN, Cell, Column, Form, Part, Table
from aggregation.output.trend import Trend, TrendPoint
from aggregation.output.trend_chart import TrendWords, trend_chart
from survey.language import Language, worded
from survey.month import Month


class MarkKind(Enum):
    """What may have moved an index."""

    TABLET = "tablet"
    OUTAGE = "outage"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened on a day.

    Attributes
    ----------
    about
        The desk, or what was done; empty where it was the whole unit's.
    """

    day: date
    kind: MarkKind
    about: str


_KINDS = {
    MarkKind.TABLET: worded("tablet baru"),
    MarkKind.OUTAGE: worded("gangguan"),
    MarkKind.DONE: worded("tindak lanjut selesai"),
}
_LONGEST = 80


def trend_part(trend: Trend, marks: Sequence[Mark], language: Language) -> Part:
    """Return the trend as a line, with its table."""
    events = _events(trend, marks, language)
    words = TrendWords(
        language.say(worded("Indeks Kepuasan Masyarakat")),
        language.say(worded("batas wajar")),
        tuple("" if p.index is None else language.figure(p.index) for p in trend.points),
        {month: "<br>".join(said) for month, said in events.items()},
    )
    return Part(
        name="tren",
        reading=trend_reading(trend, language),
        caption=_caption(trend, language, marked=bool(events)),
        label=language.say(worded("Grafik garis indeks per bulan. Angkanya ada di tabel.")),
        table=_table(trend, events, language),
        chart=trend_chart(trend, words),
    )


def trend_reading(trend: Trend, language: Language) -> str:
    """Say in one sentence whether the months stay within their usual ups and downs."""
    count = {"count": len(trend.known)}
    if trend.limits is None:
        return language.say(worded("Indeks %(count)s bulan")) % count
    if not trend.outside:
        return language.say(worded("%(count)s bulan di dalam batas wajar")) % count
    if len(trend.outside) > 1:
        said = language.say(worded("%(count)s bulan di luar batas wajar"))
        return said % {"count": len(trend.outside)}
    [point] = trend.outside
    above = (point.index or Decimal(0)) > trend.limits.centre
    up, down = worded("%(month)s di atas batas wajar"), worded("%(month)s di bawah batas wajar")
    return language.say(up if above else down) % {"month": language.month(point.month)}


def _caption(trend: Trend, language: Language, *, marked: bool) -> str:
    said = [language.say(worded("IKM per bulan. Sumbu tidak mulai dari nol."))]
    if trend.limits:
        usual = language.say(worded("Naik-turun antara %(low)s dan %(high)s adalah wajar."))
        low, high = language.figure(trend.limits.low), language.figure(trend.limits.high)
        said.append(usual % {"low": low, "high": high})
    else:
        later = worded("Batas wajar muncul setelah %(least)s bulan berturut-turut punya indeks.")
        said.append(language.say(later) % {"least": LEAST_MONTHS})
    if marked:
        said.append(language.say(worded("Segitiga: ada peristiwa, tertulis di tabel.")))
    return " ".join(said)


def _events(
    trend: Trend, marks: Sequence[Mark], language: Language
) -> Mapping[Month, Sequence[str]]:
    """Return what happened in each month of the trend, by day."""
    shown = {point.month for point in trend.points}
    events: dict[Month, list[str]] = {}
    for mark in sorted(marks, key=lambda each: (each.day, each.kind.value, each.about)):
        month = Month.of(mark.day)
        if month in shown:
            kind = language.say(_KINDS[mark.kind])
            about = f"{kind}: {mark.about[:_LONGEST]}" if mark.about else kind
            events.setdefault(month, []).append(f"{mark.day.day}: {about}")
    return events


def _table(trend: Trend, events: Mapping[Month, Sequence[str]], language: Language) -> Table:
    columns = [
        Column(language.say(worded("Bulan")), Form.TEXT),
        Column(language.say(worded("IKM"))),
        Column(language.say(worded("Kuesioner lengkap"))),
        Column(language.say(worded("Peristiwa")), Form.TEXT),
    ]
    rows = [
        (
            _month(point, language),
            *_figures(point, language),
            "; ".join(events.get(point.month, ())) or "–",
        )
        for point in trend.points
    ]
    return Table(language.say(worded("Indeks per bulan")), columns, rows)


def _month(point: TrendPoint, language: Language) -> str:
    name = language.month(point.month)
    if not point.outside:
        return name
    beyond = language.say(worded("di luar batas wajar"))
    return f"{name} ◆ {beyond}"


def _figures(point: TrendPoint, language: Language) -> tuple[Cell, Cell]:
    if point.n is None:
        word = language.say(worded("belum dirilis"))
        return word, word
    if point.index is None:
        word = language.say(HIDDEN)
        return word, word
    return point.index, point.n
