"""Half hours whose ratings are more than the desk can have earned: closed, or too many (method §7).

Both rules count responses and never look at a rating. Each half hour is given its neighbours as
grace: a citizen rates a little after being served, and a clock runs a little wrong.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from survey.month import HALF_HOURS_A_DAY

GRACE = 1
"""Half hours before and after that count as well (local)."""
SPARE = 2
"""Ratings beyond the visits that are let pass: a family of three comes on one number (local)."""


@dataclass(frozen=True, slots=True)
class ServedSpan:
    """So many visits that were served at a desk somewhere in half hours [starts, ends)."""

    starts: int
    ends: int
    visits: int


def closed_hours(half_hours: Iterable[int], served: Collection[int]) -> set[int]:
    """Return which of a desk's rated half hours nobody served, nor those beside them.

    Parameters
    ----------
    half_hours
        Those in which something was rated.
    served
        Those in which somebody serves by roster; none at all says that there is no roster, and
        then nothing can be said.

    Examples
    --------
    Served from 08.00 to 12.00 (16 to 24); rated at 07.30, 12.00 and 12.30.

    >>> sorted(closed_hours([15, 24, 25], range(16, 24)))
    [25]
    """
    if not served:
        return set()
    return {at for at in half_hours if not served_near(at, served)}


def served_near(half_hour: int, served: Collection[int]) -> bool:
    """Say whether somebody serves in a half hour or beside it."""
    return any(half_hour + by in served for by in range(-GRACE, GRACE + 1))


def more_than_served(responses: Mapping[int, int], visits: Collection[ServedSpan]) -> set[int]:
    """Return the half hours in which more rated a desk than it served then and beside.

    `SPARE` more are let pass. In honest months drawn for `tests/bench/screening.py` every third
    desk had a half hour with more ratings than visits, because families share a number.

    Parameters
    ----------
    responses
        How many rated the desk, by half hour.
    visits
        What is known of the visits to the desk. A day of which nothing is known says nothing.

    Examples
    --------
    Three were served at 08.00 and one at 09.00; six rated at 08.00, as many at 08.30.

    >>> visits = [ServedSpan(16, 17, 3), ServedSpan(18, 19, 1)]
    >>> more_than_served({16: 6, 17: 6}, visits)
    {16}
    """
    known = visits_near(responses, visits)
    return {
        at for at, served in known.items() if served is not None and responses[at] > served + SPARE
    }


def visits_near(half_hours: Iterable[int], visits: Collection[ServedSpan]) -> dict[int, int | None]:
    """Return by half hour the visits served then or beside it; none where the day has none."""
    days = {day for span in visits for day in (_day(span.starts), _day(span.ends - 1))}
    return {at: _near(at, visits) if _day(at) in days else None for at in half_hours}


def _near(half_hour: int, visits: Iterable[ServedSpan]) -> int:
    first, last = half_hour - GRACE, half_hour + GRACE
    return sum(span.visits for span in visits if span.starts <= last and first < span.ends)


def _day(half_hour: int) -> int:
    return half_hour // HALF_HOURS_A_DAY
