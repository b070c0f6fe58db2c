"""The officer's raw score from counts per combination, and what may be said of it (method §5)."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from aggregation.method.combination import CombinationCounts, voices
from aggregation.method.evidence import Basis, Reason, evidence
from aggregation.method.interval import Interval, Level, Moments, interval
from aggregation.method.rounding import half_up
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.method.satisfaction_index import INDEX_DECIMALS, POINTS_PER_RATING

SUM_DECIMALS = 4


class Reader(StrEnum):
    """Who is about to see the figures."""

    OFFICER = "officer"
    HR = "hr"


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a score.

    Attributes
    ----------
    moments
        n, Σx and Σx², exact.
    printed_sum
        Σx as printed, four decimals; mean and raw index follow from it.
    mean
        m = printed Σx / n, exact.
    raw_index
        25·m, two decimals.
    interval, wide
        95 % and 99 % interval of the raw index, from the exact moments.
    """

    moments: Moments
    printed_sum: Decimal
    mean: Fraction
    raw_index: Decimal
    interval: Interval
    wide: Interval


@dataclass(frozen=True, slots=True)
class OfficerScore:
    """What the responses of a window say of one officer in one unit.

    Attributes
    ----------
    n
        Responses that answered at least one of the officer's elements.
    basis
        How much evidence there is.
    reason
        Why it is not publishable; None if it is.
    figures
        The numbers; None if there are none, or if they are withheld from the reader.
    """

    n: int
    basis: Basis
    reason: Reason | None
    figures: Figures | None


def officer_score(
    counts: CombinationCounts,
    rule: Rule = DEFAULT_RULE,
    *,
    on_duty: bool = True,
    coverage: Fraction | None = None,
) -> OfficerScore:
    """Compute an officer's raw score over a window.

    Parameters
    ----------
    counts
        Responses of the window by combination (:mod:`aggregation.method.combination`).
    rule
        The rule of the month; it governs the whole window.
    on_duty
        Whether the officer had a duty in the window.
    coverage
        Responses ÷ visits served, 0 upwards, if visits are known.

    Raises
    ------
    NotACombination
        If a combination does not fit the rule.

    Notes
    -----
    The figures are complete whatever the basis; :func:`shown_to` withholds them.
    """
    moments = Moments.of(voices(counts, rule))
    figures = _figures(moments, rule) if moments.n else None
    half_width = figures.interval.half_width if figures else None
    basis, reason = evidence(moments.n, half_width, rule, on_duty=on_duty, coverage=coverage)
    return OfficerScore(moments.n, basis, reason, figures)


def shown_to(reader: Reader, score: OfficerScore) -> OfficerScore:
    """Withhold the figures that this reader may not see.

    Publishable figures are for everybody entitled; indicative ones are for the officer alone;
    below that there is no number at all: not 0, not the unit's mean. n and reason stay.
    """
    return score if may_read(reader, score.basis) else replace(score, figures=None)


def may_read(reader: Reader, basis: Basis) -> bool:
    """Say whether somebody may see numbers that rest on so much evidence."""
    return basis is Basis.PUBLISHABLE or (reader is Reader.OFFICER and basis is Basis.INDICATIVE)


def _figures(moments: Moments, rule: Rule) -> Figures:
    printed_sum = half_up(moments.total, SUM_DECIMALS)
    mean = Fraction(printed_sum) / moments.n
    clustered = Fraction(rule.design_effect)
    return Figures(
        moments,
        printed_sum,
        mean,
        half_up(POINTS_PER_RATING * mean, INDEX_DECIMALS),
        interval(moments, Level.P95, clustered),
        interval(moments, Level.P99, clustered),
    )
