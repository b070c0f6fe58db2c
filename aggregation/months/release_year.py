"""What a calendar year of a unit has released so far, and the counts that it rests on."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.closings import TotalTally
from aggregation.method.cuts import EVERYBODY, UNKNOWN, Cut
from aggregation.method.pool import Pool
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from aggregation.method.release_rule import Board, Same, Shown, same_people
from aggregation.months.models import CutCount
from aggregation.months.period import Period
from aggregation.months.released import Released, counts_from, released_each

Basis = Mapping[Cut, UUID]
"""By cut, the revision of a month whose counts stand for it."""


@dataclass
class ReleaseYear:
    """A year while a period of it is being released.

    Attributes
    ----------
    bases
        By month.
    sizes
        By cut, month and cell, how many people; a month that was not counted by a cut stands in
        one cell, because its people are in the longer periods all the same.
    shown
        What may be seen; a whole that may be is there in every cut.
    decided
        Cuts of the periods that were released, whatever they show.
    same
        Services, channels and desks that are the same people.
    """

    session: Session
    pool: Pool
    bases: dict[str, Basis] = field(default_factory=dict)
    sizes: dict[Cut, dict[str, dict[str, int]]] = field(
        default_factory=lambda: {cut: {} for cut in Cut}
    )
    shown: set[Shown] = field(default_factory=set)
    decided: set[tuple[Cut, str]] = field(default_factory=set)
    same: list[Same] = field(default_factory=list)

    def board(self) -> Board:
        """Return what the rule needs to know."""
        shown, decided = frozenset(self.shown), frozenset(self.decided)
        return Board(self.pool, self.sizes, shown, decided, self.same)

    def add_month(self, month: str, basis: Basis) -> None:
        """Let a month stand for the counts of some revisions."""
        self.bases[month] = basis
        kept: dict[tuple[UUID, str], dict[str, int]] = {}
        for closing_id, cut, cell, n in self.session.execute(
            select(
                col(CutCount.closing_id), col(CutCount.cut), col(CutCount.cell), col(CutCount.n)
            ).where(col(CutCount.closing_id).in_(set(basis.values())))
        ):
            kept.setdefault((closing_id, cut), {})[cell] = n
        whole = sum(kept.get((basis[Cut.WHOLE], Cut.WHOLE), {}).values())
        for cut in Cut:
            counted = kept.get((basis[cut], cut), {}) if cut in basis else {UNKNOWN: whole}
            self.sizes[cut][month] = counted
        self.same += same_people(month, self._together(basis))

    def show(self, period: str, cut: Cut, cells: Collection[str]) -> None:
        """Add what was decided of a period; a whole is known in every cut."""
        self.decided.add((cut, period))
        for each in Cut if cut is Cut.WHOLE else (cut,):
            self.shown |= {(each, period, cell) for cell in cells}

    def _together(self, basis: Basis) -> list[dict[Cut, str]]:
        """Return which services, channels and desks people of a month were at."""
        cuts = {
            Cut.SERVICE: col(TotalTally.service_id),
            Cut.CHANNEL: col(TotalTally.channel),
            Cut.DESK: col(TotalTally.desk_id),
        }
        known = {cut: column for cut, column in cuts.items() if basis.get(cut) == basis[Cut.WHOLE]}
        if len(known) < 2:  # noqa: PLR2004 - what is the same has two names
            return []
        of_closing = col(TotalTally.closing_id) == basis[Cut.WHOLE]
        rows = self.session.execute(select(*known.values()).where(of_closing).distinct())
        return [
            {
                cut: UNKNOWN if each is None else str(each)
                for cut, each in zip(known, row, strict=True)
            }
            for row in rows
        ]

    def months_of(self, period: Period) -> list[str]:
        """Return the months of a period that were released."""
        return [str(month) for month in period.months if str(month) in self.bases]

    def counted(self, period: Period, cut: Cut) -> dict[str, QuestionnaireCounts] | None:
        """Return the counts of a period by cell; None if a month was not counted by the cut."""
        found: dict[str, QuestionnaireCounts] = {}
        for month in self.months_of(period):
            if cut not in self.bases[month]:
                return None
            for cell, counts in self._stored(self.bases[month][cut], cut):
                found[cell] = found.get(cell, NO_QUESTIONNAIRES) + counts
        return found

    def whole_texts(self, period: Period) -> Iterator[str]:
        """Yield what is kept of the wholes of a period's months."""
        for month in self.months_of(period):
            row = self.session.get(
                CutCount, (self.bases[month][Cut.WHOLE], Cut.WHOLE.value, EVERYBODY)
            )
            if row is not None:
                yield row.counts

    def _stored(self, closing_id: UUID, cut: Cut) -> Iterator[tuple[str, QuestionnaireCounts]]:
        rows = self.session.execute(
            select(col(CutCount.cell), col(CutCount.counts)).where(
                col(CutCount.closing_id) == closing_id, col(CutCount.cut) == cut.value
            )
        )
        for cell, counts in rows:
            yield cell, counts_from(counts)


def release_year(
    session: Session, unit_id: int, year: int
) -> tuple[ReleaseYear, dict[str, Released]]:
    """Return a year as it is released so far, and its newest releases by period."""
    whole = Period.parse(f"{year:04d}")
    found = ReleaseYear(session, whole.pool())
    newest = released_each(session, unit_id, [Period.parse(each) for each in _names(found.pool)])
    for name, release in newest.items():
        if len(release.period.months) == 1:
            found.add_month(
                name, {cut: its[name] for cut, its in release.basis.items() if name in its}
            )
        for cut in (cut for cut, months in release.basis.items() if months):
            cells = release.cuts.get(cut, {})
            found.show(name, cut, [cell for cell, counts in cells.items() if counts is not None])
    return found, newest


def _names(pool: Pool) -> list[str]:
    return [pool.name, *(name for part in pool.parts for name in _names(part))]
