"""How many codes one network may try that do not exist: a receipt is not to be guessed.

A receipt has 40 bits. Among a million of them one guess in a million finds one, and what it finds
is a day; slowed to ten guesses a minute, that takes two months. Codes that exist cost nothing, so
an office's whole Wi-Fi may look up its own.
"""

import hashlib
import hmac
import math
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from threading import Lock

from survey.network import network_of

AT_ONCE = 120
"""Wrong codes that a network may try at once: sixty citizens who mistype twice."""

PER_MINUTE = 10
"""Wrong codes that it may try for good."""

MOST_NETWORKS = 20_000
"""Those remembered; the one that asked longest ago is forgotten first."""

_SECONDS_EACH = 60 / PER_MINUTE


class TooManyGuesses(Exception):
    """The network has tried too many; `seconds` later it may try the next."""

    def __init__(self, seconds: int) -> None:
        """Take how long to wait."""
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(slots=True)
class _Left:
    guesses: float
    at: float


class Guesses:
    """Counts wrong codes by network, in the memory of one process.

    No address is kept: networks go by a digest under a key that changes every day, and yesterday's
    are forgotten (method §9).
    """

    def __init__(self, most_networks: int = MOST_NETWORKS) -> None:
        """Begin with nobody."""
        self._most = most_networks
        self._day: date | None = None
        self._left: OrderedDict[bytes, _Left] = OrderedDict()
        self._lock = Lock()

    @contextmanager
    def one(self, key: bytes, address: str, at: datetime) -> Iterator[None]:
        """Try a code; it is counted if what follows raises.

        Raises
        ------
        TooManyGuesses
            If none is left; nothing must be looked up then.
        """
        where = self._take(key, network_of(address), at)
        yield
        with self._lock:
            if where in self._left:
                self._left[where].guesses += 1

    def _take(self, key: bytes, network: str, at: datetime) -> bytes:
        day, now = at.date(), at.timestamp()
        where = hmac.digest(key, f"{day} {network}".encode(), hashlib.sha256)
        with self._lock:
            if day != self._day:
                self._day = day
                self._left.clear()
            left = self._left.setdefault(where, _Left(AT_ONCE, now))
            self._left.move_to_end(where)
            if len(self._left) > self._most:
                self._left.popitem(last=False)
            regained = max(0, now - left.at) / _SECONDS_EACH
            left.guesses, left.at = min(AT_ONCE, left.guesses + regained), now
            if left.guesses < 1:
                raise TooManyGuesses(math.ceil((1 - left.guesses) * _SECONDS_EACH))
            left.guesses -= 1
        return where
