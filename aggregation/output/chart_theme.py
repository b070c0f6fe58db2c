"""How charts look in the light and the dark theme: templates that plotly lays under a figure.

The page's script picks the one that matches the device, and draws anew when that changes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

FONT = (
    '-apple-system, BlinkMacSystemFont, "Segoe UI", Roboto, "Noto Sans", Ubuntu, '
    "system-ui, sans-serif"
)
"""The page's fonts: whatever the device has."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The tokens of `staff.css` that a chart needs, in one of the two themes.

    Attributes
    ----------
    soft, edge
        Those of `data-soft` and `line-strong`.
    """

    ground: str
    sunken: str
    ink: str
    data: str
    soft: str
    edge: str


PALETTES: Mapping[str, Palette] = MappingProxyType(
    {
        "light": Palette("#f7f6f3", "#eeece7", "#1c1b19", "#1f4e8c", "#d9e5f4", "#7d776d"),
        "dark": Palette("#171614", "#2d2a27", "#f5f2ec", "#8fb8f0", "#24364e", "#999287"),
    }
)


def template(palette: Palette) -> dict[str, Any]:
    """Return the colours of a bar chart: the marks on its bars are a halo, then the mark."""
    return _template(
        palette,
        [{"marker": {"line": {"color": colour}}} for colour in (palette.ground, palette.ink)],
    )


def trend_template(palette: Palette) -> dict[str, Any]:
    """Return the colours of a trend: the centre, the months, then what happened in them."""
    centre = {"line": {"color": palette.ink}}
    edge = {"color": palette.ground, "width": 2}
    months = {"line": {"color": palette.data}, "marker": {"color": palette.data, "line": edge}}
    marks = {"marker": {"color": palette.ink}}
    return _template(palette, [centre, months, marks])


def funnel_template(palette: Palette) -> dict[str, Any]:
    """Return the colours of a funnel: two borders of each band, the centre, then the parts."""
    border = {"line": {"color": palette.edge}}
    band = {"line": {"color": palette.edge}, "fillcolor": palette.soft}
    centre = {"line": {"color": palette.ink}}
    return _template(palette, [border, band, border, border, centre, _points(palette)])


def quadrant_template(palette: Palette) -> dict[str, Any]:
    """Return the colours of a quadrant: its points."""
    return _template(palette, [_points(palette)])


def _points(palette: Palette) -> dict[str, Any]:
    return {"marker": {"color": palette.data, "line": {"color": palette.ground, "width": 2}}}


def _template(palette: Palette, scatter: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the colours of one theme; traces of a kind take the entries in their order."""
    return {
        "data": {
            "bar": [{"marker": {"color": palette.data, "line": {"width": 0}}}],
            "scatter": scatter,
        },
        "layout": {
            "paper_bgcolor": palette.ground,
            "plot_bgcolor": palette.ground,
            "font": {"color": palette.ink},
            "shapedefaults": {
                "fillcolor": palette.sunken,
                "line": {"width": 0, "color": palette.ink},
            },
            "hoverlabel": {
                "bgcolor": palette.ink,
                "bordercolor": palette.ink,
                "font": {"color": palette.ground},
            },
        },
    }
