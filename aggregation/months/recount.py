"""A closed month counted anew, with a correction, admitted late responses, released ones (§8.4)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from aggregation.closings import Closing
from aggregation.duties.duty_lines import DayException
from aggregation.duties.recorded_duties import lines_of_batch
from aggregation.duties.roster import DeskStretch
from aggregation.method.combination import CombinationCounts
from aggregation.months.corrected_stretches import corrected
from aggregation.months.sweep import Counting
from aggregation.months.tally import Cell, MonthTally, count_month
from aggregation.months.window import (
    Cells,
    WindowMonth,
    codes_of,
    frozen_stretches,
    stored_cells,
)
from aggregation.visits.coverage_counts import visits_of_officers
from aggregation.visits.outages import outages_in


@dataclass(frozen=True, slots=True)
class Recount:
    """A closed month counted anew.

    Attributes
    ----------
    base
        The revision that was recounted.
    stretches
        Whose each desk half hour is now.
    late_until
        Late responses received before this day are in it.
    """

    base: Closing
    stretches: Sequence[DeskStretch]
    late_until: date | None
    tally: MonthTally
    visits: Mapping[int, int]

    def window_month(self, session: Session, codes: Sequence[str]) -> WindowMonth:
        """Return what the month adds to a window that needs some elements."""
        spelled, cells = codes_of(self.base), self.tally.combinations
        if not set(spelled) >= set(codes):
            spelled = tuple(codes)
            cells = _count(
                session, self.base, spelled, self.stretches, self.late_until
            ).combinations
        on_duty = frozenset(stretch.officer_id for stretch in self.stretches)
        return WindowMonth(self.base.month, spelled, cells, self.visits, on_duty)

    def is_the_same(self, session: Session) -> bool:
        """Say whether it counts what the revision counted; what stands apart may have grown."""
        was = stored_cells(session, self.base), frozen_stretches(session, self.base)
        now = self.tally.combinations, sorted(self.stretches)
        return (_counting(was[0]), was[1]) == (_counting(now[0]), now[1])

    def affected(self, session: Session) -> frozenset[int]:
        """Return whose own rows or half hours differ from what the revision holds."""
        was = stored_cells(session, self.base), frozen_stretches(session, self.base)
        counts = _by_officer(was[0]), _by_officer(self.tally.combinations)
        hours = _half_hours(was[1]), _half_hours(self.stretches)
        return _differing(*counts) | _differing(*hours)


def recounted(
    session: Session, base: Closing, batch_id: UUID | None, late_until: date | None
) -> Recount:
    """Count a closed month anew.

    Parameters
    ----------
    batch_id
        A correction of duties that goes over what was frozen.
    late_until
        Late responses received before this day come in; those of earlier revisions stay.
    """
    lines = lines_of_batch(session, base.unit_id, batch_id) if batch_id else []
    corrections = [line for line in lines if isinstance(line, DayException)]
    stretches = corrected(frozen_stretches(session, base), corrections)
    until = max((day for day in (late_until, base.late_until) if day), default=None)
    tally = _count(session, base, codes_of(base), stretches, until)
    visits = visits_of_officers(session, base.unit_id, base.month, stretches)
    return Recount(base, stretches, until, tally, visits)


def _count(
    session: Session,
    base: Closing,
    codes: Sequence[str],
    stretches: Sequence[DeskStretch],
    late_until: date | None,
) -> MonthTally:
    outages = outages_in(session, base.unit_id, base.month)
    by = Counting(codes, stretches, outages, late_until)
    return count_month(session, base.unit_id, base.month, by)


def _differing(was: Mapping[int, object], now: Mapping[int, object]) -> frozenset[int]:
    return frozenset(each for each in was.keys() | now.keys() if was.get(each) != now.get(each))


def _counting(cells: Cells) -> dict[Cell, CombinationCounts]:
    return {cell: counts for cell, counts in cells.items() if cell.counts}


def _by_officer(cells: Cells) -> dict[int, dict[Cell, CombinationCounts]]:
    found: dict[int, dict[Cell, CombinationCounts]] = {}
    for cell, counts in cells.items():
        if cell.officer_id is not None and cell.counts:
            found.setdefault(cell.officer_id, {})[cell] = counts
    return found


def _half_hours(stretches: Iterable[DeskStretch]) -> dict[int, set[tuple[int, int]]]:
    found: dict[int, set[tuple[int, int]]] = {}
    for stretch in stretches:
        hours = ((stretch.desk_id, half) for half in range(stretch.starts, stretch.ends))
        found.setdefault(stretch.officer_id, set()).update(hours)
    return found
