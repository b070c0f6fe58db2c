"""What citizens value in an officer, said only where the answers bear it out (method §5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from aggregation.method.combination import CombinationCounts, rating_counts
from aggregation.method.interval import Level, Moments, interval
from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule
from survey.questionnaire import HIGHEST, RATINGS

MEAN_DECIMALS = 2


@dataclass(frozen=True, slots=True)
class ElementCounts:
    """How an officer's citizens rated one of the officer's elements.

    Attributes
    ----------
    code
        An element's code, or ``KESELURUHAN``.
    given
        How often 1, 2, 3 and 4 were given.
    weight
        Of the element in the rule.
    """

    code: str
    given: tuple[int, int, int, int]
    weight: int

    @property
    def n(self) -> int:
        """How many citizens rated the element."""
        return sum(self.given)

    @property
    def highest(self) -> int:
        """How many of them gave the highest rating."""
        return self.given[HIGHEST - 1]

    @property
    def mean(self) -> Decimal | None:
        """Mean rating, two decimals; None if nobody rated it."""
        if not self.n:
            return None
        total = sum(rating * count for rating, count in zip(RATINGS, self.given, strict=True))
        return half_up(Fraction(total, self.n), MEAN_DECIMALS)


def element_counts(counts: CombinationCounts, rule: Rule) -> list[ElementCounts]:
    """Return the ratings of each of the officer's elements, in the rule's order."""
    given = rating_counts(counts, rule)
    return [ElementCounts(each.code, given[each.code], each.weight) for each in rule.elements]


def strengths(elements: list[ElementCounts], rule: Rule) -> list[ElementCounts]:
    """Return the elements that may be called a strength, the best rated first.

    Notes
    -----
    The whole interval of the element's ratings lies at or above the rule's target index; at 99 %,
    because several elements are looked at side by side. An element that fewer than the rule's
    minimum rated is left out.
    """
    found = [each for each in elements if each.n >= rule.minimum_n and _is_one(each, rule)]
    return sorted(found, key=lambda each: each.mean or Decimal(0), reverse=True)


def _is_one(element: ElementCounts, rule: Rule) -> bool:
    ratings: Mapping[Fraction, int] = {
        Fraction(rating): count for rating, count in zip(RATINGS, element.given, strict=True)
    }
    return interval(Moments.of(ratings), Level.P99).low >= rule.target_index
