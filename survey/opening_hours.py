"""Opening hours of a unit: for each day of the week from when to when, or closed.

They are what the office says of itself. A tablet shows its attract screen by them, and whether one
that is silent ought to be there is judged by them where a desk has no roster.
"""

import json
import re
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from typing import Any

DAYS = 7
LONGEST = 200
"""Letters that a unit's row has for them; seven days take 127."""

_NAMES = ("Sen", "Sel", "Rab", "Kam", "Jum", "Sab", "Min")
_WRITTEN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class NotHours(ValueError):
    """It does not say when a unit is open."""


@dataclass(frozen=True, slots=True)
class OpenDay:
    """From when to when a unit is open on a day, by its own clock.

    Raises
    ------
    NotHours
        If it would close before it opens, or at the same minute.
    """

    opens: time
    closes: time

    def __post_init__(self) -> None:
        """Refuse a day that ends before it begins."""
        if self.opens >= self.closes:
            message = f"{_written(self.opens)} is not before {_written(self.closes)}"
            raise NotHours(message)

    def __str__(self) -> str:
        """Write both times as Indonesian does: ``08.00–15.00``."""
        return f"{self.opens:%H.%M}–{self.closes:%H.%M}"


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """A week as an office keeps it, Monday first; None is a day on which it is closed.

    Raises
    ------
    NotHours
        If there are not seven days, or none of them is open.

    Examples
    --------
    >>> week = OpeningHours((OpenDay(time(8), time(15)),) * 5 + (None, None))
    >>> week.told()[4:6]
    [['08:00', '15:00'], None]
    >>> str(week)
    'Sen–Jum 08.00–15.00'
    >>> week.open_since(datetime(2026, 10, 5, 9, 30))
    datetime.datetime(2026, 10, 5, 8, 0)
    """

    days: tuple[OpenDay | None, ...]

    def __post_init__(self) -> None:
        """Refuse what is no week of an office."""
        if len(self.days) != DAYS or not any(self.days):
            message = "opening hours are seven days, at least one of them open"
            raise NotHours(message)

    def open_since(self, local: datetime) -> datetime | None:
        """Return when the day's hours began if they last at a moment of the unit's own time."""
        day = self.days[local.weekday()]
        if day is None or not day.opens <= local.time() < day.closes:
            return None
        return local.replace(hour=day.opens.hour, minute=day.opens.minute, second=0, microsecond=0)

    def told(self) -> list[list[str] | None]:
        """Return the week as JSON holds it: ``["08:00", "15:00"]`` or null for each day."""
        return [
            None if day is None else [_written(day.opens), _written(day.closes)]
            for day in self.days
        ]

    def __str__(self) -> str:
        """Write the week in Indonesian, days alike together: ``Sen–Jum 08.00–15.00``."""
        runs = [list(run) for _, run in groupby(range(DAYS), lambda at: self.days[at])]
        said = [
            f"{_NAMES[run[0]]}–{_NAMES[run[-1]]} {day}" if run[1:] else f"{_NAMES[run[0]]} {day}"
            for run in runs
            if (day := self.days[run[0]])
        ]
        return ", ".join(said)

    def stored(self) -> str:
        """Return the week as a unit's row keeps it, in at most 200 letters."""
        return json.dumps(self.told(), separators=(",", ":"))


def read_hours(stored: str | None) -> OpeningHours | None:
    """Return the opening hours of a unit's row; None where the office has not told them.

    Raises
    ------
    NotHours
        If the row holds anything else.
    """
    if stored is None:
        return None
    try:
        week = json.loads(stored)
    except ValueError as error:
        raise NotHours(stored) from error
    if not isinstance(week, list):
        raise NotHours(stored)
    return OpeningHours(tuple(None if day is None else _read_day(day) for day in week))


def read_time(written: str) -> time:
    """Read a time of day written ``HH:MM``.

    Raises
    ------
    NotHours
        If it is none.
    """
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise NotHours(written)
    return time(int(found[1]), int(found[2]))


def _read_day(day: Any) -> OpenDay:  # noqa: ANN401 - whatever JSON holds
    match day:
        case [str() as opens, str() as closes]:
            return OpenDay(read_time(opens), read_time(closes))
    raise NotHours(day)


def _written(at: time) -> str:
    return f"{at:%H:%M}"
