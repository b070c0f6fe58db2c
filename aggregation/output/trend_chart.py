"""The trend as a chart: the months, the centre, and the band of the usual ups and downs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from aggregation.method.trend_limits import TrendLimits
from aggregation.output.chart_theme import FONT, PALETTES, trend_template
from aggregation.output.charts import SHAPES
from aggregation.output.trend import Trend
from survey.month import Month

_HEIGHTS = {"wide": 320, "narrow": 260}
_EVERY = {"wide": 12, "narrow": 6}
"""How many months have a name each; beyond, every third one has."""

_ROOM = Decimal(1)
_FOOT = 0.3
_LOWEST, _HIGHEST = Decimal(25), Decimal(100)
_FONT_SIZE, _SMALL, _BOLD = 15, 13, 700


@dataclass(frozen=True, slots=True)
class TrendWords:
    """What a trend's chart says in the page's language.

    Attributes
    ----------
    series
        What the line is.
    band
        What the band is.
    printed
        Each month's index; empty for a gap.
    events
        What happened, by month; months without anything are missing.
    """

    series: str
    band: str
    printed: tuple[str, ...]
    events: Mapping[Month, str] = field(default_factory=dict)


def trend_chart(trend: Trend, words: TrendWords) -> dict[str, Any]:
    """Return the chart; a month without an index leaves a gap in the line.

    Returns
    -------
    dict
        As :func:`aggregation.output.charts.element_chart`.
    """
    return {
        "data": [_centre(trend), _months(trend, words), _events(trend, words)],
        "layouts": {name: _layout(trend, words, name) for name in SHAPES},
        "templates": {name: trend_template(palette) for name, palette in PALETTES.items()},
    }


def _centre(trend: Trend) -> dict[str, Any]:
    ends = [trend.points[0], trend.points[-1]] if trend.limits else []
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [_day(point.month.first_day) for point in ends],
        "y": [float(trend.limits.centre) for _ in ends if trend.limits],
        "line": {"width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _months(trend: Trend, words: TrendWords) -> dict[str, Any]:
    return {
        "type": "scatter",
        "name": words.series,
        "mode": "lines+markers",
        "x": [_day(point.month.first_day) for point in trend.points],
        "y": [None if point.index is None else float(point.index) for point in trend.points],
        "customdata": list(words.printed),
        "connectgaps": False,
        "line": {"width": 2.5},
        "marker": {
            "symbol": ["diamond" if point.outside else "circle" for point in trend.points],
            "size": [15 if point.outside else 10 for point in trend.points],
            "opacity": 1,
        },
        "hovertemplate": "%{x|%B %Y}: %{customdata}<extra></extra>",
    }


def _events(trend: Trend, words: TrendWords) -> dict[str, Any]:
    """Return a triangle at the foot of each month in which something happened."""
    months = sorted(words.events)
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [_day(month.first_day) for month in months],
        "y": [_range(trend)[0] + _FOOT for _ in months],
        "customdata": [words.events[month] for month in months],
        "marker": {"symbol": "triangle-up", "size": 11, "opacity": 1},
        "hovertemplate": "%{x|%B %Y}<br>%{customdata}<extra></extra>",
    }


def _layout(trend: Trend, words: TrendWords, shape: str) -> dict[str, Any]:
    months = len(trend.points)
    return {
        "height": _HEIGHTS[shape],
        "margin": {"l": 44, "r": 28, "t": 24, "b": 44},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "font": {"family": FONT, "size": _FONT_SIZE},
        "xaxis": {
            "type": "date",
            "dtick": "M1" if months <= _EVERY[shape] else "M3",
            "tickformat": "%b\n%Y",
            "tickfont": {"size": _SMALL},
            "showgrid": False,
            "fixedrange": True,
        },
        "yaxis": {
            "range": _range(trend),
            "tickfont": {"size": _SMALL},
            "showgrid": False,
            "zeroline": False,
            "fixedrange": True,
        },
        "shapes": [_band(trend.limits)] if trend.limits else [],
        "annotations": list(_texts(trend, words)),
    }


def _range(trend: Trend) -> list[float]:
    shown = [point.index for point in trend.known if point.index is not None]
    if trend.limits:
        shown += [trend.limits.low, trend.limits.high]
    return [float(max(_LOWEST, min(shown) - _ROOM)), float(min(_HIGHEST, max(shown)) + _ROOM)]


def _band(limits: TrendLimits) -> dict[str, Any]:
    return {
        "type": "rect",
        "layer": "below",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": float(limits.low),
        "y1": float(limits.high),
    }


def _texts(trend: Trend, words: TrendWords) -> list[dict[str, Any]]:
    """Return the newest index beside its point, and what the band is at its upper edge."""
    common = {"showarrow": False, "borderpad": 0}
    newest = max(trend.known, key=lambda point: point.month)
    figure = {
        "text": words.printed[trend.points.index(newest)],
        "x": _day(newest.month.first_day),
        "y": float(newest.index or 0),
        "yshift": -18 if _falls(trend) else 18,
        "font": {"weight": _BOLD},
    }
    if trend.limits is None:
        return [{**common, **figure}]
    band = {
        "text": words.band,
        "xref": "paper",
        "x": 0,
        "xanchor": "left",
        "xshift": 8,
        "y": float(trend.limits.high),
        "yanchor": "top",
        "font": {"size": _SMALL},
    }
    return [{**common, **figure}, {**common, **band}]


def _falls(trend: Trend) -> bool:
    """Say whether the line comes down to the newest index, whose figure then stands below it."""
    *_, before, newest = (point.index or Decimal(0) for point in trend.known)
    return newest < before


def _day(day: object) -> str:
    return str(day)
