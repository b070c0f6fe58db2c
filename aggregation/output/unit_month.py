"""What a unit's period says: index, elements, what changed, as values ready for a page.

Pure: counts in, figures out. Words and number formats are the page's.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from aggregation.method.change import Change, Estimate, change_of
from aggregation.method.interval import Interval, Level, Moments, index_interval, interval
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rounding import half_up
from aggregation.method.satisfaction_index import (
    INDEX_DECIMALS,
    POINTS_PER_RATING,
    SatisfactionIndex,
    satisfaction_index,
)
from aggregation.method.suppression import SMALLEST_CELL
from survey.questionnaire import RATINGS, Element

ELEMENT_LEVEL = Level.P99
"""Nine comparisons stand side by side: at 95 % one of them would often move by chance."""

MEAN_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class ElementLine:
    """One element of the month beside the month it is compared with.

    Attributes
    ----------
    mean
        Mean rating, 1.00 to 4.00, two decimals.
    before
        The same of the earlier month; None if there is none to compare with.
    change
        Whether the difference is more than chance; None without an earlier month.
    """

    element: Element
    mean: Decimal
    before: Decimal | None
    change: Change | None

    @property
    def difference(self) -> Decimal | None:
        """Printed mean minus printed mean before, so that a reader can recompute it."""
        return None if self.before is None else self.mean - self.before


@dataclass(frozen=True, slots=True)
class Standing:
    """An index with its interval."""

    index: SatisfactionIndex
    interval: Interval


@dataclass(frozen=True, slots=True)
class UnitMonth:
    """The figures of a unit's closed month.

    Attributes
    ----------
    before
        The month it is compared with, if there is one.
    change
        Whether the index differs from it by more than chance.
    lines
        The nine elements in the unit's order.
    """

    now: Standing
    before: Standing | None
    change: Change | None
    lines: tuple[ElementLine, ...]

    @property
    def difference(self) -> Decimal | None:
        """Printed index minus the printed one before."""
        return None if self.before is None else self.now.index.index - self.before.index.index

    @property
    def highest(self) -> tuple[ElementLine, ...]:
        """The elements with the highest printed mean; several if they share it."""
        return self._with_mean(max(line.mean for line in self.lines))

    @property
    def lowest(self) -> tuple[ElementLine, ...]:
        """The elements with the lowest printed mean."""
        return self._with_mean(min(line.mean for line in self.lines))

    def moved(self, change: Change) -> tuple[ElementLine, ...]:
        """Return the elements that rose, fell or stayed."""
        return tuple(line for line in self.lines if line.change is change)

    def _with_mean(self, mean: Decimal) -> tuple[ElementLine, ...]:
        return tuple(line for line in self.lines if line.mean == mean)


def unit_month(
    counts: QuestionnaireCounts, earlier: QuestionnaireCounts | None, order: Sequence[Element]
) -> UnitMonth | None:
    """Return a month's figures, beside those of an earlier month.

    Parameters
    ----------
    counts, earlier
        Full questionnaires of two closed months.
    order
        The nine elements as the unit lists them.

    Returns
    -------
    UnitMonth or None
        None below `SMALLEST_CELL` questionnaires. An earlier month that is too small is not
        compared with.
    """
    now = standing(counts)
    if now is None:
        return None
    before = None if earlier is None else standing(earlier)
    compared = None if before is None else earlier
    return UnitMonth(
        now=now,
        before=before,
        change=None if before is None else change_of(_estimate(before), _estimate(now)),
        lines=tuple(element_line(element, counts, compared) for element in order),
    )


def standing(counts: QuestionnaireCounts) -> Standing | None:
    """Return the index with its interval; None below `SMALLEST_CELL` questionnaires."""
    index = satisfaction_index(counts)
    if index is None or index.n < SMALLEST_CELL:
        return None
    return Standing(index, index_interval(counts.totals))


def element_line(
    element: Element, now: QuestionnaireCounts, before: QuestionnaireCounts | None
) -> ElementLine:
    """Return an element of questionnaires, at least one, beside the same of others."""
    if before is None:
        return ElementLine(element, _mean(now, element), None, None)
    change = change_of(element_estimate(before, element), element_estimate(now, element))
    return ElementLine(element, _mean(now, element), _mean(before, element), change)


def _mean(counts: QuestionnaireCounts, element: Element) -> Decimal:
    return half_up(Fraction(counts.rating_sum(element), counts.n), MEAN_DECIMALS)


def _estimate(standing: Standing) -> Estimate:
    return Estimate(standing.index.index, standing.interval)


def element_estimate(counts: QuestionnaireCounts, element: Element) -> Estimate:
    """Return an element's index of questionnaires, at least one, with its interval of 99 %."""
    ratings = {Fraction(rating): counts.ratings.get((element, rating), 0) for rating in RATINGS}
    index = POINTS_PER_RATING * Fraction(counts.rating_sum(element), counts.n)
    return Estimate(half_up(index, INDEX_DECIMALS), interval(Moments.of(ratings), ELEMENT_LEVEL))
