"""Revising a closed month: what moves, what follows in later months, and what stays (method §8.4).

The month is counted anew with what was corrected, admitted or released. Only officers whose own
rows or half hours differ are computed again, with the stored μ and k; everybody else's figures are
taken over as they are. Later months whose window holds the month follow for the same officers.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlmodel import Session

from aggregation.closings import Closing, ClosingRule, OfficerFigure
from aggregation.months.figure_rows import (
    PERSONAL,
    Row,
    Rows,
    digest_of,
    figure_rows,
    officer_row,
    stored_rows,
)
from aggregation.months.officer_results import OfficerResult, scores_under
from aggregation.months.recount import Recount, recounted
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.months.rule_baselines import Baselines, baselines_of
from aggregation.months.window import (
    WindowMonth,
    closed_month,
)
from survey.month import Month


class MonthNotClosed(LookupError):
    """The month is not closed: it can still be closed with what is right."""


class NothingMoves(ValueError):
    """The revision would count the same, response by response."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An officer whose figures differ: the rows before and after, as `OfficerFigure` has them.

    `before` is None for somebody who had no row.
    """

    officer_id: int
    before: Row | None
    after: Row


@dataclass(frozen=True, slots=True)
class RevisedMonth:
    """What one month becomes.

    Attributes
    ----------
    base
        The revision that it follows.
    responses
        That enter its figures.
    """

    base: Closing
    rows: Rows
    moved: tuple[Moved, ...]
    responses: int
    late_until: date | None

    @property
    def revision(self) -> int:
        """The number of the new revision."""
        return self.base.revision + 1

    def digest(self) -> bytes:
        """Return the digest of its figures."""
        base = self.base
        return digest_of(base.unit_id, base.month, base.method_version, self.rows)


@dataclass(frozen=True, slots=True)
class RevisionDraft:
    """What a revision would write, the month itself first, then those that follow.

    `seen` are the closings that held when it was drafted.
    """

    months: tuple[RevisedMonth, ...]
    seen: Mapping[Month, UUID]

    @property
    def first(self) -> RevisedMonth:
        """The month that is revised."""
        return self.months[0]

    def moved_officers(self) -> frozenset[int]:
        """Return everybody whose figures move in any month."""
        return frozenset(each.officer_id for month in self.months for each in month.moved)


def draft_revision(
    session: Session,
    unit_id: int,
    month: Month,
    *,
    batch_id: UUID | None = None,
    late_until: date | None = None,
) -> RevisionDraft:
    """Compute what a revision of a month would change, and write nothing.

    Parameters
    ----------
    batch_id
        A correction of duties that would take effect with it.
    late_until
        Late responses received before this day come in; those of earlier revisions stay.

    Raises
    ------
    MonthNotClosed
        If there is nothing to revise.
    NothingMoves
        If it would be the same.
    """
    newest = newest_of_each_month(revisions(session, unit_id))
    base = newest.get(month)
    if base is None:
        raise MonthNotClosed(str(month))
    recount = recounted(session, base, batch_id, late_until)
    affected = recount.affected(session)
    first = _first_month(session, recount, newest, affected)
    if not first.moved and recount.is_the_same(session):
        raise NothingMoves
    later = sorted(each for each in newest if each > month)
    followers = (_follower(session, newest, each, recount, affected) for each in later)
    months = (first, *(each for each in followers if each is not None))
    return RevisionDraft(months, {each: closing.id for each, closing in newest.items()})


def _first_month(
    session: Session,
    recount: Recount,
    newest: Mapping[Month, Closing],
    affected: Collection[int],
) -> RevisedMonth:
    base = recount.base
    baselines = baselines_of(session, base)
    window = _window(session, newest, base, baselines, recount)
    results = _results(session, base, baselines, affected, window)
    old = stored_rows(session, base.id)
    officers, moved = _officer_rows(old[OfficerFigure], results, base.revision + 1, len(window))
    counted = figure_rows(recount.stretches, recount.tally, {}, {}, len(window))
    rows: Rows = {**counted, ClosingRule: old[ClosingRule], OfficerFigure: officers}
    return RevisedMonth(base, rows, moved, recount.tally.responses, recount.late_until)


def _follower(
    session: Session,
    newest: Mapping[Month, Closing],
    month: Month,
    recount: Recount,
    affected: Collection[int],
) -> RevisedMonth | None:
    """Return what a later month becomes; None if it does not move."""
    base = newest[month]
    baselines = baselines_of(session, base)
    if recount.base.month <= month.shift(-baselines.window_months):
        return None
    window = _window(session, newest, base, baselines, recount)
    results = _results(session, base, baselines, affected, window)
    rows = dict(stored_rows(session, base.id))
    rows[OfficerFigure], moved = _officer_rows(
        rows[OfficerFigure], results, base.revision + 1, len(window)
    )
    return RevisedMonth(base, rows, moved, base.responses, base.late_until) if moved else None


def _window(
    session: Session,
    newest: Mapping[Month, Closing],
    base: Closing,
    baselines: Baselines,
    recount: Recount,
) -> list[WindowMonth]:
    """Return a closing's window with the recounted month in it, the month itself first."""
    codes = baselines.codes
    first = base.month.shift(1 - baselines.window_months)
    months = sorted((m for m in newest if first <= m <= base.month), reverse=True)
    return [
        recount.window_month(session, codes)
        if month == recount.base.month
        else closed_month(session, newest[month], codes)
        for month in months
    ]


def _results(
    session: Session,
    base: Closing,
    baselines: Baselines,
    affected: Collection[int],
    window: Sequence[WindowMonth],
) -> dict[int, OfficerResult]:
    """Return what the window says of the affected, with what the close fixed."""
    groups = baselines.groups_of(session, base, affected)
    results: dict[int, OfficerResult] = {}
    for version, members in groups.items():
        baseline = baselines.by_version[version]
        _, found = scores_under(baseline.rule, members, window, baseline)
        results |= found
    return results


def _officer_rows(
    stored: Sequence[Row],
    results: Mapping[int, OfficerResult],
    revision: int,
    window_months: int,
) -> tuple[list[Row], tuple[Moved, ...]]:
    """Return the rows of the new revision, and those that differ from the stored ones."""
    before = {row["officer_id"]: row for row in stored}
    after, moved = dict(before), []
    for officer_id, result in results.items():
        was = before.get(officer_id)
        row = officer_row(officer_id, result, window_months, revision)
        if was is not None:
            row |= {name: was[name] for name in PERSONAL}
            if {**row, "computed_in": was["computed_in"]} == was:
                continue
        after[officer_id] = row
        moved.append(Moved(officer_id, was, row))
    return [after[officer_id] for officer_id in sorted(after)], tuple(moved)
