"""Signals of ratings that may not be visits: reasons for quarantine, never for refusal (method §7).

Every rule here is blind to the value: turning all ratings over changes nothing. Nothing here knows
where a request came from, because a whole office may stand behind one address. What needs visits or
duties to be known is judged on the staff side, under the same names.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from survey.channel import Channel
from survey.questionnaire import Element


class Signal(StrEnum):
    """Why a response is looked at before it counts."""

    FAST_TAPS = "fast_taps"
    """Less than five seconds after the one before, at one tablet."""
    BURST = "burst"
    """Eight or more at a desk in ten minutes."""
    STAFF_BROWSER = "staff_browser"
    """From a browser in which somebody of the staff has signed in."""
    SAME_DEVICE = "same_device"
    """The same device again and again on the printed code: nothing raises it (decision 0026)."""
    STRAIGHT_LINE = "straight_line"
    """Nine equal answers within ten seconds."""
    CLOSED_HOURS = "closed_hours"
    """Outside the hours in which the desk serves."""
    MORE_THAN_SERVED = "more_than_served"
    """More than were served at the desk in that half hour."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Where suspicion begins (method §7, local).

    Attributes
    ----------
    fast_tap
        A tap sooner than this after the one before is a child's play.
    burst
        So many taps at one desk within `burst_time` are a burst.
    straight_line
        Nine equal answers sooner than this after the questions were shown were not read.
    """

    fast_tap: timedelta = timedelta(seconds=5)
    burst: int = 8
    burst_time: timedelta = timedelta(minutes=10)
    straight_line: timedelta = timedelta(seconds=10)


LOCAL = Thresholds()
"""The thresholds in force."""

PHONES = frozenset({Channel.KIOSK_QR, Channel.TICKET, Channel.DESK_QR})
"""Channels that arrive when they are sent; what a tablet sends may have waited for a network."""


def is_fast(before: datetime | None, at: datetime, by: Thresholds = LOCAL) -> bool:
    """Say whether a tap came too soon after the one before at the same tablet.

    Examples
    --------
    >>> nine = datetime(2026, 10, 5, 9)
    >>> is_fast(nine, nine + timedelta(seconds=4)), is_fast(nine, nine + timedelta(seconds=5))
    (True, False)
    """
    return before is not None and at - before < by.fast_tap


def minute_of(at: datetime) -> datetime:
    """Return the minute a tap came in: all that is kept of its time, and for minutes only."""
    return at.replace(second=0, microsecond=0)


def burst_begins(at: datetime, by: Thresholds = LOCAL) -> datetime:
    """Return the first minute that may belong to the same burst as a tap.

    Minutes are whole, so that up to eleven minutes lie between the two, and never less than ten.
    """
    return minute_of(at) - by.burst_time


def bursts(taps: Sequence[datetime], by: Thresholds = LOCAL) -> set[int]:
    """Return the places of the taps at one desk that belong to a burst.

    Parameters
    ----------
    taps
        When taps came in, the earliest first.

    Examples
    --------
    Eight within ten minutes are all of them a burst, the first as well as the last; seven are not.

    >>> nine = datetime(2026, 10, 5, 9)
    >>> sorted(bursts([nine + timedelta(seconds=80 * n) for n in range(8)]))
    [0, 1, 2, 3, 4, 5, 6, 7]
    >>> bursts([nine + timedelta(seconds=80 * n) for n in range(7)])
    set()
    """
    found: set[int] = set()
    first = 0
    for last, at in enumerate(taps):
        while minute_of(taps[first]) < burst_begins(at, by):
            first += 1
        if last - first + 1 >= by.burst:
            found.update(range(first, last + 1))
    return found


def is_straight_line(ratings: Collection[int], took: timedelta, by: Thresholds = LOCAL) -> bool:
    """Say whether all nine were answered alike, faster than they can be read.

    Only that they are equal matters, never to what: nine 1s and nine 4s are judged alike.

    Parameters
    ----------
    ratings
        Those of the nine that were answered.
    took
        From showing the questions to receiving the answers.
    """
    whole = len(ratings) == len(Element)
    return whole and len(set(ratings)) == 1 and timedelta(0) <= took < by.straight_line
