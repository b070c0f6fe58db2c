"""How values travel between tablet and server: binary as base64url, times as UTC text."""

import binascii
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, datetime

_LETTERS = re.compile(r"[A-Za-z0-9_-]*")
_GROUP = 4


class NotBinary(ValueError):
    """The text is no binary value as tablets write them."""


def to_text(data: bytes) -> str:
    """Write bytes as base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def to_bytes(text: object) -> bytes:
    """Read what `to_text` writes, in that one spelling only.

    Raises
    ------
    NotBinary
        If it is anything else, whatever its type.
    """
    if not isinstance(text, str) or not _LETTERS.fullmatch(text):
        raise NotBinary
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % _GROUP))
    except binascii.Error as error:
        raise NotBinary from error
    if to_text(data) != text:  # bits behind the end that no byte holds
        raise NotBinary
    return data


def to_instant(at: datetime) -> str:
    """Write an aware time in UTC, to the millisecond."""
    written = at.astimezone(UTC).isoformat(timespec="milliseconds")
    return written.removesuffix("+00:00") + "Z"
