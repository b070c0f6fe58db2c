"""From an index to the component of the appraisal, and to a proposal (method §6)."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from aggregation.method.evidence import Basis
from aggregation.method.officer_score import OfficerScore
from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule

COMPONENT_DECIMALS = 2


class Proposal(StrEnum):
    """What the figures propose; it takes effect only by a person's decision."""

    ABOVE = "above_expectation"
    """Di atas ekspektasi."""
    EXPECTED = "as_expected"
    """Sesuai ekspektasi."""
    BELOW = "below_expectation"
    """Di bawah ekspektasi."""


def component_value(index: Decimal, rule: Rule) -> Decimal:
    """Convert a printed index by the rule's table, two decimals.

    Parameters
    ----------
    index
        25.00 to 100.00, as printed.

    Examples
    --------
    >>> component_value(Decimal("85.14"), Rule())
    Decimal('85.14')
    """
    for low, high in pairwise(rule.conversion):
        if index <= high.points:
            share = Fraction(index - low.points) / Fraction(high.points - low.points)
            value = Fraction(low.value) + share * Fraction(high.value - low.value)
            return half_up(value, COMPONENT_DECIMALS)
    return half_up(Fraction(rule.conversion[-1].value), COMPONENT_DECIMALS)


def contribution(value: Decimal, rule: Rule) -> Decimal:
    """Return share × component value ÷ 100, two decimals, from the printed value.

    Examples
    --------
    >>> contribution(Decimal("86.23"), Rule())
    Decimal('8.62')
    """
    return half_up(Fraction(rule.share_percent) * Fraction(value) / 100, COMPONENT_DECIMALS)


def proposal(score: OfficerScore, index: Decimal, rule: Rule) -> Proposal:
    """Return what the figures of a window propose.

    Parameters
    ----------
    index
        The shrunk index, as printed.

    Notes
    -----
    The whole 95 % interval at or above excellence, or the whole 99 % interval below target, and
    the shrunk index on the same side. Both only from the rule's n on, and publishable.
    """
    figures = score.figures
    if figures is None or score.basis is not Basis.PUBLISHABLE or score.n < rule.proposal_n:
        return Proposal.EXPECTED
    if min(figures.interval.low, index) >= rule.excellence_index:
        return Proposal.ABOVE
    if max(figures.wide.high, index) < rule.target_index:
        return Proposal.BELOW
    return Proposal.EXPECTED
