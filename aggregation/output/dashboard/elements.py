"""The nine elements of a period: what rose, what fell, and where that was most felt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from aggregation.method.change import Change
from aggregation.months.released import Cells
from aggregation.output.charts import BarLine, element_chart
from aggregation.output.dashboard.part import Cell, Column, Form, Part, Table, begun, joined
from aggregation.output.unit_month import ElementLine, UnitMonth, element_line
from survey.language import Language, worded
from survey.questionnaire import ITEMS, Element

_ARROWS = {Change.RISE: "↑ ", Change.FALL: "↓ ", Change.STEADY: ""}
_MOST_NAMED = 3


class _Way(NamedTuple):
    """How it is said that one element moved, and that several did."""

    one: str
    several: str


@dataclass(frozen=True, slots=True)
class Names:
    """What the period and the one before it are called; None if there is none to compare with."""

    now: str
    before: str | None


def elements_part(
    figures: UnitMonth,
    names: Names,
    target: Decimal,
    felt: Mapping[Element, str],
    language: Language,
) -> Part:
    """Return the elements as bars, beside the period before and the target.

    Parameters
    ----------
    target
        A mean rating.
    felt
        By element that moved: the service where it is most felt, if that may be said.
    """
    before = names.before if figures.before is not None else None
    caption = [language.say(worded("Nilai rata-rata per unsur, skala 1–4."))]
    if before is not None:
        said = language.say(
            worded(
                "Garis tegak: %(before)s. Panah hanya pada perubahan yang bukan sekadar kebetulan."
            )
        )
        caption.append(said % {"before": before})
    said = language.say(worded("Garis putus-putus: target %(target)s."))
    caption.append(said % {"target": language.figure(target)})
    return Part(
        name="unsur",
        reading=element_reading(figures, before, felt, language),
        caption=" ".join(caption),
        label=language.say(worded("Diagram batang nilai sembilan unsur. Angkanya ada di tabel.")),
        table=_table(figures.lines, names.now, before, language),
        chart=element_chart(
            [_bar(line, language) for line in figures.lines], names.now, before or "", target
        ),
    )


def element_reading(
    figures: UnitMonth, before: str | None, felt: Mapping[Element, str], language: Language
) -> str:
    """Say in one sentence which elements moved by more than chance."""
    falls, rises = figures.moved(Change.FALL), figures.moved(Change.RISE)
    if figures.before is None or before is None:
        said = language.say(worded("Terendah: %(names)s (%(mean)s)"))
        lowest = named(figures.lowest, language)
        return said % {"names": lowest, "mean": language.figure(figures.lowest[0].mean)}
    if not falls and not rises:
        return language.say(worded("Kesembilan unsur stabil sejak %(before)s")) % {"before": before}
    up = _Way(
        worded("%(names)s naik %(by)s sejak %(before)s"), worded("%(names)s naik sejak %(before)s")
    )
    down = _Way(
        worded("%(names)s turun %(by)s sejak %(before)s"),
        worded("%(names)s turun sejak %(before)s"),
    )
    if not falls:
        return _moved(rises, up, felt, before, language)
    sentence = _moved(falls, down, felt, before, language)
    if not rises:
        return sentence
    besides = language.say(worded("%(names)s naik")) % {"names": named(rises, language)}
    return f"{sentence}; {besides}"


def most_felt(element: Element, way: Change, now: Cells, before: Cells) -> str | None:
    """Return the service whose rating of an element moved that way the most.

    Only a service that is shown in both periods, and moved by more than chance (99 %), is said;
    None if there is none, or two moved alike.
    """
    moved: dict[str, Decimal] = {}
    for cell, counts in now.items():
        earlier = before.get(cell)
        if cell and counts is not None and earlier is not None and counts.n and earlier.n:
            line = element_line(element, counts, earlier)
            if line.change is way and line.difference is not None:
                moved[cell] = abs(line.difference)
    most = max(moved.values(), default=None)
    found = [cell for cell, by in moved.items() if by == most]
    return found[0] if len(found) == 1 else None


def named(lines: Sequence[ElementLine], language: Language) -> str:
    """Name elements within a sentence: up to three, or how many."""
    if len(lines) > _MOST_NAMED:
        return language.say(worded("%(number)s unsur")) % {"number": len(lines)}
    return joined([language.say(ITEMS[line.element].short).lower() for line in lines], language)


def _moved(
    lines: Sequence[ElementLine],
    way: _Way,
    felt: Mapping[Element, str],
    before: str,
    language: Language,
) -> str:
    """Say which elements moved one way; of a lone one how far, and where it was most felt."""
    words = {"names": named(lines, language), "before": before}
    by = lines[0].difference
    if len(lines) > 1 or by is None:
        return begun(language.say(way.several) % words)
    said = begun(language.say(way.one) % {**words, "by": language.figure(abs(by))})
    service = felt.get(lines[0].element)
    if service is None:
        return said
    where = language.say(worded("paling terasa di layanan %(service)s"))
    return f"{said}; {where % {'service': service}}"


def _bar(line: ElementLine, language: Language) -> BarLine:
    label, printed = language.say(ITEMS[line.element].short), language.figure(line.mean)
    if line.before is None or line.change is None or line.difference is None:
        return BarLine(label, line.mean, printed)
    return BarLine(
        label,
        line.mean,
        printed,
        line.before,
        language.figure(line.before),
        f"{_ARROWS[line.change]}{language.difference(line.difference)}",
        stands_out=line.change is not Change.STEADY,
    )


def _table(lines: Sequence[ElementLine], now: str, before: str | None, language: Language) -> Table:
    columns = [Column(language.say(worded("Unsur")), Form.TEXT), Column(now)]
    if before is not None:
        columns += [Column(before), Column(language.say(worded("Perubahan")), Form.DIFFERENCE)]
    rows: list[tuple[Cell, ...]] = []
    for line in lines:
        name = language.say(ITEMS[line.element].short)
        if before is not None and line.before is not None and line.difference is not None:
            rows.append((name, line.mean, line.before, line.difference))
        else:
            rows.append((name, line.mean))
    return Table(language.say(worded("Nilai per unsur")), columns, rows)
