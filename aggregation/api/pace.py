"""How often one program may ask: a loop that went wild must not take the site from people."""

from collections import Counter
from collections.abc import Hashable
from threading import Lock

MOST_A_MINUTE = 600
_MINUTE = 60


class Pace:
    """Counts requests by minute, in the memory of one process.

    Examples
    --------
    >>> pace = Pace(most=1)
    >>> [pace.allows("token", at) for at in (0, 59, 60)]
    [True, False, True]
    """

    def __init__(self, most: int = MOST_A_MINUTE) -> None:
        """Allow so many requests a minute."""
        self._most = most
        self._minute = -1
        self._asked: Counter[Hashable] = Counter()
        self._lock = Lock()

    def allows(self, who: Hashable, at: float) -> bool:
        """Count a request at a time in seconds; say whether it may pass."""
        with self._lock:
            if int(at // _MINUTE) != self._minute:
                self._minute = int(at // _MINUTE)
                self._asked.clear()
            self._asked[who] += 1
            return self._asked[who] <= self._most
