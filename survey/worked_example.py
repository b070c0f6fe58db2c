"""An example of the index that a reader can follow with a pocket calculator (method §3)."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from survey.published_scale import GRADES, GradeRow
from survey.questionnaire import ITEMS, ORDERS, Element, ElementOrder

ANSWERED = 10
"""Citizens of the example."""

_SUMS = (34, 33, 30, 39, 34, 35, 36, 32, 31)
"""Of the ten ratings of each element, in the order of the regulation's body."""


@dataclass(frozen=True, slots=True)
class ExampleLine:
    """An element: the sum of its ratings, and their mean."""

    name: str
    total: int
    mean: Decimal


@dataclass(frozen=True, slots=True)
class WorkedExample:
    """Each step of the way from ratings to a grade."""

    answered: int
    lines: tuple[ExampleLine, ...]
    total: int
    answers: int
    mean: Decimal
    index: Decimal
    grade: GradeRow


def worked_example() -> WorkedExample:
    """Return the example."""
    answers, total = ANSWERED * len(Element), sum(_SUMS)
    index = _rounded(Decimal(25 * total) / answers, 2)
    return WorkedExample(
        ANSWERED,
        tuple(
            ExampleLine(ITEMS[element].short, each, _rounded(Decimal(each) / ANSWERED, 2))
            for element, each in zip(ORDERS[ElementOrder.BODY], _SUMS, strict=True)
        ),
        total,
        answers,
        _rounded(Decimal(total) / answers, 4),
        index,
        next(row for row in GRADES if index >= row.lowest),
    )


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
