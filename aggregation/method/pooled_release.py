"""Which longer periods may be shown, so that no month that was hidden comes out by subtraction.

A month with fewer than ten questionnaires is hidden. Its quarter minus the other months would
show it all the same, and so would a half-year or a year that holds that quarter (method §9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aggregation.method.suppression import SMALLEST_CELL


@dataclass(frozen=True, slots=True)
class Pool:
    """A month, or a period that is made of smaller ones.

    Attributes
    ----------
    name
        The month or period.
    parts
        What it is made of, from beginning to end; nothing for a month.
    """

    name: str
    parts: Sequence["Pool"] = ()

    def months(self) -> list[str]:
        """Return the months of the period, in order."""
        return [month for part in self.parts for month in part.months()] or [self.name]


def may_be_shown(pool: Pool, n: Mapping[str, int]) -> bool:
    """Say whether the figures of a period may be shown beside those of its parts.

    Parameters
    ----------
    n
        Full questionnaires of each closed month; a month that is not closed is missing.

    Notes
    -----
    A period whose months are all closed may be shown if what its shown parts leave over is nobody,
    or at least ten. One that still grows may be shown only while none of its months is hidden:
    otherwise the next close would show that month by subtraction.
    """
    closed = [n[month] for month in pool.months() if month in n]
    if sum(closed) < SMALLEST_CELL:
        return False
    if len(closed) < len(pool.months()):
        return not any(0 < each < SMALLEST_CELL for each in closed)
    left_over = sum(_left_over(part, n) for part in pool.parts)
    return left_over == 0 or left_over >= SMALLEST_CELL


def _left_over(pool: Pool, n: Mapping[str, int]) -> int:
    """Return how many questionnaires of a closed period are in no part of it that is shown."""
    if may_be_shown(pool, n):
        return 0
    return sum(_left_over(part, n) for part in pool.parts) if pool.parts else n[pool.name]
