"""How much evidence stands behind an officer's figures, and why not more (method §5)."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

from aggregation.method.rounding import half_up
from aggregation.method.rule import Rule


class Basis(StrEnum):
    """How much evidence stands behind an officer's figures."""

    NO_DUTY = "no_duty"
    INSUFFICIENT = "insufficient"
    INDICATIVE = "indicative"
    PUBLISHABLE = "publishable"


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


_BASIS_OF = {
    None: Basis.PUBLISHABLE,
    ReasonCode.NO_DUTY: Basis.NO_DUTY,
    ReasonCode.BELOW_MINIMUM: Basis.INSUFFICIENT,
    ReasonCode.FEW_RESPONSES: Basis.INDICATIVE,
    ReasonCode.WIDE_INTERVAL: Basis.INDICATIVE,
    ReasonCode.LOW_COVERAGE: Basis.INDICATIVE,
    ReasonCode.UNKNOWN_COVERAGE: Basis.INDICATIVE,
}


def evidence(
    n: int,
    half_width: Decimal | None,
    rule: Rule,
    *,
    on_duty: bool = True,
    coverage: Fraction | None = None,
) -> tuple[Basis, Reason | None]:
    """Judge how much stands behind an officer's figures.

    Parameters
    ----------
    n
        Responses of the window that say something of the officer.
    half_width
        Of the printed 95 % interval, in index points; None without any response.
    rule
        Sets the thresholds.
    on_duty
        Whether the officer had a duty in the window.
    coverage
        Responses ÷ visits served, 0 upwards, if visits are known.

    Returns
    -------
    tuple
        The basis, and the reason unless it is publishable.
    """
    reason = _reason(n, half_width, rule, coverage) if on_duty else _no_duty(rule)
    return _BASIS_OF[reason.code if reason else None], reason


def _reason(
    n: int, half_width: Decimal | None, rule: Rule, coverage: Fraction | None
) -> Reason | None:
    if half_width is None or n < rule.minimum_n:
        return _few(ReasonCode.BELOW_MINIMUM, n, rule.minimum_n, rule)
    if n < rule.publishable_n:
        return _few(ReasonCode.FEW_RESPONSES, n, rule.publishable_n, rule)
    widest = rule.publishable_half_width
    if half_width > widest:
        # The width itself stays unsaid: with n it would tell HR the spread of the ratings.
        text = f"Rentang 95 % masih lebih lebar dari ± {_comma(widest)} poin."
        return Reason(ReasonCode.WIDE_INTERVAL, text)
    return _uncovered(coverage, rule.minimum_coverage)


def _few(code: ReasonCode, n: int, least: int, rule: Rule) -> Reason:
    text = f"Baru {n} tanggapan dalam jendela {rule.window_months} bulan; paling sedikit {least}."
    return Reason(code, text)


def _no_duty(rule: Rule) -> Reason:
    text = f"Tidak ada jadwal loket dalam jendela {rule.window_months} bulan."
    return Reason(ReasonCode.NO_DUTY, text)


def _uncovered(coverage: Fraction | None, floor: Decimal | None) -> Reason | None:
    """Hold figures back whose coverage is below the rule's floor, or not known."""
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
