"""What a period is called in a language: Oktober 2026, Triwulan III 2026, Tahun 2026."""

from collections.abc import Mapping

from aggregation.months.period import Period
from survey.language import Language, worded
from survey.period_name import PeriodName

KINDS: Mapping[int, str] = {
    1: worded("Bulan"),
    3: worded("Triwulan"),
    6: worded("Semester"),
    12: worded("Tahun"),
}
"""What periods of so many months are called."""


def period_name(period: Period, language: Language) -> str:
    """Name a period as its page and its report do."""
    return PeriodName.parse(period.name).said(language)
