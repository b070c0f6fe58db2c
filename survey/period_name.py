"""A period by its name: which months it has, and how it is said.

2026-10 is a month, 2026-Q3 a quarter, 2026-S2 a half-year, 2026 a year.
"""

import re
from dataclasses import dataclass

from survey.language import Language, worded
from survey.month import Month

PATTERN = r"^20[0-9]{2}(-(0[1-9]|1[0-2]|Q[1-4]|S[12]))?$"
"""How a period is written: 2026-10, 2026-Q3, 2026-S2 or 2026."""

_WRITTEN = re.compile(PATTERN, re.ASCII)
_ROMAN = ("", "I", "II", "III", "IV")
_QUARTER, _HALF, _YEAR = 3, 6, 12
_LENGTHS = {"Q": _QUARTER, "S": _HALF}


class NotAPeriodName(ValueError):
    """The text is the name of no period."""


@dataclass(frozen=True, slots=True)
class PeriodName:
    """Some months that follow one another within a year.

    Attributes
    ----------
    number
        Which one of its kind within the year, from 1.
    """

    text: str
    first: Month
    last: Month
    number: int

    @classmethod
    def parse(cls, text: str) -> "PeriodName":
        """Read a period's name.

        Raises
        ------
        NotAPeriodName
            If it is none.

        Examples
        --------
        >>> str(PeriodName.parse("2026-S2").first), str(PeriodName.parse("2026").last)
        ('2026-07', '2026-12')
        """
        if not _WRITTEN.fullmatch(text):
            raise NotAPeriodName(text)
        part = text[5:]
        length = _LENGTHS.get(part[0], 1) if part else _YEAR
        number = int(part.lstrip("QS") or 1)
        first = Month(int(text[:4]), (number - 1) * length + 1)
        return cls(text, first, first.shift(length - 1), number)

    @property
    def length(self) -> int:
        """How many months it has."""
        return self.last.month - self.first.month + 1

    @property
    def recency(self) -> int:
        """Orders periods by their end; of those that end together the longer one comes last.

        The integer ``YYYYMMLL``: the last month, and how many months there are.

        Examples
        --------
        >>> [PeriodName.parse(text).recency for text in ("2026-10", "2026")]
        [20261001, 20261212]
        """
        return self.last.number * 100 + self.length

    def said(self, language: Language) -> str:
        """Say the period: Triwulan III 2026."""
        if self.length == 1:
            return language.month(self.first)
        sentence = {
            _QUARTER: worded("Triwulan %(number)s %(year)s"),
            _HALF: worded("Semester %(number)s %(year)s"),
            _YEAR: worded("Tahun %(year)s"),
        }[self.length]
        return language.say(sentence) % {"number": _ROMAN[self.number % 5], "year": self.first.year}

    def months_said(self, language: Language) -> str:
        """Say its months: Juli–September 2026."""
        if self.length == 1:
            return language.month(self.first)
        year = f" {self.first.year}"
        return f"{language.month(self.first).removesuffix(year)}–{language.month(self.last)}"
