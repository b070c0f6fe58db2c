"""Charts leave Python as plain JSON; a static script draws them.

The tests hold every one to plotly's own classes, which would cost a page most of its time.

A figure carries no colour: those come from a template (:mod:`aggregation.output.chart_theme`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from aggregation.output.chart_theme import FONT, PALETTES, template
from survey.questionnaire import HIGHEST, LOWEST

_BAR = 14
_MARK = 17
_FONT_SIZE = 15
_BOLD = 700


@dataclass(frozen=True, slots=True)
class Shape:
    """How the rows of a bar chart are laid out, in pixels.

    Attributes
    ----------
    row
        Height of a row.
    names
        Width of the column of names; 0 if they stand above their bars.
    raised
        How far a name stands above its bar.
    """

    row: int
    names: int
    raised: int


SHAPES: Mapping[str, Shape] = MappingProxyType(
    {"wide": Shape(row=38, names=220, raised=0), "narrow": Shape(row=62, names=0, raised=22)}
)
"""The page's script takes the narrow one where the stylesheet does."""

SCALE = (LOWEST, HIGHEST)
"""Of mean ratings."""

INDEX_SCALE = (25, 100)
"""Of indices."""

_FIGURE_COLUMN = 50
_CHANGE_COLUMN = 84


@dataclass(frozen=True, slots=True)
class BarLine:
    """One bar: what it stands for and how its figures are printed.

    Attributes
    ----------
    value, before
        A mean rating, 1 to 4, or a count; `before` is an upright mark.
    printed, printed_before, printed_change
        The same in the page's language; the change may carry an arrow.
    stands_out
        Whether its name is set in bold.
    """

    label: str
    value: Decimal
    printed: str
    before: Decimal | None = None
    printed_before: str = ""
    printed_change: str = ""
    stands_out: bool = False


def element_chart(
    lines: Sequence[BarLine], now: str, before: str, target: Decimal | None = None
) -> dict[str, Any]:
    """Return a chart of mean ratings as horizontal bars, each with a mark where it was before.

    Parameters
    ----------
    lines
        Bars from the top down.
    now, before
        Names of the two periods.
    target
        A mean rating that a dotted line marks on each bar.

    Returns
    -------
    dict
        ``data``, ``layouts`` by the names of `SHAPES`, ``templates`` by those of `PALETTES`;
        nothing but what JSON knows.
    """
    compared = [line for line in lines if line.before is not None]
    data = [_bars(lines, now), *(_marks(compared, before) if compared else ())]
    return {
        "data": data,
        "layouts": {
            name: _layout(lines, shape, SCALE, compared=bool(compared), target=target)
            for name, shape in SHAPES.items()
        },
        "templates": {name: template(palette) for name, palette in PALETTES.items()},
    }


def count_chart(lines: Sequence[BarLine], name: str) -> dict[str, Any]:
    """Return a chart of counts as horizontal bars that begin at 0.

    Parameters
    ----------
    lines
        Bars from the top down; a count that is hidden has no length.
    name
        What is counted.

    Returns
    -------
    dict
        As :func:`element_chart`.
    """
    return _plain_chart(lines, name, (0, max(1, *(float(line.value) for line in lines))))


def index_chart(lines: Sequence[BarLine], name: str) -> dict[str, Any]:
    """Return a chart of indices as horizontal bars on their whole scale, 25 to 100.

    Parameters
    ----------
    lines
        Bars from the top down; one that is hidden has the lowest value, so no length.
    name
        What is shown.

    Returns
    -------
    dict
        As :func:`element_chart`.
    """
    return _plain_chart(lines, name, INDEX_SCALE)


def _plain_chart(lines: Sequence[BarLine], name: str, scale: tuple[float, float]) -> dict[str, Any]:
    return {
        "data": [_bars(lines, name)],
        "layouts": {
            shape_name: _layout(lines, shape, scale, compared=False)
            for shape_name, shape in SHAPES.items()
        },
        "templates": {name: template(palette) for name, palette in PALETTES.items()},
    }


