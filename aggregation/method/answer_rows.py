"""The table behind Σx: each combination of answers with what one such voice says (method §6)."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import gcd

from aggregation.method.combination import BLANK, CombinationCounts
from aggregation.method.rule import Rule


@dataclass(frozen=True, slots=True)
class AnswerRow:
    """Citizens who gave the same answers: each one's voice is x = `weighted` ÷ `divisor`.

    Attributes
    ----------
    answers
        The ratings in rule order; None where blank.
    weighted
        Weight × rating, summed over what was answered.
    divisor
        The sum of the weights of what was answered, so it depends on which elements those are and
        not on the ratings. Weights with a common factor are cut down first.
    count
        How many citizens answered so.
    """

    answers: tuple[int | None, ...]
    weighted: int
    divisor: int
    count: int

    @property
    def total(self) -> int:
        """What they add to Σx, as a number of parts of one `divisor`."""
        return self.count * self.weighted


def answer_rows(counts: CombinationCounts, rule: Rule) -> list[AnswerRow]:
    """Return the table's rows; those who answered the same elements stand together.

    Examples
    --------
    >>> rows = answer_rows({"4---": 2, "43-2": 5, "----": 9}, Rule())
    >>> [(row.count, row.weighted, row.divisor) for row in rows]
    [(5, 27, 8), (2, 4, 1)]
    """
    rows = [_row(combination, count, rule) for combination, count in counts.items() if count]
    return sorted((row for row in rows if row.divisor), key=_place)


def sums_by_divisor(rows: Iterable[AnswerRow]) -> dict[int, int]:
    """Return the last column added up, by divisor: Σx is the sum of each total ÷ its divisor."""
    sums: defaultdict[int, int] = defaultdict(int)
    for row in rows:
        sums[row.divisor] += row.total
    return dict(sorted(sums.items(), reverse=True))


def _row(combination: str, count: int, rule: Rule) -> AnswerRow:
    answers = tuple(None if sign == BLANK else int(sign) for sign in combination)
    said = [
        (each.weight, rating)
        for each, rating in zip(rule.elements, answers, strict=True)
        if rating is not None
    ]
    common = gcd(*(weight for weight, _ in said)) or 1
    weighted = sum(weight * rating for weight, rating in said) // common
    return AnswerRow(answers, weighted, sum(weight for weight, _ in said) // common, count)


def _place(row: AnswerRow) -> tuple[object, ...]:
    blank = tuple(rating is None for rating in row.answers)
    return sum(blank), blank, tuple(-(rating or 0) for rating in row.answers)
