"""One cut of a closed month's responses as it may be shown: small cells hidden (method §9)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from aggregation.method.suppression import SMALLEST_CELL, suppressed

_Cell = TypeVar("_Cell")


@dataclass(frozen=True, slots=True)
class ResponseCut(Generic[_Cell]):
    """How many responses are in each cell; None is hidden."""

    cells: Mapping[_Cell, int | None]

    @property
    def hides(self) -> bool:
        """Whether any cell is hidden."""
        return None in self.cells.values()

    @property
    def largest(self) -> _Cell | None:
        """The cell with the most responses; None if several have, or if it is not known.

        A hidden cell never has more than a shown one: the smallest are hidden first.
        """
        most = max((count for count in self.cells.values() if count is not None), default=0)
        found = [cell for cell, count in self.cells.items() if count == most and count]
        return found[0] if len(found) == 1 else None


def response_cut(counts: Mapping[_Cell, int], responses: int) -> ResponseCut[_Cell] | None:
    """Return a cut as it may be shown.

    Parameters
    ----------
    counts
        Responses by cell.
    responses
        Of the month in all, as its closing counted them.

    Returns
    -------
    ResponseCut or None
        None below `SMALLEST_CELL` responses, and where the cells do not add up to the month: a cut
        of other responses than the closing's would be another figure beside it.
    """
    if responses < SMALLEST_CELL or sum(counts.values()) != responses:
        return None
    return ResponseCut(suppressed(counts))