def _bars(lines: Sequence[BarLine], name: str) -> dict[str, Any]:
    return {
        "type": "bar",
        "name": name,
        "orientation": "h",
        "y": [*range(len(lines))],
        "x": [float(line.value) for line in lines],
        "customdata": [line.printed for line in lines],
        "hovertemplate": f"{name}: %{{customdata}}<extra></extra>",
    }


def _marks(lines: Sequence[BarLine], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the marks: a wide one in the page's colour lifts the narrow one off the bar."""
    places: dict[str, Any] = {
        "name": name,
        "mode": "markers",
        "y": [*range(len(lines))],
        "x": [float(line.before) for line in lines if line.before is not None],
    }
    halo = dict(type="scatter", marker=_upright(6), hoverinfo="skip", **places)
    mark = dict(
        type="scatter",
        marker=_upright(3),
        customdata=[line.printed_before for line in lines],
        hovertemplate=f"{name}: %{{customdata}}<extra></extra>",
        **places,
    )
    return halo, mark


def _upright(width: int) -> dict[str, Any]:
    return {"symbol": "line-ns", "size": _MARK, "line": {"width": width}, "opacity": 1}


def _layout(
    lines: Sequence[BarLine],
    shape: Shape,
    scale: tuple[float, float],
    *,
    compared: bool,
    target: Decimal | None = None,
) -> dict[str, Any]:
    right = _FIGURE_COLUMN + (_CHANGE_COLUMN if compared else 0)
    return {
        "height": shape.row * len(lines),
        "margin": {"l": shape.names, "r": right, "t": 0, "b": 0},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "bargap": 1 - _BAR / shape.row,
        "font": {"family": FONT, "size": _FONT_SIZE},
        "xaxis": {"range": [*scale], "visible": False, "fixedrange": True},
        "yaxis": {"range": [len(lines) - 0.5, -0.5], "visible": False, "fixedrange": True},
        "shapes": [
            *(_track(place, _BAR / shape.row / 2, scale) for place in range(len(lines))),
            *(
                _target_mark(float(target), place, _BAR / shape.row)
                for place in range(len(lines))
                if target is not None
            ),
        ],
        "annotations": [
            text for place, line in enumerate(lines) for text in _texts(line, place, shape, right)
        ],
    }


def _track(place: int, half: float, scale: tuple[float, float]) -> dict[str, Any]:
    """Return the whole scale behind a bar."""
    return {
        "type": "rect",
        "layer": "below",
        "x0": scale[0],
        "x1": scale[1],
        "y0": place - half,
        "y1": place + half,
    }


def _target_mark(value: float, place: int, reach: float) -> dict[str, Any]:
    """Return a dotted line through a bar, a little longer than it is thick."""
    ends = {"x0": value, "x1": value, "y0": place - reach, "y1": place + reach}
    return {"type": "line", "line": {"width": 2, "dash": "dot"}, **ends}


def _texts(line: BarLine, place: int, shape: Shape, right: int) -> list[dict[str, Any]]:
    """Return the name at the left of a bar, the figure and its change at the right.

    Bold is a property of the font: plotly would write a ``<b>`` as a style attribute, which the
    page's content security policy refuses.
    """
    weight = {"weight": _BOLD} if line.stands_out else {}
    row = {"xref": "paper", "y": place, "showarrow": False, "borderpad": 0}
    name = {"text": line.label, "x": 0, "xanchor": "left", "xshift": -shape.names}
    figure = {"text": line.printed, "x": 1, "xanchor": "right", "xshift": _FIGURE_COLUMN}
    change = {"text": line.printed_change, "x": 1, "xanchor": "right", "xshift": right}
    return [
        {**row, **name, "yshift": shape.raised, "font": weight},
        {**row, **figure, "font": {"weight": _BOLD}},
        *([{**row, **change, "font": weight}] if line.printed_change else []),
    ]
