"""Memory that all workers of a server share, for counting: a row for each, written by it alone.

It belongs to no file, so no full disk can be felt in it, and it is touched once before a worker
starts, so that all of it is there. A worker that takes the place of another goes on with its row.
"""

import mmap
from collections.abc import Iterable, Sequence

PLACES = 8192
"""Counts in a row."""

_BYTES = 8


class SharedRows:
    """Rows of counts, made before the workers are."""

    def __init__(self, rows: int) -> None:
        """Make so many rows of zeros."""
        size = PLACES * _BYTES
        memory = mmap.mmap(-1, rows * size)
        memory.write(bytes(rows * size))
        whole = memoryview(memory).cast("Q")
        self.rows: Sequence[memoryview[int]] = [
            whole[row * PLACES : (row + 1) * PLACES] for row in range(rows)
        ]

    def free(self, taken: Iterable[int]) -> int:
        """Return the number of a row that none of the living has; the last if there is none."""
        living = set(taken)
        return next((row for row in range(len(self.rows)) if row not in living), len(self.rows) - 1)
