"""The formulas of a score with their numbers filled in, for a calculator (method §5, §6).

Each line is an expression that anybody can type in, and the figure that comes out of it, rounded
once, half up, to the decimals that are printed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from aggregation.method.rounding import half_up
from aggregation.method.rule import Corner, Rule
from aggregation.method.satisfaction_index import POINTS_PER_RATING
from aggregation.method.shrinkage import MEAN_DECIMALS, Pull
from survey.questionnaire import HIGHEST, LOWEST

Term = Decimal | int | str
"""A number, or a sign between numbers."""


class Step(StrEnum):
    """Which figure a line computes."""

    VOICE = "voice"
    SUM = "sum"
    RAW = "raw"
    MIX_MEAN = "mix_mean"
    OFFSET = "offset"
    LESS_OFFSET = "less_offset"
    HELD = "held"
    SHRUNK = "shrunk"
    SAME_VALUE = "same_value"
    VALUE = "value"
    CONTRIBUTION = "contribution"


@dataclass(frozen=True, slots=True)
class Formula:
    """One line: an expression of numbers and signs, and the printed figure it gives."""

    step: Step
    terms: tuple[Term, ...]
    result: Decimal


@dataclass(frozen=True, slots=True)
class Mixed:
    """How often a service was served, and the mean of the rule's officers there."""

    count: int
    mean: Decimal


def voice_line(answers: Sequence[int | None], rule: Rule) -> Formula:
    """One citizen's x: the weighted mean of what was answered, four decimals."""
    said = [
        (each.weight, rating)
        for each, rating in zip(rule.elements, answers, strict=True)
        if rating is not None
    ]
    terms: list[Term] = []
    for weight, rating in said:
        terms += ["+", weight, "×", rating]
    weights = sum(weight for weight, _ in said)
    exact = Fraction(sum(weight * rating for weight, rating in said), weights)
    return Formula(Step.VOICE, ("(", *terms[1:], ")", "÷", weights), half_up(exact, MEAN_DECIMALS))


def sum_line(sums: Mapping[int, int], printed_sum: Decimal) -> Formula:
    """Σx from the table's last column, added up by divisor."""
    terms: list[Term] = []
    for divisor, total in sums.items():
        terms += ["+", total] if divisor == 1 else ["+", total, "÷", divisor]
    return Formula(Step.SUM, tuple(terms[1:]), printed_sum)


def raw_line(printed_sum: Decimal, n: int, raw_index: Decimal) -> Formula:
    """Raw index = 25 × Σx ÷ n."""
    return Formula(Step.RAW, (POINTS_PER_RATING, "×", printed_sum, "÷", n), raw_index)


def shrunk_lines(
    printed_sum: Decimal, n: int, pull: Pull, index: Decimal, mix: Sequence[Mixed] = ()
) -> tuple[Formula, ...]:
    """Index = 25 × (Σx + k × μ) ÷ (n + k), with Σx corrected first where the rule says so.

    Parameters
    ----------
    pull
        μ and k; the offset is computed here, line by line.
    mix
        The services whose difference the rule takes off; none if it takes nothing off.
    """
    before = _mix_lines(printed_sum, n, pull.mu, mix) if mix else ()
    total = before[-1].result if before else printed_sum
    above = (POINTS_PER_RATING, "×", "(", total, "+", pull.k, "×", pull.mu, ")")
    terms = (*above, "÷", "(", n, "+", pull.k, ")")
    return *before, Formula(Step.SHRUNK, terms, index)


def value_line(index: Decimal, rule: Rule, value: Decimal) -> Formula:
    """Component value: along the line between two corners of the rule's table."""
    low, high = _between(index, rule.conversion)
    if all(corner.points == corner.value for corner in (low, high)):
        return Formula(Step.SAME_VALUE, (index,), value)
    rise = ("(", high.value, "−", low.value, ")", "÷", "(", high.points, "−", low.points, ")")
    terms = (low.value, "+", "(", index, "−", low.points, ")", "×", *rise)
    return Formula(Step.VALUE, terms, value)


def contribution_line(value: Decimal, rule: Rule, contributed: Decimal) -> Formula:
    """Contribution = share × component value ÷ 100."""
    terms = (rule.share_percent, "×", value, "÷", 100)
    return Formula(Step.CONTRIBUTION, terms, contributed)


def _mix_lines(
    printed_sum: Decimal, n: int, mu: Decimal, mix: Sequence[Mixed]
) -> tuple[Formula, ...]:
    terms: list[Term] = []
    for each in mix:
        terms += ["+", each.count, "×", each.mean]
    exact = sum((each.count * Fraction(each.mean) for each in mix), Fraction(0)) / n
    expected = half_up(exact, MEAN_DECIMALS)
    offset = expected - mu
    less = printed_sum - n * offset
    sign = "+" if offset < 0 else "−"
    lines = (
        Formula(Step.MIX_MEAN, ("(", *terms[1:], ")", "÷", n), expected),
        Formula(Step.OFFSET, (expected, "−", mu), offset),
        Formula(Step.LESS_OFFSET, (printed_sum, sign, n, "×", abs(offset)), less),
    )
    held = min(max(less, Decimal(LOWEST * n)), Decimal(HIGHEST * n))
    if held == less:
        return lines
    edge = LOWEST if held > less else HIGHEST
    return *lines, Formula(Step.HELD, (n, "×", edge), held)


def _between(index: Decimal, conversion: Sequence[Corner]) -> tuple[Corner, Corner]:
    corners = list(pairwise(conversion))
    return next(((low, high) for low, high in corners if index <= high.points), corners[-1])
