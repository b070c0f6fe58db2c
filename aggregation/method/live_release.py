"""What of a running month may be seen, and when it may change (method §9).

Time identifies the citizen: an officer knows whom he served at 10.42. Whoever could compare a
figure before and after one response would know what that citizen said. So counts move in steps of
ten, and figures about ratings move only when ten more ratings came *on days that are over*. A day
that is over gains no response any more, so what was released at its end stays the same whoever
looks and however often, with nothing to be remembered; and nothing is ever said of today.
"""

from collections.abc import Mapping
from datetime import date

STEP = 10
"""Responses by which a live figure of a unit moves at least."""


def in_steps(count: int) -> int:
    """Return a live count as it may be told: the tens only.

    Examples
    --------
    >>> [in_steps(count) for count in (9, 10, 19, 20)]
    [0, 10, 10, 20]
    """
    return count - count % STEP


def released_through(ratings: Mapping[date, int], today: date) -> date | None:
    """Return the last day whose ratings are released; None if none are yet.

    Parameters
    ----------
    ratings
        How many ratings were received on each day of the unit's own calendar.
    today
        The day that is not over yet.

    Returns
    -------
    date or None
        Ratings up to and with this day, all of them, make up the figures. Between two days that
        are ever returned for a month lie `STEP` ratings or more.

    Examples
    --------
    Six ratings on Monday wait for the five of Tuesday; Wednesday's nine still wait.

    >>> days = {date(2026, 10, 5): 6, date(2026, 10, 6): 5, date(2026, 10, 7): 9}
    >>> [released_through(days, date(2026, 10, day)) for day in (6, 7)]
    [None, datetime.date(2026, 10, 6)]
    >>> released_through(days, date(2026, 10, 31))
    datetime.date(2026, 10, 6)
    """
    through, waiting = None, 0
    for day in sorted(day for day in ratings if day < today):
        waiting += ratings[day]
        if waiting >= STEP:
            through, waiting = day, 0
    return through
