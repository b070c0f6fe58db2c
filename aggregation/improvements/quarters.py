"""Quarters in which something is to be done (the columns TW I to IV of the RTL table)."""

from datetime import date, timedelta

from aggregation.months.period import NotAPeriod, Period
from survey.month import Month

_MONTHS = 3
YEARS_AHEAD = 5
"""No plan reaches further than a government's own plan of five years."""


class NotAQuarter(ValueError):
    """The text is no quarter, or one that no plan can mean."""


def quarter_named(text: str) -> Period:
    """Read a quarter such as 2027-Q1.

    Raises
    ------
    NotAQuarter
        If it is anything else.

    Examples
    --------
    >>> last_day(quarter_named("2027-Q1"))
    datetime.date(2027, 3, 31)
    """
    try:
        period = Period.parse(text)
    except NotAPeriod as error:
        raise NotAQuarter(text) from error
    if len(period.months) != _MONTHS:
        raise NotAQuarter(text)
    return period


def quarter_of(day: date) -> Period:
    """Return the quarter that a day lies in."""
    return Period.parse(f"{day.year}-Q{(day.month - 1) // _MONTHS + 1}")


def next_quarters(first: Period, count: int) -> list[Period]:
    """Return a quarter and those that follow it, so many in all."""
    begins = first.months[0]
    return [quarter_of(begins.shift(_MONTHS * each).first_day) for each in range(count)]


def number_of(quarter: Period) -> int:
    """Return which quarter of its year it is, 1 to 4."""
    return quarter.months[0].month // _MONTHS + 1


def last_day(period: Period) -> date:
    """Return the last day of a period."""
    return period.months[-1].shift(1).first_day - timedelta(days=1)


def require_possible(quarter: Period, shown_in: Period, today: date) -> None:
    """See that something that a period showed can be done in a quarter.

    A quarter that has passed is possible: what an office did before it kept the register here is
    put in afterwards.

    Raises
    ------
    NotAQuarter
        If the quarter ends before the period begins, or begins more than five years from today.
    """
    latest = Month.of(today).shift(12 * YEARS_AHEAD)
    if quarter.months[-1] < shown_in.months[0] or quarter.months[0] > latest:
        raise NotAQuarter(quarter.name)
