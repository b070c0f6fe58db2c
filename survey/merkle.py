"""Leaves of the daily trees (method §8, RFC 6962 §2.1).

A leaf is salted as a whole, so a guess at a rating cannot be tested against its digest.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping

LEAF_PREFIX = b"\x00"

Scalar = str | int | bool | None


def canonical(entry: Mapping[str, Scalar]) -> bytes:
    """Return the one spelling of an entry: JSON, keys sorted, no blanks, ASCII only."""
    return json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def leaf_digest(entry: Mapping[str, Scalar]) -> bytes:
    """Return the 32-byte leaf of an entry: SHA-256 of 0x00 and its canonical spelling."""
    return hashlib.sha256(LEAF_PREFIX + canonical(entry)).digest()


def salted_digest(salt: bytes, field: str, text: str) -> bytes:
    """Return the digest that stands for an erasable text inside a leaf."""
    return hashlib.sha256(salt + canonical({"field": field, "text": text})).digest()


def joined_digest(digests: Iterable[bytes]) -> bytes | None:
    """Return one digest for several, in the order given; none for none."""
    joined = b"".join(digests)
    return hashlib.sha256(joined).digest() if joined else None
