"""What a period is called in a language: Oktober 2026, Triwulan III 2026, Tahun 2026."""

from collections.abc import Mapping

from aggregation.months.period import Period
from survey.language import Language, worded

KINDS: Mapping[int, str] = {
    1: worded("Bulan"),
    3: worded("Triwulan"),
    6: worded("Semester"),
    12: worded("Tahun"),
}
"""What periods of so many months are called."""

_NAMES: Mapping[int, str] = {
    3: worded("Triwulan %(number)s %(year)s"),
    6: worded("Semester %(number)s %(year)s"),
    12: worded("Tahun %(year)s"),
}
_ROMAN = ("I", "II", "III", "IV")


def period_name(period: Period, language: Language) -> str:
    """Name a period as its page and its report do."""
    length, first = len(period.months), period.months[0]
    if length == 1:
        return language.month(first)
    number = _ROMAN[(first.month - 1) // length]
    return language.say(_NAMES[length]) % {"number": number, "year": first.year}
