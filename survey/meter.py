"""What a running installation counts of itself, for whoever watches over the server.

A meter holds whole numbers and nothing else. Adding to one takes a lock of its own process and
touches memory that is there already: it cannot fail, wait for a disk or for another process.

A key holds no unit, no desk, no value and no person: by the minute, such counts would tell who was
there when (method §9).
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import product
from threading import Lock
from typing import Protocol

from survey.screening import Signal

Key = tuple[str, ...]
"""What is counted, and of which kind it is."""

BORDERS = (0.1, 0.3, 1.0, 3.0, 10.0)
"""Seconds between which durations are told apart."""

STEPS = (*(str(border) for border in BORDERS), "+Inf")
CLASSES = ("2xx", "3xx", "4xx", "5xx", "503")
"""Kinds of answers; 503 stands apart, because whoever gets one is to come again."""

NO_ENDPOINT = "none"
"""A static file, or an address that no page has."""

REQUESTS, TOOK, WAITED = "requests", "took", "waited"
RATINGS, FOLLOWUPS, TABLET_ITEMS = "ratings", "followups", "tablet_items"
QUARANTINED, DATABASE_ERRORS = "quarantined", "database_errors"
RECORDED, KNOWN, REFUSED = "recorded", "known", "refused"
BUSY, UNREACHABLE, NO_CONNECTION = "busy", "unreachable", "no_connection"
SUM = "sum"
"""The end of a key under which microseconds are added up."""

_OPTION = "nilai_meter"


class _Optioned(Protocol):
    """An engine, or a connection of one."""

    def get_execution_options(self) -> Mapping[str, object]:
        """Return the options it was given."""


class Meter:
    """Counts by key: at first its own, later in memory that several processes share."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._lock = Lock()
        self._places: dict[Key, int] = {}
        self._grown: list[int] | None = []
        self._own: list[int] | memoryview[int] = self._grown
        self._rows: Sequence[list[int] | memoryview[int]] = [self._own]

    def add(self, *key: str, much: int = 1) -> None:
        """Count something; once the memory is shared, a key that has no place there is dropped."""
        with self._lock:
            place = self._places.get(key)
            if place is None:
                if self._grown is None:
                    return
                place = self._places[key] = len(self._grown)
                self._grown.append(0)
            self._own[place] += much

    def add_time(self, *key: str, seconds: float) -> None:
        """Count a duration in its step, and add it up."""
        self.add(*key, step_of(seconds))
        self.add(*key, SUM, much=round(seconds * 1_000_000))

    def share(self, keys: Collection[Key], rows: Sequence["memoryview[int]"], own: int) -> None:
        """Go on in shared memory: each process writes a row of its own, and reads all of them.

        Parameters
        ----------
        keys
            All that will be counted: the same in each process, no more than a row has room for.
        own
            The number of this process's row; what was counted there before goes on.
        """
        with self._lock:
            before = self._read()
            self._places = {key: place for place, key in enumerate(sorted(keys))}
            self._own, self._rows, self._grown = rows[own], rows, None
            for key, count in before.items():
                if key in self._places:
                    self._own[self._places[key]] += count

    def counts(self) -> Mapping[Key, int]:
        """Return all counts of all processes."""
        with self._lock:
            return self._read()

    def _read(self) -> dict[Key, int]:
        return {key: sum(row[at] for row in self._rows) for key, at in self._places.items()}


def step_of(seconds: float) -> str:
    """Return the step that a duration falls into, named for its upper border.

    Examples
    --------
    >>> step_of(0.02), step_of(0.1), step_of(0.2), step_of(60)
    ('0.1', '0.1', '0.3', '+Inf')
    """
    return next((str(border) for border in BORDERS if seconds <= border), STEPS[-1])


def meter_of(place: _Optioned) -> Meter:
    """Return the meter of an engine, also from one of its connections.

    One that was opened elsewhere has none: what is counted there is nobody's.
    """
    found = place.get_execution_options().get(_OPTION)
    return found if isinstance(found, Meter) else Meter()


def options_with(meter: Meter) -> Mapping[str, Meter]:
    """Return the execution options that give an engine its meter."""
    return {_OPTION: meter}


def keys_of_requests(site: str, endpoints: Collection[str]) -> list[Key]:
    """Return all keys that the requests of a site are counted under."""
    pages = [(site, endpoint) for endpoint in {*endpoints, NO_ENDPOINT}]
    counted: list[Key] = [(REQUESTS, *page, kind) for page, kind in product(pages, CLASSES)]
    return counted + [(TOOK, *page, step) for page, step in product(pages, (*STEPS, SUM))]


KEYS: Sequence[Key] = (
    *((RATINGS, result) for result in (RECORDED, KNOWN, REFUSED)),
    *((FOLLOWUPS, result) for result in (RECORDED, KNOWN)),
    *((TABLET_ITEMS, result) for result in (RECORDED, KNOWN, REFUSED)),
    *((QUARANTINED, signal.value) for signal in Signal),
    *((DATABASE_ERRORS, error) for error in (BUSY, UNREACHABLE, NO_CONNECTION)),
    *((WAITED, step) for step in (*STEPS, SUM)),
)
"""All that is counted beside requests."""
