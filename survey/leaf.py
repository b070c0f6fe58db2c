"""A row and its leaf: what the leaf is the digest of, and the salt that seals it (method §8)."""

import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

from survey.merkle import Scalar, leaf_digest

SALT_BYTES = 16


def sealed(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with a fresh salt and its leaf."""
    salted = {**row, "salt": secrets.token_bytes(SALT_BYTES)}
    return {**salted, "leaf": leaf_digest(leaf_entry(kind, salted))}


def leaf_entry(kind: str, row: Mapping[str, Any]) -> dict[str, Scalar]:
    """Return what a row's leaf is the digest of: every column but the leaf, as plain JSON."""
    return {"kind": kind} | {name: _plain(value) for name, value in row.items() if name != "leaf"}


def _plain(value: object) -> Scalar:
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()  # as it is read back, wherever it was recorded
    return value.isoformat() if isinstance(value, date) else str(value)
