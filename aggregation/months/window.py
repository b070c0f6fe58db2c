"""The window of a month: the closed months that its figures rest on, and their counts (method §5).

Windows never cross units, and their counts simply add.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.closings import Closing, FrozenDuty, Tally
from aggregation.duties.roster import DeskStretch
from aggregation.method.combination import CombinationCounts
from aggregation.method.rule_text import rule_from_json
from aggregation.months.sweep import Counting
from aggregation.months.tally import Cell, count_month
from aggregation.visits.coverage_counts import visits_of_officers
from aggregation.visits.outages import outages_in
from survey.month import HalfHour, Month

Cells = Mapping[Cell, CombinationCounts]


@dataclass(frozen=True, slots=True)
class WindowMonth:
    """What one month of a window adds.

    Attributes
    ----------
    codes
        What the combinations of `cells` spell, in order.
    visits
        By officer, visits served in the officer's half hours; absent where none are known.
    on_duty
        Who had a duty.
    """

    month: Month
    codes: tuple[str, ...]
    cells: Cells
    visits: Mapping[int, int]
    on_duty: frozenset[int]


def closed_month(
    session: Session, closing: Closing, codes: Sequence[str], as_of: datetime | None = None
) -> WindowMonth:
    """Return what a revision adds to the window of a later month.

    Parameters
    ----------
    codes
        The elements that are needed. The rule of the later month governs its whole window: where
        this one was tallied by other elements, its frozen half hours are counted anew.
    as_of
        The moment whose quarantine such a count goes by; none for what it is now.
    """
    unit_id, month = closing.unit_id, closing.month
    stretches = frozen_stretches(session, closing)
    spelled = codes_of(closing)
    if set(spelled) >= set(codes):
        cells: Cells = stored_cells(session, closing)
    else:
        spelled = tuple(codes)
        outages = outages_in(session, unit_id, month)
        by = Counting(spelled, stretches, outages, closing.late_until, as_of=as_of)
        cells = count_month(session, unit_id, month, by).combinations
    visits = visits_of_officers(session, unit_id, month, stretches)
    return WindowMonth(month, spelled, cells, visits, _officers(stretches))


def codes_of(closing: Closing) -> tuple[str, ...]:
    """Return the elements that a revision's combinations spell, in order."""
    written = tuple(closing.elements.split())
    return written or rule_from_json(closing.rule_document).codes


def frozen_stretches(
    session: Session, closing: Closing, officer_id: int | None = None
) -> list[DeskStretch]:
    """Return whose each desk half hour is, as a revision froze it; or those of one officer."""
    asked = select(FrozenDuty).where(col(FrozenDuty.closing_id) == closing.id)
    if officer_id is not None:
        asked = asked.where(col(FrozenDuty.officer_id) == officer_id)
    return sorted(
        DeskStretch(row.desk_id, HalfHour(row.starts), HalfHour(row.ends), row.officer_id)
        for row in session.scalars(asked)
    )


def stored_cells(session: Session, closing: Closing) -> dict[Cell, CombinationCounts]:
    """Return what a revision counted."""
    rows = session.scalars(select(Tally).where(col(Tally.closing_id) == closing.id))
    return {cell_of(row): json.loads(row.combinations) for row in rows}


def cell_of(row: Tally) -> Cell:
    """Return what the responses of a stored row share."""
    return Cell(
        row.officer_id,
        row.desk_id,
        row.service_id,
        row.channel,
        row.outage,
        row.late,
        row.quarantined,
    )


def _officers(stretches: Iterable[DeskStretch]) -> frozenset[int]:
    return frozenset(stretch.officer_id for stretch in stretches)
