"""Finds a table's header by the names of its columns, below whatever titles stand above it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregation.sheets.grid import Grid, GridRow, SheetUnreadable


class HeaderMissing(SheetUnreadable):
    """No row holds all the column names that are needed."""


class ColumnTwice(SheetUnreadable):
    """The header names one column twice, so a cell's meaning would be a guess."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column to look for.

    Attributes
    ----------
    name
        The name that the cells of a row are found under.
    also
        Other names that offices give it.
    required
        Whether a header must have it.
    """

    name: str
    also: tuple[str, ...] = ()
    required: bool = True


def known_names(wanted: Sequence[Column]) -> Mapping[str, str]:
    """Return the names under which the columns may stand, reduced → the column's own name."""
    return {_key(text): column.name for column in wanted for text in (column.name, *column.also)}


def columns_of(row: GridRow, names: Mapping[str, str]) -> Mapping[int, str]:
    """Return which of the known names a row holds, by place from 0."""
    keys = enumerate(map(_key, row.cells))
    return {place: names[key] for place, key in keys if key in names}


def is_header(columns: Mapping[int, str], wanted: Sequence[Column]) -> bool:
    """Say whether these columns include all that are required."""
    return {column.name for column in wanted if column.required}.issubset(columns.values())


def require_distinct(row: GridRow, columns: Mapping[int, str]) -> None:
    """Refuse a header that names a column twice.

    Raises
    ------
    ColumnTwice
        Naming the columns and the line.
    """
    names = list(columns.values())
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        message = (
            f"Baris {row.line}: judul kolom {', '.join(twice)} ada dua kali. "
            "Sisakan satu, lalu coba lagi."
        )
        raise ColumnTwice(message)


def header_missing(grids: Sequence[Grid], wanted: Sequence[Column]) -> HeaderMissing:
    """Tell which columns the nearest thing to a header lacks."""
    required = [column.name for column in wanted if column.required]
    names = known_names(wanted)
    rows = [row for grid in grids for row in grid.rows]
    nearest = max(rows, key=lambda row: len(columns_of(row, names)), default=None)
    found = set(columns_of(nearest, names).values()) if nearest else set()
    if nearest is None or found.isdisjoint(required):
        message = f"Tidak ada baris judul dengan kolom {', '.join(required)}."
    else:
        missing = ", ".join(name for name in required if name not in found)
        message = f"Baris {nearest.line}: judul tidak memuat kolom {missing}."
    return HeaderMissing(f"{message} Tulis nama kolom itu, lalu coba lagi.")


def _key(name: str) -> str:
    """Reduce a column's name to its letters and digits: " Jenis  kelamin." is JENISKELAMIN."""
    return "".join(filter(str.isalnum, name)).casefold()
