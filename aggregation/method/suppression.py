"""Small cells: fewer people than this are not shown as a figure (method §9)."""

from collections.abc import Collection

SMALLEST_CELL = 10
"""Full questionnaires, or responses, that a figure of a closed period needs at least."""


def hide_each_other(sizes: Collection[int]) -> bool:
    """Say whether hidden cells of these sizes may be left over together: enough, not all alike."""
    some = [size for size in sizes if size]
    return not some or (len(set(some)) > 1 and sum(some) >= SMALLEST_CELL)
