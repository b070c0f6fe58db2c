"""How a report writes numbers, periods and lists: always in Indonesian, as official reports are."""

from collections.abc import Sequence

from aggregation.output.period_words import period_name
from aggregation.output.report.skm_report import SkmReport
from survey.language import INDONESIAN, Language

WORDS = Language(INDONESIAN, {})
"""Numbers and dates as an Indonesian report writes them."""

_FEW = 3


def name_of(report: SkmReport) -> str:
    """Return the period's name: Triwulan III 2026."""
    return period_name(report.period, WORDS)


def months_of(report: SkmReport) -> str:
    """Return the period's months: Juli sampai September 2026."""
    first, last = report.period.months[0], report.period.months[-1]
    if first == last:
        return WORDS.month(first)
    begins = WORDS.month(first).removesuffix(f" {first.year}")
    return f"{begins} sampai {WORDS.month(last)}"


def number(count: int) -> str:
    """Write a number of people: 1.046."""
    return WORDS.number(count)


def listed(words: Sequence[str]) -> str:
    """Join words as a sentence lists them: a, b, dan c."""
    if len(words) < _FEW:
        return " dan ".join(words)
    return f"{', '.join(words[:-1])}, dan {words[-1]}"
