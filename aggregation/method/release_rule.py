"""Which cells of a closed period may be shown beside all that was shown before (method §9).

A cell is so many people of a month, or of a longer period, in one category of a cut. Cells add up
in three ways: categories to everybody, months to quarters, half-years and the year, and some
categories of one cut to some of another, where they are the same people. Whoever has what was
shown so far can add and subtract along all three; a hidden cell must not come out of that.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.pool import Pool
from aggregation.method.suppression import SMALLEST_CELL, hide_each_other

Sizes = Mapping[str, Mapping[str, int]]
"""By month, how many people are in each category of a cut."""

Shown = tuple[Cut, str, str]
"""Cut, period and category that is shown; `EVERYBODY` is the period as a whole."""

Same = tuple[str, frozenset[tuple[Cut, str]], frozenset[tuple[Cut, str]]]
"""A month, and categories of two cuts that hold the same people in it."""


@dataclass(frozen=True, slots=True)
class Board:
    """What is known of a calendar year.

    Attributes
    ----------
    year
        The year, with the half-years, quarters and months that it is made of.
    sizes
        By cut, of every month that is closed so far; of the whole `EVERYBODY` is the only category.
    shown
        What may be seen already; a whole that may be is there in every cut.
    decided
        Cuts of periods that were decided already, whatever came out.
    same
        People who are known under two names.
    """

    year: Pool
    sizes: Mapping[Cut, Sizes]
    shown: frozenset[Shown]
    decided: frozenset[tuple[Cut, str]]
    same: Sequence[Same] = ()


def whole_may_be_shown(board: Board, period: str) -> bool:
    """Say whether the people of a period may be shown as a whole.

    Parameters
    ----------
    period
        A month, or a period whose months are all closed for good.
    """
    whole = (Cut.WHOLE, period, EVERYBODY)
    if _size(board, *whole) < SMALLEST_CELL:
        return False
    everywhere = [(cut, period, EVERYBODY) for cut in board.sizes]
    return not _tells(board, *whole) and _holds(
        board, _Span(board), everywhere, (Cut.WHOLE, period)
    )


def cells_that_may_be_shown(board: Board, cut: Cut, period: str) -> frozenset[str]:
    """Return the categories of a cut of a period that may be shown, of those that hold anybody.

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
    sizes = {each: _size(board, cut, period, each) for each in _categories(board, cut, period)}
    span = _Span(board)
    known = {each for each in sizes if span.holds((cut, period, each))}
    if (cut, period, EVERYBODY) not in board.shown:
        return frozenset(known)
    hidden_before = _hidden_before(board, cut)
    shown = {each for each, n in sizes.items() if n >= SMALLEST_CELL}
    shown -= {each for each in shown if _tells(board, cut, period, each)}
    while shown:
        hidden = [n for each, n in sizes.items() if each not in shown | known]
        cells = [(cut, period, each) for each in shown | known]
        if hide_each_other(hidden) and _holds(board, span, cells, (cut, period)):
            break
        place = {each: (each not in hidden_before, sizes[each]) for each in shown}
        shown = {each for each in shown if place[each] > min(place.values())}
    return frozenset(shown | known)


def _hidden_before(board: Board, cut: Cut) -> set[str]:
    return {
        category
        for decided, period in board.decided
        if decided is cut
        for category in _categories(board, cut, period)
        if (cut, period, category) not in board.shown
    }


def _tells(board: Board, cut: Cut, period: str, category: str) -> bool:
    """Say whether a period, less what is shown of it, would tell of a few people."""
    left_over = _left_over(board, cut, _pools(board.year)[period], category)
    return 0 < left_over < SMALLEST_CELL


def _left_over(board: Board, cut: Cut, pool: Pool, category: str) -> int:
    """Return how many of a category are in no part of a period that is shown."""
    return sum(
        0
        if (cut, part.name, category) in board.shown
        else _left_over(board, cut, part, category)
        if part.parts
        else _size(board, cut, part.name, category)
        for part in pool.parts
    )


def _holds(board: Board, span: "_Span", cells: Sequence[Shown], deciding: tuple[Cut, str]) -> bool:
    """Say whether nothing hidden comes out if these cells are shown too that did not before."""
    shown = board.shown | set(cells)
    wider = span.with_all(cells)
    decided = board.decided | {deciding}
    inhabited = {(cut, period): _categories(board, cut, period) for cut, period in decided}
    hidden = (
        (cut, period, category)
        for (cut, period), categories in inhabited.items()
        if categories
        for category in {EVERYBODY, *categories}
        if (cut, period, category) not in shown
    )
    return not any(wider.holds(each) and not span.holds(each) for each in hidden)


_Row = npt.NDArray[np.int64]
_PRIME = 2**31 - 1
"""Rows are reduced modulo a prime: exact, and the entries stay small."""


