"""What closed periods let be seen: the one reading that every outlet goes through (method §9)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlmodel import Session, col, select

from aggregation.method.cuts import EVERYBODY, Cut
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.months.models import Release, ReleasedCell
from aggregation.months.period import Period
from survey.questionnaire import Element

Cells = Mapping[str, QuestionnaireCounts | None]
"""By cell; None where it is hidden. Nobody is in a cell that is not named."""


@dataclass(frozen=True, slots=True)
class Released:
    """What a closed period lets be seen of a unit.

    Attributes
    ----------
    number
        0 at first, then one more for each revision that may be shown.
    responses
        How many there were, taps without the nine elements included.
    cuts
        By cut; one that is withheld as a whole is missing.
    importance
        How closely an element's rating follows the quick question's, -1 to 1, two decimals;
        elements of which it is not known are missing.
    basis
        By cut and month, the revision whose counts were released.
    """

    id: UUID
    period: Period
    number: int
    released_at: datetime
    responses: int
    cuts: Mapping[Cut, Cells]
    importance: Mapping[Element, Decimal]
    basis: Mapping[Cut, Mapping[str, UUID]]

    @property
    def whole(self) -> QuestionnaireCounts | None:
        """All full questionnaires of the period; None where they are fewer than ten, or hidden."""
        return self.cuts.get(Cut.WHOLE, {}).get(EVERYBODY)


def released_periods(session: Session, unit_id: int) -> list[Period]:
    """Return the periods of a unit that are released, by name."""
    names = select(Release.period).where(Release.unit_id == unit_id).distinct()
    return [Period.parse(name) for name in sorted(session.exec(names))]


def released(session: Session, unit_id: int, period: Period) -> Released | None:
    """Return what a period lets be seen in its newest release; None if it is not released."""
    return released_each(session, unit_id, [period]).get(period.name)


def released_each(session: Session, unit_id: int, periods: Sequence[Period]) -> dict[str, Released]:
    """Return what `released` returns of each of some periods, by name, in two statements."""
    releases = session.exec(
        select(Release)
        .where(Release.unit_id == unit_id, col(Release.period).in_([p.name for p in periods]))
        .order_by(col(Release.number))
    )
    newest = {release.period: release for release in releases}
    cells: dict[UUID, dict[Cut, dict[str, QuestionnaireCounts | None]]] = {}
    for cell in session.exec(
        select(ReleasedCell)
        .where(col(ReleasedCell.release_id).in_([each.id for each in newest.values()]))
        .order_by(col(ReleasedCell.cell))
    ):
        of_cut = cells.setdefault(cell.release_id, {}).setdefault(Cut(cell.cut), {})
        of_cut[cell.cell] = None if cell.counts is None else counts_from(cell.counts)
    return {name: _released(release, cells.get(release.id, {})) for name, release in newest.items()}


def counts_from(text: str) -> QuestionnaireCounts:
    """Read the counts of a cell as they are kept."""
    kept = json.loads(text)
    ratings = {
        (Element(element), rating): count
        for element, given in kept["ratings"].items()
        for rating, count in enumerate(given, start=1)
    }
    return QuestionnaireCounts(ratings, {int(t): count for t, count in kept["totals"].items()})


def _released(release: Release, cells: Mapping[Cut, Cells]) -> Released:
    importance = {
        Element(element): Decimal(each) for element, each in json.loads(release.importance).items()
    }
    return Released(
        release.id,
        Period.parse(release.period),
        release.number,
        release.released_at,
        release.responses,
        cells,
        importance,
        {
            Cut(cut): {month: UUID(closing) for month, closing in months.items()}
            for cut, months in json.loads(release.basis).items()
        },
    )
