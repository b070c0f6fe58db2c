"""The cells of a cut as a page shows them: each beside the unit, none ranked (method §3)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from aggregation.method.cuts import UNKNOWN
from aggregation.method.funnel import Funnel, Place
from aggregation.method.interval import Interval
from aggregation.months.released import Cells
from aggregation.output.unit_month import standing


@dataclass(frozen=True, slots=True)
class Shown:
    """The figures of a cell: ten questionnaires or more.

    Attributes
    ----------
    place
        Where it lies in the unit's funnel.
    """

    n: int
    index: Decimal
    interval: Interval
    place: Place


@dataclass(frozen=True, slots=True)
class Piece:
    """A cell by its name; without figures it is hidden."""

    cell: str
    name: str
    shown: Shown | None


def pieces(cells: Cells, names: Mapping[str, str], funnel: Funnel) -> list[Piece]:
    """Return the cells in the order of their names; a cell without a name is left out.

    Parameters
    ----------
    names
        By cell, in the office's order.
    """
    return [
        Piece(cell, name, _shown(cells, cell, funnel))
        for cell, name in names.items()
        if cell in cells and not _empty(cells, cell)
    ]


def outside(found: Sequence[Piece]) -> list[Piece]:
    """Return those that lie outside the funnel, in their order; who is unknown is nobody's."""
    return [
        piece
        for piece in found
        if piece.shown and piece.cell != UNKNOWN and piece.shown.place is not Place.WITHIN
    ]


def _empty(cells: Cells, cell: str) -> bool:
    counts = cells[cell]
    return counts is not None and not counts.n


def _shown(cells: Cells, cell: str, funnel: Funnel) -> Shown | None:
    counts = cells[cell]
    found = None if counts is None else standing(counts)
    if found is None:
        return None
    index = found.index
    return Shown(index.n, index.index, found.interval, funnel.place(index.index, index.n))