class _Span:
    """All that can be had from shown cells by adding and subtracting.

    People of a month and category that are shown themselves are known; the others are unknowns. A
    cell is a row that marks its unknowns, and the rows are kept in reduced form. That the same
    people have two names is a row as well: it marks the ones with 1, the others with -1.
    """

    def __init__(self, board: Board) -> None:
        self._board = board
        self._pools = _pools(board.year)
        unknowns = [
            (cut, month, category)
            for cut, months in board.sizes.items()
            for month, sizes in months.items()
            for category, size in sizes.items()
            if size and (cut, month, category) not in board.shown
        ]
        self._place = {unknown: number for number, unknown in enumerate(unknowns)}
        self._rows: dict[int, _Row] = {}
        self._add(self._row(cell) for cell in board.shown)
        self._add(
            self._marked((cut, month, each) for cut, each in these)
            - self._marked((cut, month, each) for cut, each in those)
            for month, these, those in board.same
        )

    def with_all(self, cells: Iterable[Shown]) -> "_Span":
        """Return what can be had if these cells are shown too."""
        wider = copy(self)
        wider._rows = dict(self._rows)  # noqa: SLF001 - its own kind
        wider._add(self._row(cell) for cell in cells)  # noqa: SLF001
        return wider

    def holds(self, cell: Shown) -> bool:
        """Say whether a cell can be had."""
        return not self._rest(self._row(cell)).any()

    def _add(self, rows: Iterable[_Row]) -> None:
        for row in rows:
            rest = self._rest(row)
            if rest.any():
                first = int(np.flatnonzero(rest)[0])
                rest = rest * pow(int(rest[first]), -1, _PRIME) % _PRIME
                self._rows = {
                    at: (each - each[first] * rest) % _PRIME if each[first] else each
                    for at, each in self._rows.items()
                }
                self._rows[first] = rest

    def _rest(self, row: _Row) -> _Row:
        for at in [each for each in np.flatnonzero(row).tolist() if each in self._rows]:
            row = (row - row[at] * self._rows[at]) % _PRIME
        return row % _PRIME

    def _row(self, cell: Shown) -> _Row:
        cut, period, category = cell
        sizes = self._board.sizes[cut]
        return self._marked(
            (cut, month, each)
            for month in self._pools[period].months()
            for each in (sizes.get(month, {}) if category == EVERYBODY else (category,))
        )

    def _marked(self, leaves: Iterable[Shown]) -> _Row:
        row = np.zeros(len(self._place), dtype=np.int64)
        for leaf in leaves:
            if leaf in self._place:
                row[self._place[leaf]] = 1
        return row


def _size(board: Board, cut: Cut, period: str, category: str) -> int:
    months = _pools(board.year)[period].months()
    return sum(board.sizes[cut].get(month, {}).get(category, 0) for month in months)


def _categories(board: Board, cut: Cut, period: str) -> set[str]:
    months = _pools(board.year)[period].months()
    return {each for m in months for each, n in board.sizes[cut].get(m, {}).items() if n}


def _pools(pool: Pool) -> dict[str, Pool]:
    """Return a period and all that it is made of, by name."""
    return {pool.name: pool} | {name: p for part in pool.parts for name, p in _pools(part).items()}


def same_people(month: str, together: Collection[Mapping[Cut, str]]) -> list[Same]:
    """Return the categories of cuts that hold the same people in a month.

    Parameters
    ----------
    together
        Which categories, by cut, people of the month are in; each combination once.

    Examples
    --------
    Paper comes from no desk, and nothing else does.

    >>> people = [{Cut.DESK: "1", Cut.CHANNEL: "kiosk"}, {Cut.DESK: "2", Cut.CHANNEL: "kiosk"},
    ...           {Cut.DESK: "", Cut.CHANNEL: "paper"}]
    >>> [(sorted(a), sorted(b)) for _, a, b in same_people("2026-10", people)][0]
    ([(<Cut.DESK: 'DESK'>, '1'), (<Cut.DESK: 'DESK'>, '2')], [(<Cut.CHANNEL: 'CHANNEL'>, 'kiosk')])
    """
    cuts = list(dict.fromkeys(cut for each in together for cut in each))
    return [
        (month, frozenset((one, c) for c in left), frozenset((other, c) for c in right))
        for place, one in enumerate(cuts)
        for other in cuts[place + 1 :]
        for left, right in _groups([(each[one], each[other]) for each in together])
    ]


def _groups(pairs: Iterable[tuple[str, str]]) -> list[tuple[set[str], set[str]]]:
    """Return the smallest groups of categories of two cuts that share people with no others."""
    groups: list[tuple[set[str], set[str]]] = []
    for left, right in dict.fromkeys(pairs):
        joined = [each for each in groups if left in each[0] or right in each[1]]
        groups = [each for each in groups if each not in joined]
        lefts, rights = ({left}, {right})
        for more_left, more_right in joined:
            lefts |= more_left
            rights |= more_right
        groups.append((lefts, rights))
    return groups
