"""The satisfaction index (IKM) of full questionnaires (method §3).

Exact fractions from start to end, one rounding half up at the end, and the grade from the
rounded figure. A longer period or a wider unit adds counts; it is never a mean of indices.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType

from aggregation.method.grades import GRADES_2017, Grade, GradeTable, grade_of
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.method.rounding import half_up
from survey.questionnaire import Element

POINTS_PER_RATING = 25
"""One step of the scale in index points: 1 is 25.00, 4 is 100.00."""

INDEX_DECIMALS = 2
NRR_DECIMALS = 4


class WeightsUnusable(ValueError):
    """Own weights are not nine exact, non-negative rationals that sum to 1."""


@dataclass(frozen=True, slots=True)
class IndexMethod:
    """How the nine means become one figure.

    Attributes
    ----------
    name
        As named on the command line and in reports.
    weights
        Exact weight of each element. They sum to 1, but for the legacy methods.
    rounds_nrr
        Whether the weighted mean is rounded to two decimals before × 25 (a legacy method).
    """

    name: str
    weights: Mapping[Element, Fraction]
    rounds_nrr: bool = False


def _alike(weight: Fraction) -> Mapping[Element, Fraction]:
    return MappingProxyType(dict.fromkeys(Element, weight))


EQUAL = IndexMethod("equal", _alike(Fraction(1, len(Element))))
"""The method: exact ninths, although printed tables label the weight 0,111."""

METHODS: Mapping[str, IndexMethod] = {
    method.name: method
    for method in (
        EQUAL,
        IndexMethod("0.11", _alike(Fraction("0.11"))),
        IndexMethod("0.111", _alike(Fraction("0.111"))),
        IndexMethod("rounded-index", EQUAL.weights, rounds_nrr=True),
    )
}
"""By name: `equal`, and three legacy methods that reproduce old figures and nothing else."""


def own_weights(name: str, weights: Mapping[Element, Fraction]) -> IndexMethod:
    """Return a method with an office's own weights.

    Raises
    ------
    WeightsUnusable
        If an element is missing, a weight is negative, or they do not sum to exactly 1.
    """
    exact = {element: Fraction(weight) for element, weight in weights.items()}
    if set(exact) != set(Element) or min(exact.values()) < 0 or sum(exact.values()) != 1:
        message = f"own weights must cover the nine elements and sum to 1, not {exact}"
        raise WeightsUnusable(message)
    return IndexMethod(name, MappingProxyType(exact))


@dataclass(frozen=True, slots=True)
class ElementIndex:
    """One element's figures.

    Attributes
    ----------
    rating_sum
        S_e, sum of the ratings.
    n
        Filled answers.
    nrr
        S_e / n, *nilai rata-rata*, four decimals.
    index
        25 · S_e / n, two decimals; the same under every method.
    grade
        Of the rounded index.
    """

    rating_sum: int
    n: int
    nrr: Decimal
    index: Decimal
    grade: Grade


@dataclass(frozen=True, slots=True)
class SatisfactionIndex:
    """The index of a set of full questionnaires.

    Attributes
    ----------
    n
        Full questionnaires, at least 1.
    index
        IKM in points, two decimals; 25.00 to 100.00 under weights that sum to 1.
    grade
        Of the rounded index, by the table of the period.
    elements
        Figures of each element.
    method
        Name of the :class:`IndexMethod`.
    """

    n: int
    index: Decimal
    grade: Grade
    elements: Mapping[Element, ElementIndex]
    method: str


def index_of_means(means: Mapping[Element, Fraction], method: IndexMethod = EQUAL) -> Decimal:
    """Return the index, two decimals, of the nine mean ratings (NRR).

    For published tables, which print the means with two decimals and often no n.

    Parameters
    ----------
    means
        Exact mean of each of the nine elements, 1 to 4; printed ones as they were printed.
    method
        Weights and, for one legacy method, the early rounding.
    """
    weighted = sum((method.weights[e] * Fraction(means[e]) for e in Element), start=Fraction(0))
    if method.rounds_nrr:
        weighted = Fraction(half_up(weighted, INDEX_DECIMALS))
    return half_up(POINTS_PER_RATING * weighted, INDEX_DECIMALS)


def index_of_totals(totals: Mapping[int, int]) -> Decimal | None:
    """Return the index under equal weights from the sums of the sheets alone.

    Parameters
    ----------
    totals
        Sum of a sheet's nine ratings, 9 to 36 → how many sheets.

    Returns
    -------
    Decimal or None
        None if there is no sheet.

    Examples
    --------
    >>> index_of_totals({27: 6, 36: 4})
    Decimal('85.00')
    """
    n = sum(totals.values())
    if not n:
        return None
    total = sum(each * count for each, count in totals.items())
    return half_up(Fraction(POINTS_PER_RATING * total, len(Element) * n), INDEX_DECIMALS)


def satisfaction_index(
    counts: QuestionnaireCounts, method: IndexMethod = EQUAL, grades: GradeTable = GRADES_2017
) -> SatisfactionIndex | None:
    """Compute the index of a set of full questionnaires.

    Returns
    -------
    SatisfactionIndex or None
        None if there is no questionnaire: absent is absent, never 0.

    Notes
    -----
    With equal weights the index is 25·S / (9·n), S being the sum of all ratings.
    """
    if not counts.n:
        return None
    means = {e: Fraction(counts.rating_sum(e), counts.n) for e in Element}
    index = index_of_means(means, method)
    elements = {e: _element(counts.rating_sum(e), counts.n, grades) for e in Element}
    return SatisfactionIndex(
        counts.n, index, grade_of(index, grades), MappingProxyType(elements), method.name
    )


def _element(rating_sum: int, n: int, grades: GradeTable) -> ElementIndex:
    mean = Fraction(rating_sum, n)
    index = half_up(POINTS_PER_RATING * mean, INDEX_DECIMALS)
    return ElementIndex(rating_sum, n, half_up(mean, NRR_DECIMALS), index, grade_of(index, grades))
