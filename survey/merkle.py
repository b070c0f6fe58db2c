"""Leaves and trees of the daily seals (method §8, RFC 6962 §2.1).

A leaf is salted as a whole, so a guess at a rating cannot be tested against its digest.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
_sha256 = hashlib.sha256
DIGEST_SIZE = _sha256().digest_size
EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""

Scalar = str | int | bool | None
Rows = Sequence[bytes]
"""The rows of a tree, each as its digests one behind the other: the leaves first, the root last."""


def canonical(entry: Mapping[str, Scalar]) -> bytes:
    """Return the one spelling of an entry: JSON, keys sorted, no blanks, ASCII only."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def leaf_digest(entry: Mapping[str, Scalar]) -> bytes:
    """Return the 32-byte leaf of an entry: SHA-256 of 0x00 and its canonical spelling."""
    return hashlib.sha256(LEAF_PREFIX + canonical(entry)).digest()


def node_digest(left: bytes, right: bytes) -> bytes:
    """Return the digest of a node from those of its two children."""
    return hashlib.sha256(NODE_PREFIX + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree over leaves in their order."""
    row = list(leaves)
    while len(row) > 1:
        row = _next_row(row)
    return row[0] if row else EMPTY_ROOT


def rows_of(leaves: Iterable[bytes]) -> Rows:
    """Return the rows of a tree over leaves in their order."""
    row = list(leaves)
    rows = [b"".join(row)]
    while len(row) > 1:
        row = _next_row(row)
        rows.append(b"".join(row))
    return rows


def size_of(rows: Rows) -> int:
    """Return how many leaves a tree has."""
    return len(rows[0]) // DIGEST_SIZE


def digest_at(row: bytes, place: int) -> bytes:
    """Return the digest at a place of a row."""
    return row[place * DIGEST_SIZE : (place + 1) * DIGEST_SIZE]


def path_of(rows: Rows, place: int) -> tuple[bytes, ...]:
    """Return the audit path of the leaf at a place, from the leaf's sibling up to the root's.

    Raises
    ------
    IndexError
        If there is no such leaf.
    """
    if not 0 <= place < size_of(rows):
        raise IndexError(place)
    siblings = ((row, (place >> height) ^ 1) for height, row in enumerate(rows[:-1]))
    return tuple(digest_at(row, at) for row, at in siblings if at * DIGEST_SIZE < len(row))


def root_from(leaf: bytes, place: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that an audit path leads to; none where it has not the length it must have.

    Parameters
    ----------
    place, size
        Where the leaf stands, and in a tree of how many leaves (RFC 6962 §2.1.1).
    """
    if not 0 <= place < size:
        return None
    digest, steps, last = leaf, iter(path), size - 1
    while last:
        if place % 2 or place < last:
            sibling = next(steps, None)
            if sibling is None:
                return None
            digest = node_digest(sibling, digest) if place % 2 else node_digest(digest, sibling)
        place, last = place // 2, last // 2
    return digest if next(steps, None) is None else None


def salted_digest(salt: bytes, field: str, text: str) -> bytes:
    """Return the digest that stands for an erasable text inside a leaf."""
    return hashlib.sha256(salt + canonical({"field": field, "text": text})).digest()


def joined_digest(digests: Iterable[bytes]) -> bytes | None:
    """Return one digest for several, in the order given; none for none."""
    joined = b"".join(digests)
    return hashlib.sha256(joined).digest() if joined else None


def _next_row(row: Sequence[bytes]) -> list[bytes]:
    """Return the digests above a row of a tree; one without a sibling goes up as it is."""
    pairs = zip(row[::2], row[1::2], strict=False)
    # As `node_digest`, without a call for each of millions.
    above = [_sha256(NODE_PREFIX + left + right).digest() for left, right in pairs]
    return [*above, row[-1]] if len(row) % 2 else above
