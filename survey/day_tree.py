"""The tree of a sealed day, kept at hand: the path of one leaf in it (method §8, RFC 6962 §2.1.1).

A day that is sealed never changes, so its tree is made once and kept for the next who ask.
"""

from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from survey.merkle import Rows, digest_at, path_of, rows_of, size_of

MOST_LEAVES = 500_000
"""Of all days kept together; a leaf costs some 70 bytes with what stands above it."""


@dataclass(frozen=True, slots=True)
class Inclusion:
    """Where a leaf stands in its day, and what leads from it to the root.

    Attributes
    ----------
    place, size
        From 0; in a tree of how many leaves.
    path
        The siblings' digests, from the leaf's up to the root's.
    """

    leaf: bytes
    place: int
    size: int
    path: tuple[bytes, ...]


class DayTrees:
    """Trees of a few days, by the root that was sealed, in the memory of one process."""

    def __init__(self, most_leaves: int = MOST_LEAVES) -> None:
        """Begin with none."""
        self._most = most_leaves
        self._rows: OrderedDict[str, Rows] = OrderedDict()
        self._lock = Lock()

    def inclusion(
        self, root: str, leaf: bytes, leaves: Callable[[], Iterable[bytes]]
    ) -> Inclusion | None:
        """Return where a leaf stands; none if the leaves lead to another root, or lack it.

        Parameters
        ----------
        root
            As it was signed, in hexadecimal.
        leaves
            Reads the day's leaves, sorted; asked only if the tree is not at hand.
        """
        with self._lock:  # whoever asks at the same moment waits, and has it then
            rows = self._rows.get(root)
            if rows is None:
                rows = rows_of(leaves())
                if rows[-1].hex() != root:
                    return None
                self._keep(root, rows)
            self._rows.move_to_end(root)
        return _inclusion(rows, leaf)

    def _keep(self, root: str, rows: Rows) -> None:
        self._rows[root] = rows
        while len(self._rows) > 1 and sum(map(size_of, self._rows.values())) > self._most:
            self._rows.popitem(last=False)


def _inclusion(rows: Rows, leaf: bytes) -> Inclusion | None:
    leaves, size = rows[0], size_of(rows)
    place = bisect_left(range(size), leaf, key=lambda at: digest_at(leaves, at))
    if place == size or digest_at(leaves, place) != leaf:
        return None
    return Inclusion(leaf, place, size, path_of(rows, place))
