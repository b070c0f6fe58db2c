"""Taking a sheet in whole or not at all: what is wrong with each line, and what would change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol, Self, TypeVar

from aggregation.sheets.cells import BadCell, quoted
from aggregation.sheets.header import Column
from aggregation.sheets.sheet import Row

_Value = TypeVar("_Value")
_Coded = TypeVar("_Coded", bound="NamedLine")
_DASHES = {"-", "–", "—"}


@dataclass(frozen=True, slots=True, order=True)
class Complaint:
    """What is wrong, or looks wrong, with a line of a sheet.

    Attributes
    ----------
    line
        Where it stands in the file.
    column
        The column's name; "" if the whole line is meant.
    text
        In Indonesian, saying what to do; never a NIP.
    """

    line: int
    column: str
    text: str

    def __str__(self) -> str:
        """Write it as it is shown."""
        place = f"Baris {self.line}, kolom {self.column}" if self.column else f"Baris {self.line}"
        return f"{place}: {self.text}."


class SheetRefused(ValueError):
    """A sheet has bad lines, so nothing of it was taken in."""

    def __init__(self, complaints: Iterable[Complaint]) -> None:
        """Keep the complaints in the order of their lines."""
        self.complaints = tuple(sorted(complaints))
        super().__init__("\n".join(map(str, self.complaints)))


class NamedLine(Protocol):
    """A line of a sheet whose things have a code and a name."""

    @property
    def line(self) -> int:
        """Where it stands in the file."""

    @property
    def code(self) -> str:
        """The code that tells it apart."""

    @property
    def name(self) -> str:
        """The name that people read."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What taking a sheet in does, or would do.

    Attributes
    ----------
    added, changed
        One sentence in Indonesian for each.
    unchanged
        How many lines say what is known already.
    warnings
        What looks mistaken and is taken in all the same.
    added_lines
        How many lines are new, where one sentence stands for several.
    """

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    unchanged: int = 0
    warnings: tuple[Complaint, ...] = ()
    added_lines: int | None = None

    @property
    def new(self) -> int:
        """How many lines are new."""
        return len(self.added) if self.added_lines is None else self.added_lines

    @classmethod
    def of_named(
        cls, lines: Sequence[NamedLine], new: Sequence[NamedLine], touched: Sequence[NamedLine]
    ) -> Self:
        """Return what taking in lines with a code and a name does."""
        added, changed = (tuple(f"{x.code}: {x.name}" for x in some) for some in (new, touched))
        return cls(added, changed, len(lines) - len(new) - len(touched))


class Findings:
    """What is found wrong while a sheet is read; nothing is written before all of it is read."""

    def __init__(self) -> None:
        """Begin with nothing found."""
        self._errors: dict[tuple[int, str], Complaint] = {}
        self._bad_lines: set[int] = set()
        self._warnings: set[Complaint] = set()

    @property
    def warnings(self) -> tuple[Complaint, ...]:
        """What looks mistaken, by line."""
        return tuple(sorted(self._warnings))

    def refuse(self, line: int, column: str, text: str) -> None:
        """Note an error, the first one of a cell: what follows from it would only confuse."""
        self._errors.setdefault((line, column), Complaint(line, column, text))
        self._bad_lines.add(line)

    def warn(self, line: int, column: str, text: str) -> None:
        """Note what looks mistaken."""
        self._warnings.add(Complaint(line, column, text))

    def has_refused(self, line: int) -> bool:
        """Say whether a line has an error."""
        return line in self._bad_lines

    def settle(self) -> None:
        """Go on only if there are no errors.

        Raises
        ------
        SheetRefused
            With all of them.
        """
        if self._errors:
            raise SheetRefused(self._errors.values())


class LineReader:
    """Reads the cells of one line, noting what cannot be read."""

    def __init__(self, row: Row, findings: Findings) -> None:
        """Read this row; a cell beyond the header shifts the meaning of others, so it is noted."""
        self.line = row.line
        self._cells = row.cells
        self._findings = findings
        if row.overflows:
            self.refuse("", "berisi lebih banyak sel daripada judul kolom; periksa pemisah kolom")

    def text(self, column: str) -> str:
        """Return a cell's text, "" if it is empty, a dash, or the sheet has no such column."""
        text = self._cells.get(column, "")
        return "" if text in _DASHES else text

    def optional(self, column: str, read: Callable[[str], _Value]) -> _Value | None:
        """Return a cell's value; None if it is empty, or cannot be read."""
        text = self.text(column)
        if not text:
            return None
        try:
            return read(text)
        except BadCell as error:
            self.refuse(column, str(error))
            return None

    def needed(self, column: str, read: Callable[[str], _Value]) -> _Value | None:
        """Return a cell's value; None if it cannot be read. An empty cell is an error."""
        if not self.text(column):
            self.refuse(column, "kosong; kolom ini harus diisi")
        return self.optional(column, read)

    def refuse(self, column: str, text: str) -> None:
        """Note an error on this line."""
        self._findings.refuse(self.line, column, text)

    def warn(self, column: str, text: str) -> None:
        """Note what looks mistaken on this line."""
        self._findings.warn(self.line, column, text)


def first_of_each_code(
    rows: Iterable[Row], findings: Findings, column: str, read: Callable[[LineReader], _Coded]
) -> list[_Coded]:
    """Return what is read of each line, the first of each code; a second one is an error.

    Parameters
    ----------
    column
        Where the code stands.
    """
    lines: dict[str, _Coded] = {}
    for row in rows:
        reader = LineReader(row, findings)
        line = read(reader)
        if line.code in lines:
            first = lines[line.code].line
            text = f"{quoted(line.code)} sudah ada di baris {first}; hapus salah satu"
            reader.refuse(column, text)
        elif line.code:
            lines[line.code] = line
    return list(lines.values())


def optional_columns(*names: str) -> tuple[Column, ...]:
    """Return columns that a sheet may lack."""
    return tuple(Column(name, required=False) for name in names)
