"""Desks side by side: is the difference more than chance? Never a ranking (method §3)."""

from collections.abc import Sequence
from typing import Any

from aggregation.method.cuts import UNKNOWN
from aggregation.method.funnel import Funnel, Place, Reach
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.output.chart_theme import FONT, PALETTES, funnel_template
from aggregation.output.charts import SHAPES
from aggregation.output.dashboard.cut_parts import piece_table
from aggregation.output.dashboard.part import Cell, Column, Form, Part, Table, joined
from aggregation.output.dashboard.pieces import Piece, outside
from survey.language import Language, worded

_HEIGHTS = {"wide": 340, "narrow": 300}
_STEPS = 40
_ROOM = 1.12
_FONT_SIZE, _SMALL, _BOLD = 15, 13, 700
_PLACES = {
    Place.WITHIN: worded("di dalam corong"),
    Place.BELOW: worded("di bawah corong"),
    Place.ABOVE: worded("di atas corong"),
}


def desks_part(found: Sequence[Piece], funnel: Funnel, language: Language) -> Part:
    """Return the desks, in their order; only those outside the funnel are labelled."""
    shown = [piece for piece in found if piece.shown]
    table = piece_table(
        language.say(worded("IKM per loket, menurut urutan loket")),
        language.say(worded("Loket")),
        found,
        language,
    )
    return Part(
        name="loket",
        reading=desk_reading(found, language),
        caption=language.say(
            worded(
                "Di dalam corong, perbedaan mungkin kebetulan. Sumbu tegak tidak mulai dari nol."
            )
        ),
        label=language.say(
            worded(
                "Loket menurut jumlah kuesioner dan IKM, di dalam corong. Angkanya ada di tabel."
            )
        ),
        table=_with_places(table, found, language),
        chart=_chart(shown, funnel, language) if shown else None,
    )


def desk_reading(found: Sequence[Piece], language: Language) -> str:
    """Say which desks lie outside the funnel, in their order."""
    desks = [piece for piece in found if piece.cell != UNKNOWN]
    apart = outside(desks)
    if not any(piece.shown for piece in desks):
        return language.say(worded("Loket tampil setelah ada sepuluh kuesioner"))
    if not apart:
        return language.say(worded("Loket setara: perbedaannya mungkin kebetulan"))
    ways = {
        Place.BELOW: worded("%(names)s di bawah corong"),
        Place.ABOVE: worded("%(names)s di atas corong"),
    }
    sentences = []
    for place, way in ways.items():
        names = [piece.name for piece in apart if piece.shown and piece.shown.place is place]
        if names:
            sentences.append(language.say(way) % {"names": joined(names, language)})
    return "; ".join(sentences)


def _with_places(table: Table, found: Sequence[Piece], language: Language) -> Table:
    columns = [*table.columns, Column(language.say(worded("Letak")), Form.TEXT)]
    rows: list[tuple[Cell, ...]] = []
    for piece, row in zip(found, table.rows, strict=True):
        place = language.say(_PLACES[piece.shown.place]) if piece.shown else "–"
        rows.append((*row, place))
    return Table(table.title, columns, rows)


def _chart(shown: Sequence[Piece], funnel: Funnel, language: Language) -> dict[str, Any]:
    most = max(piece.shown.n for piece in shown if piece.shown) * _ROOM
    sizes = [
        max(SMALLEST_CELL, round(SMALLEST_CELL + (most - SMALLEST_CELL) * (step / _STEPS) ** 2))
        for step in range(_STEPS + 1)
    ]
    sizes = sorted({*sizes, round(most)})
    data = [*_bands(sizes, funnel), _centre(sizes, funnel), _desks(shown, language)]
    return {
        "data": data,
        "layouts": {name: _layout(shown, funnel, sizes, name, language) for name in SHAPES},
        "templates": {name: funnel_template(palette) for name, palette in PALETTES.items()},
    }


def _bands(sizes: Sequence[int], funnel: Funnel) -> list[dict[str, Any]]:
    """Return the outer band, filled, and the inner one as its dotted borders."""
    outer = [funnel.limits(n, Reach.OUTER) for n in sizes]
    inner = [funnel.limits(n, Reach.INNER) for n in sizes]
    line = {"mode": "lines", "x": [*sizes], "hoverinfo": "skip"}
    thin, dotted = {"width": 1}, {"width": 1, "dash": "dot"}
    return [
        dict(type="scatter", y=[float(high) for _, high in outer], line=thin, **line),
        dict(type="scatter", y=[float(low) for low, _ in outer], line=thin, fill="tonexty", **line),
        dict(type="scatter", y=[float(high) for _, high in inner], line=dotted, **line),
        dict(type="scatter", y=[float(low) for low, _ in inner], line=dotted, **line),
    ]


def _centre(sizes: Sequence[int], funnel: Funnel) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [sizes[0], sizes[-1]],
        "y": [float(funnel.mean)] * 2,
        "line": {"width": 1},
        "hoverinfo": "skip",
    }


def _desks(shown: Sequence[Piece], language: Language) -> dict[str, Any]:
    apart = outside(shown)
    figures = [piece.shown for piece in shown if piece.shown]
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [each.n for each in figures],
        "y": [float(each.index) for each in figures],
        "customdata": [
            f"{piece.name}: {language.figure(each.index)}, n {language.number(each.n)}"
            for piece, each in zip(shown, figures, strict=True)
        ],
        "marker": {
            "symbol": ["diamond" if piece in apart else "circle" for piece in shown],
            "size": [17 if piece in apart else 12 for piece in shown],
            "opacity": 1,
        },
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _layout(
    shown: Sequence[Piece], funnel: Funnel, sizes: Sequence[int], shape: str, language: Language
) -> dict[str, Any]:
    axis = {"tickfont": {"size": _SMALL}, "showgrid": False, "zeroline": False, "fixedrange": True}
    outer = [float(limit) for limit in funnel.limits(sizes[0], Reach.OUTER)]
    values = [float(piece.shown.index) for piece in shown if piece.shown] + outer
    return {
        "height": _HEIGHTS[shape],
        "margin": {"l": 44, "r": 16, "t": 16, "b": 56},
        "showlegend": False,
        "dragmode": False,
        "hovermode": "closest",
        "font": {"family": FONT, "size": _FONT_SIZE},
        "xaxis": {
            **axis,
            "range": [0, sizes[-1]],
            "title": {
                "text": language.say(worded("jumlah kuesioner lengkap")),
                "font": {"size": _SMALL},
            },
        },
        "yaxis": {**axis, "range": [max(24.0, min(values) - 2), min(101.0, max(values) + 2)]},
        "annotations": _labels(shown, sizes[-1], language),
    }


def _labels(shown: Sequence[Piece], most: int, language: Language) -> list[dict[str, Any]]:
    labels = []
    for piece in outside(shown):
        if piece.shown is None:
            continue
        below = piece.shown.place is Place.BELOW
        right = piece.shown.n > most * 0.6
        labels.append({
            "text": f"{piece.name} · {language.figure(piece.shown.index)}",
            "x": piece.shown.n,
            "y": float(piece.shown.index),
            "xanchor": "right" if right else "left",
            "yshift": -20 if below else 20,
            "showarrow": False,
            "borderpad": 0,
            "font": {"size": _SMALL, "weight": _BOLD},
        })  # fmt: skip
    return labels
