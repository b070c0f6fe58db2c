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

from aggregation.duties.roster import DeskStretch
from aggregation.method.combination import BLANK
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rule import Rule
from aggregation.months.sweep import groups_of
from survey.month import Month
from survey.questionnaire import RATINGS, Element


class Cell(NamedTuple):
    """What responses that are counted together share.

    Attributes
    ----------
    officer_id
        Whose half hour it was; None if nobody's (unattributed).
    late
        Late responses stand apart and enter no figure (method §4.5).
    """

    officer_id: int | None
    desk_id: int | None
    service_id: int | None
    channel: str
    late: bool


class SheetCell(NamedTuple):
    """What full questionnaires that are counted together share."""

    desk_id: int | None
    service_id: int | None
    channel: str


@dataclass(frozen=True, slots=True)
class MonthTally:
    """The counts of a month, under one rule.

    Attributes
    ----------
    combinations
        By cell, how many responses gave each combination of the rule's elements.
    questionnaires
        By cell, the counts of full questionnaires; late ones are not among them.
    """

    combinations: Mapping[Cell, Mapping[str, int]]
    questionnaires: Mapping[SheetCell, QuestionnaireCounts]

    @property
    def responses(self) -> int:
        """Responses that enter figures: all but the late ones."""
        return sum(self.sizes(late=False).values())

    @property
    def late(self) -> int:
        """Responses whose month is uncertain; they enter no figure."""
        return sum(self.sizes(late=True).values())

    @property
    def unattributed(self) -> int:
        """Responses that count for desk and unit, but for no officer (method §4.2)."""
        sizes = self.sizes(late=False)
        return sum(count for cell, count in sizes.items() if cell.officer_id is None)

    def sizes(self, *, late: bool) -> dict[Cell, int]:
        """Return how many responses each cell holds, of the timely or of the late ones."""
        return {
            cell: sum(counts.values())
            for cell, counts in self.combinations.items()
            if cell.late is late
        }


def count_month(
    session: Session, unit_id: int, month: Month, rule: Rule, stretches: Iterable[DeskStretch]
) -> MonthTally:
    """Count a unit's month from its rows.

    Parameters
    ----------
    rule
        Gives the elements of a combination and their order.
    stretches
        Whose each desk half hour is; what they leave out is nobody's.
    """
    return _folded(groups_of(session, unit_id, month, rule, stretches), len(rule.codes))


_Counts = defaultdict[int, int]
_PLACES = 10 ** np.arange(len(Element) - 1, -1, -1, dtype=np.int64)


def _folded(groups: Sequence[Any], elements: int) -> MonthTally:
    combinations: defaultdict[tuple[Any, ...], _Counts] = defaultdict(_counts)
    sheets: defaultdict[tuple[Any, ...], _Counts] = defaultdict(_counts)
    for officer, desk, service, channel, late, said, sheet, count in groups:
        combinations[officer, desk, service, channel, late][said] += count
        if sheet is not None and not late:
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
