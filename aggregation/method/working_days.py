"""Working days of an office: those on which it is open and the country does not rest."""

from datetime import date, timedelta

import holidays

from survey.opening_hours import OpeningHours

_FREE = holidays.country_holidays("ID")
_WEEKDAYS = range(5)
_A_DAY = timedelta(days=1)


def is_working_day(day: date, hours: OpeningHours | None) -> bool:
    """Say whether an office works on a day; Monday to Friday if it has not told its hours.

    Examples
    --------
    >>> [is_working_day(date(2026, 10, day), None) for day in (9, 10)]
    [True, False]
    """
    opens = day.weekday() in _WEEKDAYS if hours is None else hours.days[day.weekday()] is not None
    return opens and day not in _FREE


def waiting_since(today: date, days: int, hours: OpeningHours | None) -> date:
    """Return the newest day that more than so many working days have followed, today included.

    Examples
    --------
    On a Thursday it is Monday that lies more than two working days back; on a Monday it is the
    Wednesday before.

    >>> [str(waiting_since(date(2026, 10, day), 2, None)) for day in (8, 12)]
    ['2026-10-05', '2026-10-07']
    """
    followed, day = 0, today
    while followed <= days:
        followed += is_working_day(day, hours)
        day -= _A_DAY
    return day
