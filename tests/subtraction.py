"""The attacker of released figures: adds and subtracts whatever was shown, in exact fractions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from aggregation.method.cuts import EVERYBODY
from aggregation.method.suppression import hide_each_other
from aggregation.months.period import Period

Sizes = Mapping[str, Mapping[str, int]]
Cell = tuple[str, str]


@dataclass(frozen=True)
class Attack:
    """What somebody who has all the shown cells of a cut learns of the others."""

    sizes: Sizes
    shown: frozenset[Cell]
    periods: tuple[str, ...]

    def derived(self) -> set[Cell]:
        """Return the hidden cells with anybody in them that come out by subtraction."""
        unknowns = [(m, c) for m, cells in self.sizes.items() for c, n in cells.items() if n]
        equations = eliminated(self._row(cell, unknowns) for cell in self.shown)
        return {
            cell
            for cell in self.hidden()
            if not any(rest(equations, self._row(cell, unknowns)).values())
        }

    def hidden(self) -> set[Cell]:
        return {
            (period, category)
            for period in self.periods
            for category in {EVERYBODY, *self.categories(period)}
            if (period, category) not in self.shown and self.size(period, category)
        }

    def few_left_over(self) -> set[tuple[str, str]]:
        """Return where the shown cells of a period leave over 1 to 9 people."""
        found = set()
        for period in self.periods:
            cells = {c for c in self.categories(period) if (period, c) in self.shown}
            if (period, EVERYBODY) in self.shown and cells:
                left = self.size(period, EVERYBODY) - sum(self.size(period, c) for c in cells)
                if 0 < left < 10:
                    found.add((period, "categories"))
        return found

    def categories(self, period: str) -> set[str]:
        return {c for m in months(period) for c, n in self.sizes.get(m, {}).items() if n}

    def size(self, period: str, category: str) -> int:
        cells = [self.sizes.get(month, {}) for month in months(period)]
        if category == EVERYBODY:
            return sum(sum(each.values()) for each in cells)
        return sum(each.get(category, 0) for each in cells)

    def _row(self, cell: Cell, unknowns: Collection[Cell]) -> dict[Cell, Fraction]:
        period, category = cell
        inside = set(months(period))
        return {
            (m, c): Fraction(1) for m, c in unknowns if m in inside and category in {EVERYBODY, c}
        }


def months(period: str) -> list[str]:
    return [str(month) for month in Period.parse(period).months]


Row = dict[Cell, Fraction]


def eliminated(rows: Iterable[Row]) -> list[tuple[Cell, Row]]:
    """Return equations, each with the unknown that it is solved for."""
    solved: list[tuple[Cell, Row]] = []
    for row in rows:
        left = rest(solved, row)
        pivot = next((at for at, value in left.items() if value), None)
        if pivot is not None:
            scaled = {at: value / left[pivot] for at, value in left.items() if value}
            solved = [
                (at, _minus(each, scaled, each.get(pivot, Fraction(0)))) for at, each in solved
            ]
            solved.append((pivot, scaled))
    return solved


def rest(equations: Iterable[tuple[Cell, Row]], row: Row) -> Row:
    for pivot, each in equations:
        row = _minus(row, each, row.get(pivot, Fraction(0)))
    return row


def _minus(row: Row, other: Row, times: Fraction) -> Row:
    if not times:
        return row
    keys = row.keys() | other.keys()
    found = {k: row.get(k, Fraction(0)) - times * other.get(k, Fraction(0)) for k in keys}
    return {key: value for key, value in found.items() if value}


def hidden_by_itself(sizes: Mapping[str, int]) -> set[str]:
    """Return the cells of one table that it hides, other tables forgotten: the usual way."""
    hidden = {cell for cell, size in sizes.items() if 0 < size < 10}
    others = sorted(sizes.keys() - hidden, key=lambda cell: sizes[cell])
    while others and not hide_each_other([sizes[cell] for cell in hidden]):
        smallest = sizes[others[0]]
        hidden |= {cell for cell in others if sizes[cell] == smallest}
        others = [cell for cell in others if cell not in hidden]
    return hidden
