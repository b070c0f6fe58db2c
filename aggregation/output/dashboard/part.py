"""A part of a unit's page: its finding in one sentence, its chart, and the same as a table."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from typing import Any

from survey.language import Language, worded

Cell = str | int | Decimal
"""A word as it is said, a count, or a rounded figure."""

HIDDEN = worded("disembunyikan")
"""What stands in a table for figures that are not let be seen."""


class Form(Enum):
    """How the figures of a column are written."""

    TEXT = "text"
    NUMBER = "number"
    DIFFERENCE = "difference"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table."""

    label: str
    form: Form = Form.NUMBER


@dataclass(frozen=True, slots=True)
class Table:
    """Rows as the page shows them and the file holds them; the first column names the row."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Part:
    """One finding of a unit's period.

    Attributes
    ----------
    name
        In the address, in file names and as the section's mark.
    reading
        The finding in one sentence.
    caption
        What is measured, and what to beware of.
    label
        What the chart is to those who do not see it.
    chart
        As of :mod:`aggregation.output.charts`; None if the table is all there is.
    grid
        The cells of a heat map instead of a chart.
    """

    name: str
    reading: str
    caption: str
    label: str
    table: Table
    chart: Mapping[str, Any] | None = None
    grid: object | None = None


def written(cell: Cell, form: Form, language: Language) -> str:
    """Write a cell of a table in a language."""
    if isinstance(cell, str):
        return cell
    if form is Form.DIFFERENCE:
        return language.difference(Decimal(cell))
    return language.number(cell) if isinstance(cell, int) else language.figure(cell)


def joined(names: Sequence[str], language: Language) -> str:
    """Name things within a sentence: one, two, or all of them with commas."""
    if len(names) == 1:
        return names[0]
    both = language.say(worded("%(one)s dan %(other)s"))
    return both % {"one": ", ".join(names[:-1]), "other": names[-1]}


def begun(sentence: str) -> str:
    """Begin a sentence with a capital, whatever its first word was."""
    return sentence[:1].upper() + sentence[1:]
