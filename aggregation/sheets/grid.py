"""A table as a file holds it, before anybody knows what its columns mean."""

from dataclasses import dataclass

LARGEST_FILE = 2 * 1024 * 1024
"""Bytes of a file that is handed in."""


class SheetUnreadable(ValueError):
    """The file cannot be read as a spreadsheet; the text says what to do, in Indonesian."""


class SheetTooLarge(SheetUnreadable):
    """The file, or what it unpacks to, is larger than any office's sheet."""


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row as it stands in the file.

    Attributes
    ----------
    line
        In a text file the line on which the row begins, in a workbook its row number; from 1.
    cells
        Texts without surrounding blanks; empty ones are "".
    """

    line: int
    cells: tuple[str, ...]

    @property
    def is_blank(self) -> bool:
        """Whether no cell holds anything."""
        return not any(self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """All rows of one worksheet, or of a text file read with one separator.

    Attributes
    ----------
    name
        Name of the worksheet, or the separator of a text file.
    rows
        From the top, up to the end or to where it could not be read on.
    broken
        What stopped the reading, or None.
    """

    name: str
    rows: tuple[GridRow, ...]
    broken: SheetUnreadable | None = None
