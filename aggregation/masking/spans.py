"""Stretches of a text that are masked, and what stands in their place."""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What a masked stretch is."""

    NAME = "name"
    NUMBER = "number"
    """NIK, NIP, KK, an account, a plate: what a register knows one person by."""
    PHONE = "phone"
    EMAIL = "email"
    LINK = "link"
    """An address of the web, or an account of a social network."""
    INSULT = "insult"


MARKS = {
    Kind.NAME: "[nama]",
    Kind.NUMBER: "[nomor]",
    Kind.PHONE: "[nomor]",
    Kind.EMAIL: "[surel]",
    Kind.LINK: "[tautan]",
    Kind.INSULT: "[kata kasar]",
}


class Span(NamedTuple):
    """Characters [first, end) of a text."""

    first: int
    end: int
    kind: Kind


def apart(spans: Iterable[Span]) -> list[Span]:
    """Return spans in order, none over another; what came first in the sequence goes before.

    Examples
    --------
    >>> found = apart([Span(4, 9, Kind.EMAIL), Span(0, 5, Kind.NAME), Span(10, 12, Kind.NAME)])
    >>> [(first, end) for first, end, _ in found]
    [(4, 9), (10, 12)]
    """
    kept: list[Span] = []
    for span in spans:
        if all(span.end <= other.first or span.first >= other.end for other in kept):
            kept.append(span)
    return sorted(kept)
