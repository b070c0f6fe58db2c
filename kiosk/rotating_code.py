"""The code on a tablet's screen that changes every minute, and works offline (method §10).

The tablet and the server make the same six letters of a key that both know and of the minute, so
that whoever opens them has seen the screen within the last minutes.
"""

import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from survey.spelling import spell

PURPOSE = "rotating code"
"""What the settings' key is for that a tablet's own key is made of."""
SECONDS = 60
"""How long a step lasts."""
LENGTH = 6
_TOLERATED = (0, -1, 1)  # a scan takes its time, and two clocks never agree to the second


def code_key(key: bytes, device: UUID) -> bytes:
    """Return the 32 bytes that a tablet makes its codes of; nothing has to be stored.

    Parameters
    ----------
    key
        The settings' key for `PURPOSE`.
    """
    return hmac.digest(key, b"device " + device.bytes, hashlib.sha256)


def step_of(at: datetime) -> int:
    """Return the whole minutes since 1970 at an aware time."""
    return int(at.timestamp() // SECONDS)


def letters(key: bytes, step: int) -> str:
    """Return the six letters of one tablet and one minute: 30 bits.

    Examples
    --------
    >>> letters(bytes(32), 29_384_832)
    '0BF74E'
    """
    return spell(hmac.digest(key, f"nilai code 1\n{step}".encode(), hashlib.sha256), LENGTH)


def is_current(given: str, keys: Iterable[bytes], at: datetime) -> bool:
    """Say whether one of the tablets shows these letters now, a minute ago or in a minute.

    How long this takes tells nothing about how much of a guess was right.

    Parameters
    ----------
    given
        The letters in their one spelling (`survey.spelling.typed`).
    keys
        Of the desk's tablets that are not revoked.
    """
    if not given.isascii():
        return False
    step, found = step_of(at), False
    for key in keys:
        for near in _TOLERATED:
            shown = letters(key, step + near)
            found |= hmac.compare_digest(given.encode(), shown.encode())
    return found
