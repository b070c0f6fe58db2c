"""Which element to begin with: how much it matters to citizens against how it is rated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rounding import half_up
from aggregation.output.chart_theme import FONT, PALETTES, quadrant_template
from aggregation.output.charts import SHAPES
from aggregation.output.dashboard.elements import named
from aggregation.output.dashboard.part import Column, Form, Part, Table, begun
from aggregation.output.unit_month import ElementLine, element_estimate
from survey.language import Language, worded
from survey.questionnaire import ITEMS, Element

LEAST_FULL_RESPONSES = 50
"""Full responses that an importance needs (method §3)."""

_HEIGHTS = {"wide": 400, "narrow": 340}
_FONT_SIZE, _SMALL, _BOLD = 15, 13, 700


@dataclass(frozen=True, slots=True)
class Weighed:
    """An element by its rating and its importance.

    Attributes
    ----------
    comes_first
        It matters as much as the others or more, and its rating lies below theirs by more than
        chance.
    """

    line: ElementLine
    importance: Decimal
    comes_first: bool


def weigh(
    lines: Sequence[ElementLine],
    counts: QuestionnaireCounts,
    importance: Mapping[Element, Decimal],
) -> list[Weighed]:
    """Weigh the elements whose importance is known, in their order; none unless two are."""
    known = [line for line in lines if line.element in importance]
    if len(known) < 2:  # noqa: PLR2004 - one alone is neither above nor below the others
        return []
    usual = sum((Fraction(importance[line.element]) for line in known), Fraction(0)) / len(known)
    mean = 25 * sum((Fraction(line.mean) for line in known), Fraction(0)) / len(known)
    return [
        Weighed(
            line,
            importance[line.element],
            comes_first=Fraction(importance[line.element]) >= usual
            and Fraction(element_estimate(counts, line.element).interval.high) < mean,
        )
        for line in known
    ]


def priority_reading(weighed: Sequence[Weighed], language: Language) -> str:
    """Say which elements come first, or why it is not said."""
    if not weighed:
        said = language.say(
            worded("Belum dapat ditunjukkan: perlu paling sedikit %(least)s kuesioner lengkap")
        )
        return said % {"least": LEAST_FULL_RESPONSES}
    first = [each.line for each in weighed if each.comes_first]
    if not first:
        return language.say(worded("Tidak ada unsur yang penting sekaligus tertinggal"))
    said = language.say(worded("Dahulukan %(names)s: penting bagi warga, nilainya tertinggal"))
    return begun(said % {"names": named(first, language)})


def priorities_part(weighed: Sequence[Weighed], language: Language) -> Part:
    """Return the quadrant."""
    return Part(
        name="prioritas",
        reading=priority_reading(weighed, language),
        caption=language.say(
            worded(
                "Makin ke atas, makin erat unsur itu dengan kepuasan keseluruhan; makin ke kiri, "
                "makin rendah nilainya. Ini petunjuk, bukan kepastian."
            )
        ),
        label=language.say(
            worded("Sembilan unsur menurut nilai dan kepentingannya. Angkanya ada di tabel.")
        ),
        table=_table(weighed, language),
        chart=_chart(weighed, language) if weighed else None,
    )


def _table(weighed: Sequence[Weighed], language: Language) -> Table:
    columns = [
        Column(language.say(worded("Unsur")), Form.TEXT),
        Column(language.say(worded("Nilai rata-rata"))),
        Column(language.say(worded("Kepentingan"))),
        Column(language.say(worded("Anjuran")), Form.TEXT),
    ]
    first, rest = language.say(worded("dahulukan")), "–"
    rows = [
        (
            language.say(ITEMS[each.line.element].short),
            each.line.mean,
            each.importance,
            first if each.comes_first else rest,
        )
        for each in weighed
    ]
    return Table(language.say(worded("Nilai dan kepentingan per unsur")), columns, rows)


def _chart(weighed: Sequence[Weighed], language: Language) -> dict[str, Any]:
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [float(each.line.mean) for each in weighed],
        "y": [float(each.importance) for each in weighed],
        "customdata": [language.say(ITEMS[each.line.element].short) for each in weighed],
        "marker": {
            "symbol": ["diamond" if each.comes_first else "circle" for each in weighed],
            "size": [17 if each.comes_first else 12 for each in weighed],
            "opacity": 1,
        },
        "hovertemplate": "%{customdata}<extra></extra>",
    }
    return {
        "data": [points],
        "layouts": {name: _layout(weighed, name, language) for name in SHAPES},
        "templates": {name: quadrant_template(palette) for name, palette in PALETTES.items()},
    }


def _layout(weighed: Sequence[Weighed], shape: str, language: Language) -> dict[str, Any]:
    xs = [float(each.line.mean) for each in weighed]
    ys = [float(each.importance) for each in weighed]
    axis = {"tickfont": {"size": _SMALL}, "showgrid": False, "zeroline": False, "fixedrange": True}
    return {
        "height": _HEIGHTS[shape],
        "margin": {"l": 52, "r": 16, "t": 16, "b": 56},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "font": {"family": FONT, "size": _FONT_SIZE},
        "xaxis": {**axis, "range": _room(xs), "title": _title(worded("nilai rata-rata"), language)},
        "yaxis": {**axis, "range": _room(ys), "title": _title(worded("kepentingan"), language)},
        "shapes": [_line(x=sum(xs) / len(xs)), _line(y=sum(ys) / len(ys))],
        "annotations": _labels(weighed, shape, language),
    }


def _labels(weighed: Sequence[Weighed], shape: str, language: Language) -> list[dict[str, Any]]:
    """Name each element; on a phone, where names would lie on one another, the first ones only."""
    xs = [float(each.line.mean) for each in weighed]
    middle = (min(xs) + max(xs)) / 2
    return [
        {
            "text": language.say(ITEMS[each.line.element].short),
            "x": float(each.line.mean),
            "y": float(each.importance),
            "xanchor": "left" if float(each.line.mean) < middle else "right",
            "xshift": 14 if float(each.line.mean) < middle else -14,
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": _SMALL, **({"weight": _BOLD} if each.comes_first else {})},
        }
        for each in weighed
        if shape == "wide" or each.comes_first
    ]


def _room(values: Sequence[float]) -> list[float]:
    space = max(0.05, (max(values) - min(values)) * 0.15)
    return [
        float(half_up(Fraction(min(values) - space), 3)),
        float(half_up(Fraction(max(values) + space), 3)),
    ]


def _title(text: str, language: Language) -> dict[str, Any]:
    return {"text": language.say(text), "font": {"size": _SMALL}}


def _line(*, x: float | None = None, y: float | None = None) -> dict[str, Any]:
    line = {"type": "line", "layer": "below", "line": {"width": 1, "dash": "dot"}}
    if y is None:
        return {**line, "x0": x, "x1": x, "yref": "paper", "y0": 0, "y1": 1}
    return {**line, "y0": y, "y1": y, "xref": "paper", "x0": 0, "x1": 1}
