"""The week and the month that a calendar's address asks for, and those beside it."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from survey.language import Language, worded
from survey.month import Month, NotAMonth

WEEKDAY_NAMES = (
    worded("Senin"),
    worded("Selasa"),
    worded("Rabu"),
    worded("Kamis"),
    worded("Jumat"),
    worded("Sabtu"),
    worded("Minggu"),
)
"""Monday first."""

_YEARS = range(2000, 2100)
_WRITTEN_WEEK = re.compile(r"(20[0-9]{2})-W([0-9]{2})")
_DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Week:
    """Monday to Sunday, by its ISO number.

    Examples
    --------
    >>> week = Week.of(date(2026, 11, 11))
    >>> str(week), str(week.shift(-1)), str(week.monday)
    ('2026-W46', '2026-W45', '2026-11-09')
    """

    monday: date

    @classmethod
    def of(cls, day: date) -> "Week":
        """Return the week a day lies in."""
        return cls(day - timedelta(days=day.weekday()))

    @classmethod
    def asked(cls, text: str, today: date) -> "Week":
        """Return the week written like 2026-W46; the week of today if it is written otherwise."""
        written = _WRITTEN_WEEK.fullmatch(text)
        if written is None:
            return cls.of(today)
        try:
            return cls(date.fromisocalendar(int(written[1]), int(written[2]), 1))
        except ValueError:  # the year has no such week
            return cls.of(today)

    @property
    def days(self) -> tuple[date, ...]:
        """Its seven days."""
        return tuple(self.monday + timedelta(days=n) for n in range(_DAYS_A_WEEK))

    def spoken(self, language: Language) -> str:
        """Write it as people say it: 9–15 November 2026."""
        first, last = self.days[0], self.days[-1]
        if first.month == last.month:
            return f"{first.day}–{language.day(last)}"
        return f"{language.day(first)} – {language.day(last)}"

    def shift(self, weeks: int) -> "Week":
        """Return the week so many later, earlier if negative."""
        return Week(self.monday + timedelta(weeks=weeks))

    def __str__(self) -> str:
        """Write it like 2026-W46."""
        year, number, _ = self.monday.isocalendar()
        return f"{year:04d}-W{number:02d}"


def asked_month(text: str, today: date) -> Month:
    """Return the month written like 2026-11; the month of today if it is written otherwise."""
    try:
        month = Month.parse(text)
    except NotAMonth:
        return Month.of(today)
    return month if month.year in _YEARS else Month.of(today)


def asked_day(text: str, today: date) -> date:
    """Return the day written like 2026-11-09; today if it is written otherwise."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return today
    return day if day.year in _YEARS else today
