"""What a check finds: something that is not as it was sealed, and by which name it goes."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """In which way something is not as it was sealed."""

    CHANGED = "changed"
    """A row says something else than was sealed."""
    ADDED = "added"
    """A row of a sealed day that its seal does not hold."""
    REMOVED = "removed"
    """A sealed row that is gone."""
    DAY = "day"
    """The leaves that are kept of a day do not make the root that was sealed."""
    CHAIN = "chain"
    """The chain of seals does not hold."""
    CLOSING = "closing"
    """A closed month does not say what was sealed, or what its rows say."""
    PUBLISHED = "published"
    """A seal that was published is not in the chain."""


@dataclass(frozen=True, slots=True, order=True)
class Difference:
    """Something that is not as it was sealed.

    Attributes
    ----------
    kind
        A :class:`Kind`.
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
    """How far a check has come.

    Attributes
    ----------
    rows
        How many rows were hashed and compared.
    named
        Rows of which something was said already: each is named once.
    """

    rows: int = 0
    named: set[str] = field(default_factory=set)

    def is_news(self, subject: str) -> bool:
        """Say whether nothing was said of a row yet; from now on something was."""
        news = subject not in self.named
        self.named.add(subject)
        return news
