"""What a printed report is made of: paragraphs, tables and drawings, as plain values.

The template sets them one after the other; every word is set as text, never read as markup.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph, or an item of a list."""

    text: str
    is_item: bool


@dataclass(frozen=True, slots=True)
class Prose:
    """Paragraphs and lists as somebody worded them."""

    lines: Sequence[Line]
    kind: Literal["prose"] = "prose"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; its head is repeated on every page.

    Attributes
    ----------
    widths
        Of the columns, as parts of the whole.
    texts
        How many columns from the left hold words; the others hold figures.
    strong
        How many of the last rows are sums.
    """

    caption: str
    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    widths: Sequence[float]
    texts: int = 1
    strong: int = 0
    note: str = ""
    is_small: bool = False
    kind: Literal["table"] = "table"


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: how long it is and was before, in percent of the scale."""

    label: str
    printed: str
    length: float
    before: float | None
    change: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Bars below each other, from the lowest to the highest rating."""

    caption: str
    alt: str
    bars: Sequence[Bar]
    legend: str
    kind: Literal["bars"] = "bars"


@dataclass(frozen=True, slots=True)
class Point:
    """A point of the trend in percent of the drawing's height; None is a gap."""

    label: str
    printed: str
    at: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Border:
    """A line across the trend, such as where a grade begins."""

    label: str
    at: float


@dataclass(frozen=True, slots=True)
class Points:
    """Indices of periods that follow one another, each with its interval."""

    caption: str
    alt: str
    points: Sequence[Point]
    borders: Sequence[Border]
    kind: Literal["points"] = "points"


@dataclass(frozen=True, slots=True)
class GradeBand:
    """A grade's part of the scale, in percent."""

    letter: str
    left: float
    width: float
    lowest: str


@dataclass(frozen=True, slots=True)
class Index:
    """The index of the unit, large, on the scale of the grades."""

    index: str
    grade: str
    interval: str
    alt: str
    bands: Sequence[GradeBand]
    at: float
    low: float
    width: float
    kind: Literal["index"] = "index"


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with what it is of, and the address that it leads to."""

    label: str
    address: str
    qr: str
    qr_alt: str


@dataclass(frozen=True, slots=True)
class Codes:
    """QR codes beside each other."""

    codes: Sequence[Code]
    kind: Literal["codes"] = "codes"


Block = Prose | Table | Bars | Points | Index | Codes


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a chapter; its title may be empty."""

    title: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Chapter:
    """A chapter or an annex."""

    title: str
    sections: Sequence[Section] = field(default_factory=tuple)


def prose(text: str) -> Prose:
    """Return a text as paragraphs; lines that begin with "- " are items of a list."""
    return Prose(
        [
            Line(line.removeprefix("- ").strip(), line.startswith("- "))
            for line in text.split("\n")
            if line.strip()
        ]
    )
