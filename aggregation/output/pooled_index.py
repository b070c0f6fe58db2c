"""A unit's index of a month, quarter, half-year or year: its responses pooled (method §3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from aggregation.method.pooled_release import may_be_shown
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES
from aggregation.months.closed_months import questionnaires_of_each
from aggregation.months.period import Period
from aggregation.months.revisions import newest_of_each_month, revisions
from aggregation.output.unit_month import Standing, standing
from survey.month import Month


@dataclass(frozen=True, slots=True)
class PooledIndex:
    """What a period says of a unit.

    Attributes
    ----------
    closed
        The months that are pooled, each with its revision, in order.
    missing
        The months of the period that are not closed, and so are not in it.
    n
        Full questionnaires.
    standing
        The index with its interval; None if it may not be shown.
    """

    closed: Sequence[tuple[Month, int]]
    missing: Sequence[Month]
    n: int
    standing: Standing | None


def pooled_index(session: Session, unit_id: int, period: Period) -> PooledIndex:
    """Pool the responses of a period's closed months, each in its newest revision.

    Never a mean of indices. Withheld where fewer than ten people stand behind it, or where it
    would give a month away that is hidden (method §9).
    """
    first, last = period.months[0], period.months[-1]
    newest = newest_of_each_month(revisions(session, unit_id, first, last))
    closings = dict(sorted(newest.items()))
    counts = questionnaires_of_each(session, [closing.id for closing in closings.values()])
    n = {str(month): counts[closing.id].n for month, closing in closings.items()}
    pooled = sum(counts.values(), start=NO_QUESTIONNAIRES)
    return PooledIndex(
        closed=[(month, closing.revision) for month, closing in closings.items()],
        missing=[month for month in period.months if month not in closings],
        n=pooled.n,
        standing=standing(pooled) if may_be_shown(period.pool(), n) else None,
    )
