"""Which cells of a closed period may be shown beside all that was shown before (method §9).

A cell is so many people of a month, or of a longer period, in one category of a cut. Cells add up
in two ways: categories to everybody, and months to quarters, half-years and the year. Whoever has
what was shown so far can subtract along both; a cell that is hidden must not come out of that.
"""

from collections.abc import Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aggregation.method.cuts import EVERYBODY
from aggregation.method.pool import Pool
from aggregation.method.suppression import SMALLEST_CELL, hide_each_other

Sizes = Mapping[str, Mapping[str, int]]
"""By month, how many people are in each category."""

Shown = tuple[str, str]
"""Period and category that is shown; `EVERYBODY` is the period as a whole."""


@dataclass(frozen=True, slots=True)
class Board:
    """What is known of one cut of a calendar year.

    Attributes
    ----------
    year
        The year, with the half-years, quarters and months that it is made of.
    sizes
        Of every month that is closed so far.
    shown
        What may be seen already.
    decided
        Names of the periods that were decided already, whatever came out.
    """

    year: Pool
    sizes: Sizes
    shown: frozenset[Shown]
    decided: frozenset[str]


def whole_may_be_shown(board: Board, period: str) -> bool:
    """Say whether the people of a period may be shown as a whole.

    Parameters
    ----------
    board
        Of the wholes alone: `EVERYBODY` is the only category of each month.
    period
        A month, or a period whose months are all closed for good.
    """
    if _size(board, period, EVERYBODY) < SMALLEST_CELL:
        return False
    return _holds(board, _Span(board), period, {EVERYBODY})


def cells_that_may_be_shown(board: Board, period: str) -> frozenset[str]:
    """Return the categories of a period that may be shown, of those that hold anybody.

    Parameters
    ----------
    board
        The wholes that are shown are among `shown`, that of the period itself included.

    Returns
    -------
    frozenset
        Empty if the cut is withheld as a whole. Where the period's whole is not shown, and always
        besides, what shown cells give anyhow: the same people under another name.

    Notes
    -----
    Small categories are hidden, and as many more as keep them from being derived: first those
    that the year has hidden before, because the same ones hidden month after month leave the
    longer periods open, then the smallest. Categories of one size share one fate, so what is
    shown depends on sizes alone and never on ratings. Nothing that was shown is taken back.
    Hidden cells are not only safe from subtraction one by one: what the shown ones leave over in
    a period, or of a category in a longer period, is nobody or ten people at least.
    """
    sizes = {each: _size(board, period, each) for each in _categories(board, period)}
    span = _Span(board)
    known = {each for each in sizes if span.holds(period, each)}
    if (period, EVERYBODY) not in board.shown:
        return frozenset(known)
    hidden_before = _hidden_before(board)
    shown = {each for each, n in sizes.items() if n >= SMALLEST_CELL}
    shown -= {each for each in shown if _tells(board, period, each)}
    while shown:
        hidden = [n for each, n in sizes.items() if each not in shown | known]
        if hide_each_other(hidden) and _holds(board, span, period, shown | known):
            break
        place = {each: (each not in hidden_before, sizes[each]) for each in shown}
        shown = {each for each in shown if place[each] > min(place.values())}
    return frozenset(shown | known)


def _hidden_before(board: Board) -> set[str]:
    return {
        category
        for period in board.decided
        for category in _categories(board, period)
        if (period, category) not in board.shown
    }


def _tells(board: Board, period: str, category: str) -> bool:
    """Say whether a period, less what is shown of it, would tell of a few people."""
    return 0 < _left_over(board, _pools(board.year)[period], category) < SMALLEST_CELL


def _holds(board: Board, span: "_Span", period: str, cells: Collection[str]) -> bool:
    """Say whether nothing hidden comes out if these cells of a period are shown too."""
    if any(_tells(board, period, each) for each in cells):
        return False
    shown = board.shown | {(period, each) for each in cells}
    wider = span.with_all((period, each) for each in cells)
    inhabited = {name: _categories(board, name) for name in board.decided | {period}}
    return not any(
        wider.holds(name, category)
        for name, categories in inhabited.items()
        if categories
        for category in {EVERYBODY, *categories}
        if (name, category) not in shown
    )


def _left_over(board: Board, pool: Pool, category: str) -> int:
    """Return how many of a category are in no part of a period that is shown."""
    return sum(
        0
        if (part.name, category) in board.shown
        else _left_over(board, part, category)
        if part.parts
        else _size(board, part.name, category)
        for part in pool.parts
    )


_Row = npt.NDArray[np.int64]


class _Span:
    """All that can be had from shown cells by adding and subtracting.

    People of a month and category that are shown themselves are known; the others are unknowns. A
    cell is a row that marks its unknowns, and the rows are kept in reduced form. Periods nest, and
    so do categories in everybody: the incidence of two such families is totally unimodular, so
    every entry stays -1, 0 or 1 and the elimination is exact.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._pools = _pools(board.year)
        unknowns = [
            (month, category)
            for month, sizes in board.sizes.items()
            for category, size in sizes.items()
            if size and (month, category) not in board.shown
        ]
        self._place = {unknown: number for number, unknown in enumerate(unknowns)}
        self._rows: dict[int, _Row] = {}
        self._add(board.shown)

    def with_all(self, cells: Iterable[Shown]) -> "_Span":
        """Return what can be had if these cells are shown too."""
        wider = copy(self)
        wider._rows = dict(self._rows)  # noqa: SLF001 - its own kind
        wider._add(cells)  # noqa: SLF001
        return wider

    def holds(self, period: str, category: str) -> bool:
        """Say whether a cell can be had."""
        return not self._rest(self._row(period, category)).any()

    def _add(self, cells: Iterable[Shown]) -> None:
        for cell in cells:
            rest = self._rest(self._row(*cell))
            if rest.any():
                first = int(np.flatnonzero(rest)[0])
                rest = rest * rest[first]
                self._rows = {at: row - row[first] * rest for at, row in self._rows.items()}
                self._rows[first] = rest

    def _rest(self, row: _Row) -> _Row:
        for at in [each for each in np.flatnonzero(row).tolist() if each in self._rows]:
            row = row - row[at] * self._rows[at]
        return row

    def _row(self, period: str, category: str) -> _Row:
        row = np.zeros(len(self._place), dtype=np.int64)
        for month in self._pools[period].months():
            for each in self._board.sizes.get(month, {}) if category == EVERYBODY else (category,):
                if (month, each) in self._place:
                    row[self._place[month, each]] = 1
        return row


def _size(board: Board, period: str, category: str) -> int:
    months = _pools(board.year)[period].months()
    return sum(board.sizes.get(month, {}).get(category, 0) for month in months)


def _categories(board: Board, period: str) -> set[str]:
    months = _pools(board.year)[period].months()
    return {each for month in months for each, n in board.sizes.get(month, {}).items() if n}


def _pools(pool: Pool) -> dict[str, Pool]:
    """Return a period and all that it is made of, by name."""
    return {pool.name: pool} | {name: p for part in pool.parts for name, p in _pools(part).items()}
