"""The record held against its seals: what was changed, added or removed is named (method §8)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Engine


class Changed(StrEnum):
    """In which way something is not what was sealed."""

    CHANGED = "changed"
    """A row says something else than its leaf, or its leaf than the seal."""
    ADDED = "added"
    """A row of a sealed day that the seal does not hold."""
    REMOVED = "removed"
    """A sealed row that is gone."""
    DAY = "day"
    """The leaves of a day do not make the root that was sealed."""
    CHAIN = "chain"
    """The chain of seals does not hold."""
    CLOSING = "closing"
    """A closed month does not say what was sealed, or what its rows say."""
    PUBLISHED = "published"
    """A seal that was published is not in the chain."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something that is not what was sealed.

    Attributes
    ----------
    subject
        What it is, as ``response <uuid>``, ``day 2026-10-05`` or ``seal 41``.
    sentence
        What differs, in plain Indonesian.
    """

    kind: str
    subject: str
    sentence: str


@dataclass(slots=True)
class Looked:
    """How many rows were looked at so far."""

    rows: int = 0


def differences_of_record(engine: Engine, looked: Looked) -> Iterator[Difference]:
    """Yield where the record is not what was sealed."""
    yield from ()
