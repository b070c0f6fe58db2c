"""The shapes that a statement's words come in, whatever prints them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """A name, what is said of it, and a remark."""

    name: str
    said: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the statement; all columns but the first `texts` are numbers."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    texts: int = 1


@dataclass(frozen=True, slots=True)
class Sum:
    """A formula with its numbers filled in, and what comes out."""

    label: str
    expression: str
    result: str
