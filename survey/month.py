"""Months, half hours and days in a unit's own time zone (method §1, §4).

Times of service are kept as whole half hours of local civil time, counted from
1970-01-01 00:00: a number that cannot hold a minute, so no stored row can either.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import NewType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

HalfHour = NewType("HalfHour", int)
"""Half hours of local civil time since 1970-01-01 00:00."""

HALF_HOURS_A_DAY = 48
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - local civil time has no zone
_HALF_HOUR = timedelta(minutes=30)
_WRITTEN_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
_MONTHS_A_YEAR = 12


class NotAMonth(ValueError):
    """The text is not a calendar month written YYYY-MM."""


class UnknownTimeZone(ValueError):
    """The name is no IANA time zone."""


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month in some unit's time zone.

    Attributes
    ----------
    year
        1 to 9998.
    month
        1 to 12.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse what no calendar has.

        Raises
        ------
        NotAMonth
            If year or month is out of range.
        """
        if not (1 <= self.year <= 9998 and 1 <= self.month <= _MONTHS_A_YEAR):  # noqa: PLR2004
            message = f"{self.year}-{self.month} is not a month"
            raise NotAMonth(message)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read ``YYYY-MM``.

        Raises
        ------
        NotAMonth
            If the text is anything else.
        """
        written = _WRITTEN_MONTH.fullmatch(text)
        if written is None:
            message = f"“{text}” is not a month; write it like 2026-10"
            raise NotAMonth(message)
        return cls(int(written[1]), int(written[2]))

    @classmethod
    def of(cls, day: date) -> "Month":
        """Return the month a local day (or local time) lies in."""
        return cls(day.year, day.month)

    @classmethod
    def from_number(cls, number: int) -> "Month":
        """Return the month stored as ``YYYYMM``."""
        return cls(*divmod(number, 100))

    @property
    def number(self) -> int:
        """The month as the integer ``YYYYMM``, the form it is stored in."""
        return self.year * 100 + self.month

    def shift(self, months: int) -> "Month":
        """Return the month so many months later (earlier if negative)."""
        years, index = divmod(self.month - 1 + months, _MONTHS_A_YEAR)
        return Month(self.year + years, index + 1)

    @property
    def first_day(self) -> date:
        """The first day of the month."""
        return date(self.year, self.month, 1)

    def days(self) -> Iterator[date]:
        """Yield each day of the month in order."""
        day = self.first_day
        while Month.of(day) == self:
            yield day
            day += timedelta(days=1)

    def half_hours(self) -> range:
        """Return the month's half hours, from the first to the one before the next month's."""
        return range(midnight(self.first_day), midnight(self.shift(1).first_day))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the UTC instants at which the month begins and the next one begins."""
        begins, ends = (
            datetime(m.year, m.month, 1, tzinfo=zone).astimezone(UTC) for m in (self, self.shift(1))
        )
        return begins, ends

    def __str__(self) -> str:
        """Write the month as ``YYYY-MM``."""
        return f"{self.year:04d}-{self.month:02d}"


def midnight(day: date) -> HalfHour:
    """Return the half hour that begins a local day."""
    return HalfHour((day - _EPOCH.date()).days * HALF_HOURS_A_DAY)


def half_hour_of(instant: datetime, zone: ZoneInfo) -> HalfHour:
    """Return the local half hour that an instant lies in (method §4.2).

    Parameters
    ----------
    instant
        An aware time.
    zone
        The unit's time zone.
    """
    local = instant.astimezone(zone).replace(tzinfo=None)
    return HalfHour((local - _EPOCH) // _HALF_HOUR)


def starts(half_hour: HalfHour) -> datetime:
    """Return the local civil time at which a half hour begins, without a zone."""
    return _EPOCH + half_hour * _HALF_HOUR


def local_day(instant: datetime, zone: ZoneInfo) -> date:
    """Return the local calendar day of an instant."""
    return instant.astimezone(zone).date()


def time_zone(name: str) -> ZoneInfo:
    """Return the IANA zone of a name.

    Raises
    ------
    UnknownTimeZone
        If there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        message = f"“{name}” is not a time zone; write one like Asia/Jakarta"
        raise UnknownTimeZone(message) from error
