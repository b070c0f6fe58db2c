"""What was looked up a moment ago: a busy desk is not read anew for every citizen."""

from collections.abc import Callable
from time import monotonic
from typing import Generic, TypeVar

Found = TypeVar("Found")


class Recently(Generic[Found]):
    """Things by key, each for a few seconds; only what exists is kept, so it stays small."""

    def __init__(self, seconds: float) -> None:
        """Begin with nothing.

        Parameters
        ----------
        seconds
            How old a thing may be when it is given again.
        """
        self._seconds = seconds
        self._seen: dict[str, tuple[float, Found]] = {}

    def get(self, key: str, look_up: Callable[[], Found]) -> Found:
        """Return a thing as it was not long ago; what `look_up` raises passes."""
        seen = self._seen.get(key)
        if seen is None or monotonic() > seen[0]:
            seen = monotonic() + self._seconds, look_up()
            self._seen[key] = seen
        return seen[1]
