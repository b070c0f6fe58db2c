"""The officer's raw score from counts per combination, and what may be said of it (method §5)."""

from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from aggregation.method.combination import CombinationCounts, voices
from aggregation.method.interval import Interval, Moments, interval
from aggregation.method.rounding import half_up
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.method.satisfaction_index import INDEX_DECIMALS, POINTS_PER_RATING

SUM_DECIMALS = 4


class Basis(StrEnum):
    """How much evidence stands behind an officer's figures."""

    NO_DUTY = "no_duty"
    INSUFFICIENT = "insufficient"
    INDICATIVE = "indicative"
    PUBLISHABLE = "publishable"


class Reader(StrEnum):
    """Who is about to see the figures."""

    OFFICER = "officer"
    HR = "hr"


class ReasonCode(StrEnum):
    """Why figures are not publishable."""

    NO_DUTY = "no_duty"
    BELOW_MINIMUM = "below_minimum"
    FEW_RESPONSES = "few_responses"
    WIDE_INTERVAL = "wide_interval"
    LOW_COVERAGE = "low_coverage"
    UNKNOWN_COVERAGE = "unknown_coverage"


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason as a code, for programs, and as one Indonesian sentence, for people."""

    code: ReasonCode
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a score.

    Attributes
    ----------
    moments
        n, Σx and Σx², exact.
    printed_sum
        Σx as printed, four decimals; everything below the interval follows from it.
    mean
        m = printed Σx / n, exact.
    raw_index
        25·m, two decimals.
    interval
        95 % interval of the raw index, from the exact moments.
    """

    moments: Moments
    printed_sum: Decimal
    mean: Fraction
    raw_index: Decimal
    interval: Interval


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
    reason = _reason(moments.n, figures, rule, coverage) if on_duty else _no_duty(rule)
    return OfficerScore(moments.n, _BASIS_OF[reason.code if reason else None], reason, figures)


def shown_to(reader: Reader, score: OfficerScore) -> OfficerScore:
    """Withhold the figures that this reader may not see.

    Publishable figures are for everybody entitled; indicative ones are for the officer alone;
    below that there is no number at all: not 0, not the unit's mean. n and reason stay.
    """
    allowed = {Basis.PUBLISHABLE}
    if reader is Reader.OFFICER:
        allowed.add(Basis.INDICATIVE)
    return score if score.basis in allowed else replace(score, figures=None)


def _figures(moments: Moments, rule: Rule) -> Figures:
    printed_sum = half_up(moments.total, SUM_DECIMALS)
    mean = Fraction(printed_sum) / moments.n
    return Figures(
        moments,
        printed_sum,
        mean,
        half_up(POINTS_PER_RATING * mean, INDEX_DECIMALS),
        interval(moments, design_effect=Fraction(rule.design_effect)),
    )


_BASIS_OF = {
    None: Basis.PUBLISHABLE,
    ReasonCode.NO_DUTY: Basis.NO_DUTY,
    ReasonCode.BELOW_MINIMUM: Basis.INSUFFICIENT,
    ReasonCode.FEW_RESPONSES: Basis.INDICATIVE,
    ReasonCode.WIDE_INTERVAL: Basis.INDICATIVE,
    ReasonCode.LOW_COVERAGE: Basis.INDICATIVE,
    ReasonCode.UNKNOWN_COVERAGE: Basis.INDICATIVE,
}


def _reason(
    n: int, figures: Figures | None, rule: Rule, coverage: Fraction | None
) -> Reason | None:
    if figures is None or n < rule.minimum_n:
        return _few(ReasonCode.BELOW_MINIMUM, n, rule.minimum_n, rule)
    if n < rule.publishable_n:
        return _few(ReasonCode.FEW_RESPONSES, n, rule.publishable_n, rule)
    width, widest = figures.interval.half_width, rule.publishable_half_width
    if width > widest:
        text = f"Rentang 95 % masih ± {_comma(width)} poin; batasnya ± {_comma(widest)} poin."
        return Reason(ReasonCode.WIDE_INTERVAL, text)
    return _uncovered(coverage, rule.minimum_coverage)


def _few(code: ReasonCode, n: int, least: int, rule: Rule) -> Reason:
    text = f"Baru {n} tanggapan dalam {rule.window_months} bulan; paling sedikit {least}."
    return Reason(code, text)


def _no_duty(rule: Rule) -> Reason:
    text = f"Tidak ada jadwal loket dalam {rule.window_months} bulan."
    return Reason(ReasonCode.NO_DUTY, text)


def _uncovered(coverage: Fraction | None, floor: Decimal | None) -> Reason | None:
    """A floor set in the rule holds back figures whose coverage is lower or not known."""
    if floor is None:
        return None
    least = f"paling sedikit {_comma(100 * floor)} % kunjungan"
    if coverage is None:
        text = f"Jumlah kunjungan tidak diketahui; aturan meminta {least}."
        return Reason(ReasonCode.UNKNOWN_COVERAGE, text)
    if coverage < Fraction(floor):
        covered = _comma(half_up(100 * coverage, 1))
        return Reason(ReasonCode.LOW_COVERAGE, f"Cakupan {covered} %; aturan meminta {least}.")
    return None


def _comma(number: Decimal) -> str:
    """Write a number the Indonesian way."""
    return f"{number:f}".replace(".", ",")
