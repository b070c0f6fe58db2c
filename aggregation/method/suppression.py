"""Small cells: fewer people than this are not shown as a figure (method §9)."""

from collections.abc import Mapping
from typing import TypeVar

SMALLEST_CELL = 10
"""Full questionnaires, or responses, that a figure of a closed period needs at least."""

_Cell = TypeVar("_Cell")


def suppressed(counts: Mapping[_Cell, int]) -> dict[_Cell, int | None]:
    """Hide the small cells of one cut, and as many more as keep them from being derived.

    Parameters
    ----------
    counts
        How many people are in each cell of a cut; together they are the total, which is public
        and at least `SMALLEST_CELL`. A cut of fewer people is not shown at all.

    Returns
    -------
    dict
        The same cells; None where a count is hidden. Nobody is in an empty cell, so 0 is shown.

    Notes
    -----
    Total minus shown cells gives away what the hidden ones hold together. So the smallest shown
    cells are hidden too until the hidden ones hold `SMALLEST_CELL` people and are not all alike.
    Cells of one size share one fate, so the release depends on the sizes alone: it stays the same
    when hidden cells change places, and since they are not all alike none of them can be told.
    Where everything is hidden, cells may all be alike: nine cells at most then hold `SMALLEST_CELL`
    people in more ways than one.

    Examples
    --------
    Total and the other two would give the small one away, so a second one is hidden.

    >>> suppressed({"kiosk": 40, "ticket": 7, "desk_qr": 25})
    {'kiosk': 40, 'ticket': None, 'desk_qr': None}
    >>> suppressed({"kiosk": 40, "ticket": 12, "desk_qr": 0})
    {'kiosk': 40, 'ticket': 12, 'desk_qr': 0}
    """
    sizes = {size for size in counts.values() if size}
    hidden = {size for size in sizes if size < SMALLEST_CELL}
    shown = sorted(sizes - hidden, reverse=True)
    while hidden and shown and not _hide_each_other(counts, hidden):
        hidden.add(shown.pop())
    return {cell: None if size in hidden else size for cell, size in counts.items()}


def _hide_each_other(counts: Mapping[_Cell, int], hidden: set[int]) -> bool:
    held = sum(size for size in counts.values() if size in hidden)
    return len(hidden) > 1 and held >= SMALLEST_CELL
