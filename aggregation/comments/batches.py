"""Batches of comments: masked before anything is written, five to five hundred together (§9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import uuid4

from sqlmodel import Session

from aggregation.comments.unread_words import UnreadWords, waiting_words
from aggregation.masking.masking import mask
from aggregation.masking.names import KnownNames
from aggregation.masking.readable import says_something
from aggregation.people.public_words import names_of_unit
from survey.units import local_today

SMALLEST_BATCH = 5
LARGEST_BATCH = 500
"""Written in a moment, so that no tap has to wait for it."""


@dataclass(frozen=True, slots=True)
class MaskedWords:
    """Words that can be read, masked.

    Attributes
    ----------
    masked
        How many stretches gave way.
    """

    source: UnreadWords
    text: str
    masked: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """The words of a unit that may be released, and the names that are masked in them."""

    words: Sequence[UnreadWords]
    names: KnownNames


def waiting_in(session: Session, unit_id: int, at: datetime) -> Waiting:
    """Return what waits in a unit: what citizens wrote before its last working day."""
    today = local_today(session, unit_id, at)
    return Waiting(list(waiting_words(session, unit_id, today)), names_of_unit(session, unit_id))


def batches_of(waiting: Waiting) -> list[Sequence[MaskedWords]]:
    """Mask what waits and share it out in random order; nothing while fewer than five wait.

    Masking needs no database and takes some milliseconds for each comment: keep it out of
    transactions.
    """
    ready = [
        MaskedWords(words, masked.text, masked.count)
        for words in waiting.words
        if says_something((masked := mask(words.text, waiting.names)).text)
    ]
    if len(ready) < SMALLEST_BATCH:
        return []
    # Rows may lie in the order of writing, and a batch must not tell the first half of a month.
    mixed = sorted(ready, key=lambda _: uuid4())
    count = ceil(len(mixed) / LARGEST_BATCH)
    return [mixed[first::count] for first in range(count)]
