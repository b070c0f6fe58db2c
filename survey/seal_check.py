"""The record held against its seals: whatever was changed, added or removed is named (§8)."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from survey.chain_check import (
    KeptLeaves,
    chain_differences,
    day_differences,
    last_day_of,
)
from survey.difference import Difference, Kind, Looked
from survey.row_check import row_differences
from survey.seal_text import Link
from survey.text_check import register_differences, text_differences

__all__ = [
    "Difference",
    "Kind",
    "Looked",
    "published_differences",
    "record_differences",
]


def record_differences(
    session: Session, links: Sequence[Link], looked: Looked
) -> Iterator[Difference]:
    """Yield where the record is not what was sealed; each row is named once.

    Parameters
    ----------
    links
        The chain, from its first seal on.
    looked
        Counts the rows as they are looked at.
    """
    kept = KeptLeaves()
    yield from chain_differences(links)
    yield from day_differences(session, links, kept)
    yield from row_differences(session, kept.counts, last_day_of(links), looked)
    yield from text_differences(session, looked)
    yield from register_differences(session, looked)


def published_differences(links: Sequence[Link], against: Sequence[Link]) -> Iterator[Difference]:
    """Yield the published seals that the chain does not hold byte for byte."""
    kept = {link.number: link for link in links}
    for link in against:
        subject = f"seal {link.number}"
        if link.number not in kept:
            sentence = f"Segel ini pernah diumumkan; rantai sekarang hanya sampai {len(links) - 1}."
            yield Difference(Kind.PUBLISHED, subject, sentence)
        elif kept[link.number] != link:
            sentence = "Segel ini tidak sama dengan yang pernah diumumkan."
            yield Difference(Kind.PUBLISHED, subject, sentence)
