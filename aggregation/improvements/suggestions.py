"""What a released period asks to be answered: its weakest elements first (method §11)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session

from aggregation.improvements.register import State, register
from aggregation.method.interval import Level, Moments, interval
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rounding import half_up
from aggregation.months.period import Period
from aggregation.months.released import Released, released
from aggregation.rules.rule_book import rules_in_force
from survey.questionnaire import RATINGS, Element

AT_LEAST = 3
"""So many elements are named even where none lies below the target."""

_MEAN_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An element that is worth an action.

    Attributes
    ----------
    mean
        Mean rating, 1.00 to 4.00.
    is_below_target
        Whether its whole 99 % interval lies below the target of the rule that held.
    """

    element: Element
    mean: Decimal
    is_below_target: bool


def suggestions(session: Session, unit_id: int, period: Period, today: date) -> list[Suggestion]:
    """Return the elements of a period that no action answers yet, the most urgent first.

    All that lie below the target, then the lowest means, at least three elements in all before
    those are left out that an open action answers, or one for this very period. None if the
    period is not released, or its whole is hidden.
    """
    found = released(session, unit_id, period)
    if found is None or found.whole is None:
        return []
    answered = {
        line.element
        for line in register(session, unit_id, today)
        if line.is_open or (line.period == period and line.state is not State.DROPPED)
    }
    target = _target(session, unit_id, found)
    weakest = weakest_elements(found.whole, target)
    return [each for each in weakest if each.element not in answered]


def weakest_elements(counts: QuestionnaireCounts, target: Decimal) -> list[Suggestion]:
    """Return the elements below a target index, and at least the three with the lowest means."""
    all_of_them = sorted(
        (_standing(counts, element, target) for element in Element),
        key=lambda each: (not each.is_below_target, counts.rating_sum(each.element)),
    )
    below = sum(each.is_below_target for each in all_of_them)
    return all_of_them[: max(AT_LEAST, below)]


def _standing(counts: QuestionnaireCounts, element: Element, target: Decimal) -> Suggestion:
    mean = half_up(Fraction(counts.rating_sum(element), counts.n), _MEAN_DECIMALS)
    ratings = {Fraction(rating): counts.ratings.get((element, rating), 0) for rating in RATINGS}
    return Suggestion(element, mean, interval(Moments.of(ratings), Level.P99).high < target)


def _target(session: Session, unit_id: int, found: Released) -> Decimal:
    last = found.period.months[-1]
    return rules_in_force(session, unit_id, last, found.released_at).general.target_index
