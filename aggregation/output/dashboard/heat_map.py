"""When it is hard: weekday × the two legal slots, as a table with coloured cells."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregation.method.funnel import Funnel, Place, Reach
from aggregation.months.released import Cells
from aggregation.output.dashboard.cut_parts import piece_reading
from aggregation.output.dashboard.part import HIDDEN, Cell, Column, Form, Part, Table
from aggregation.output.dashboard.pieces import Piece, Shown, pieces
from survey.language import Language, worded

DAYS: Mapping[int, str] = {
    1: worded("Senin"),
    2: worded("Selasa"),
    3: worded("Rabu"),
    4: worded("Kamis"),
    5: worded("Jumat"),
    6: worded("Sabtu"),
    7: worded("Minggu"),
}
SLOTS: Mapping[int, str] = {1: "08.00–12.00", 2: "13.00–17.00"}
_WORKDAYS = range(1, 6)


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A cell of the map.

    Attributes
    ----------
    heat
        1 far below the unit, 2 below, 3 as usual, 4 above, 5 far above; 0 is hidden or empty.
    """

    heat: int
    shown: Shown | None
    empty: bool


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Rows of a day's name and its two cells."""

    slots: Sequence[str]
    rows: Sequence[tuple[str, Sequence[HeatCell]]]


def heat_part(cells: Cells, funnel: Funnel, language: Language) -> Part:
    """Return the map of a period; days on which nobody was served are left out at the weekend."""
    days = [day for day in DAYS if day in _WORKDAYS or any(f"{day}-{s}" in cells for s in SLOTS)]
    names = {
        f"{day}-{slot}": f"{language.say(DAYS[day])} {hours}"
        for day in days
        for slot, hours in SLOTS.items()
    }
    found = {piece.cell: piece for piece in pieces(cells, names, funnel)}
    rows = [
        (language.say(DAYS[day]), [_cell(found.get(f"{day}-{s}"), funnel) for s in SLOTS])
        for day in days
    ]
    return Part(
        name="waktu",
        reading=piece_reading(
            list(found.values()),
            worded("Tidak ada hari dan jam yang menonjol: perbedaannya mungkin kebetulan"),
            worded("Hari dan jam tampil setelah ada data"),
            language,
        ),
        caption=language.say(worded("IKM menurut hari dan jam pelayanan.")),
        label="",
        table=_table(rows, language),
        grid=HeatMap(tuple(SLOTS.values()), rows),
    )


def _cell(piece: Piece | None, funnel: Funnel) -> HeatCell:
    if piece is None or piece.shown is None:
        return HeatCell(0, None, empty=piece is None)
    shown = piece.shown
    low, high = funnel.limits(shown.n, Reach.INNER)
    heats = {Place.BELOW: 1, Place.ABOVE: 5}
    inner = 2 if shown.index < low else 4 if shown.index > high else 3
    return HeatCell(heats.get(shown.place, inner), shown, empty=False)


def _table(rows: Sequence[tuple[str, Sequence[HeatCell]]], language: Language) -> Table:
    columns = [Column(language.say(worded("Hari")), Form.TEXT)]
    for hours in SLOTS.values():
        columns += [
            Column(language.say(worded("IKM %(hours)s")) % {"hours": hours}),
            Column(language.say(worded("Kuesioner %(hours)s")) % {"hours": hours}),
        ]
    body = [
        (day, *(figure for cell in cells for figure in _figures(cell, language)))
        for day, cells in rows
    ]
    return Table(language.say(worded("IKM menurut hari dan jam")), columns, body)


def _figures(cell: HeatCell, language: Language) -> tuple[Cell, Cell]:
    if cell.shown is not None:
        return cell.shown.index, cell.shown.n
    word = language.say(worded("tidak ada") if cell.empty else HIDDEN)
    return word, word
