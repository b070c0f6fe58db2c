"""Counts of a unit's month straight from its rows: what every figure of a closing rests on.

One sweep of the rows gives both tallies: by officer, desk, service, channel and combination of
answers (method §5), and of the full questionnaires (method §3). The rows are the truth; a tally
can be counted anew at any time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from sqlmodel import Session

from aggregation.method.combination import BLANK
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.sweep import Counting, groups_of
from survey.month import Month
from survey.questionnaire import RATINGS, Element


class Cell(NamedTuple):
    """What responses that are counted together share.

    Attributes
    ----------
    officer_id
        Whose half hour it was; None if nobody's (unattributed).
    outage
        Whether an outage was declared for that half hour.
    late, quarantined
        Late responses and those that a reviewer has not admitted stand apart and enter no figure
        (method §4.5, §7).
    """

    officer_id: int | None
    desk_id: int | None
    service_id: int | None
    channel: str
    outage: bool
    late: bool
    quarantined: bool

    @property
    def counts(self) -> bool:
        """Whether the responses enter figures at all."""
        return not (self.late or self.quarantined)


class SheetCell(NamedTuple):
    """What full questionnaires that are counted together share."""

    desk_id: int | None
    service_id: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class MonthTally:
    """The counts of a month.

    Attributes
    ----------
    combinations
        By cell, how many responses gave each combination of the counted elements.
    questionnaires
        By cell, the counts of full questionnaires; only of responses that enter figures.
    """

    combinations: Mapping[Cell, Mapping[str, int]]
    questionnaires: Mapping[SheetCell, QuestionnaireCounts]

    @property
    def responses(self) -> int:
        """Responses that enter figures."""
        return self._size(cell for cell in self.combinations if cell.counts)

    @property
    def late(self) -> int:
        """Responses whose month is uncertain; they enter no figure."""
        return self._size(cell for cell in self.combinations if cell.late)

    @property
    def quarantined(self) -> int:
        """Timely responses that a reviewer has not admitted; they enter no figure."""
        return self._size(c for c in self.combinations if c.quarantined and not c.late)

    @property
    def unattributed(self) -> int:
        """Responses that count for desk and unit, but for no officer (method §4.2)."""
        return self._size(c for c in self.combinations if c.counts and c.officer_id is None)

    def _size(self, cells: Iterable[Cell]) -> int:
        return sum(sum(self.combinations[cell].values()) for cell in cells)


def count_month(session: Session, unit_id: int, month: Month, by: Counting) -> MonthTally:
    """Count a unit's month from its rows."""
    return _folded(groups_of(session, unit_id, month, by), len(by.codes))


_Counts = defaultdict[int, int]
_PLACES = 10 ** np.arange(len(Element) - 1, -1, -1, dtype=np.int64)


def _folded(groups: Sequence[Any], elements: int) -> MonthTally:
    combinations: defaultdict[tuple[Any, ...], _Counts] = defaultdict(_counts)
    sheets: defaultdict[tuple[Any, ...], _Counts] = defaultdict(_counts)
    for officer, desk, service, channel, outage, late, held, said, sheet, count in groups:
        cell = Cell(officer, desk, service, channel, bool(outage), bool(late), bool(held))
        combinations[cell][said] += count
        if sheet is not None and cell.counts:
            sheets[desk, service, channel][sheet] += count
    return MonthTally(
        {Cell(*cell): _spelled(combinations[cell], elements) for cell in _in_order(combinations)},
        {SheetCell(*cell): _questionnaires(sheets[cell]) for cell in _in_order(sheets)},
    )


def _in_order(cells: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return cells in an order of their own: each database groups in another one."""
    return sorted(cells, key=lambda cell: [(value is not None, value) for value in cell])


def _counts() -> _Counts:
    return defaultdict(int)


def _spelled(said: Mapping[int, int], elements: int) -> dict[str, int]:
    """Return counts by combination: 4302 is ``43-2``."""
    return {
        str(number).zfill(elements).replace("0", BLANK): count for number, count in said.items()
    }


def _questionnaires(sheets: Mapping[int, int]) -> QuestionnaireCounts:
    """Return the counts of sheets: a million of them differ in tens of thousands of ways."""
    digits = np.fromiter(sheets, np.int64)[:, np.newaxis] // _PLACES % 10
    counts = np.fromiter(sheets.values(), np.int64)
    totals = _counts()
    for total, count in zip(digits.sum(axis=1).tolist(), counts.tolist(), strict=True):
        totals[total] += count
    given = {rating: (counts @ (digits == rating)).tolist() for rating in RATINGS}
    by_rating = {
        (element, rating): given[rating][place]
        for place, element in enumerate(Element)
        for rating in RATINGS
    }
    return QuestionnaireCounts(by_rating, totals)
