"""When a citizen was served, told by a tablet whose clock may be wrong (method §4.4, §4.5)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from survey.month import Month

TOLERANCE = timedelta(minutes=2)
"""How far two measurements of a clock may lie apart, and a corrected time outside its bounds."""
DRIFT = 1 / 3600
"""What an honest clock may lose or gain: one second for each hour."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A moment that the server vouches for.

    Attributes
    ----------
    at
        The server's time.
    offset
        What the tablet's clock lacked to it then; None where nobody measured it.
    """

    at: datetime
    offset: timedelta | None


@dataclass(frozen=True, slots=True)
class ServiceTime:
    """When a response was given, and what of that is certain.

    Attributes
    ----------
    served_at
        An aware time between the two contacts.
    half_hour_known
        Whether its half hour is certain; without it a response attributes to nobody.
    month_known
        Whether its month is certain; otherwise the response is late (method §4.5).
    """

    served_at: datetime
    half_hour_known: bool
    month_known: bool


def service_time(
    tapped_at: datetime, after: Contact, before: Contact, zone: ZoneInfo
) -> ServiceTime:
    """Return when a citizen was served.

    Parameters
    ----------
    tapped_at
        The time on the tablet's clock.
    after, before
        The contacts that the tap lies between.
    zone
        The unit's time zone.

    Notes
    -----
    Where the clock was as far off before as after, the tap is corrected by that and kept between
    the two. Where the two measurements differ a little, the month counts as certain only if both
    lead to the same one. A clock that was moved in between tells no half hour; then the month is
    certain only if both contacts lie in it, otherwise it is the later one's.
    """
    begins, ends = min(after.at, before.at), max(after.at, before.at)
    corrected = _corrected(tapped_at, after, before)
    if corrected is None:
        return ServiceTime(ends, half_hour_known=False, month_known=_alike(begins, ends, zone))
    earliest, latest = (min(max(at, begins), ends) for at in corrected)
    month_known = _alike(earliest, latest, zone)
    return ServiceTime(latest, half_hour_known=month_known, month_known=month_known)


def _corrected(
    tapped_at: datetime, after: Contact, before: Contact
) -> tuple[datetime, datetime] | None:
    """Return the tap by the smaller and by the greater difference; None if the clock was moved."""
    if after.offset is None or before.offset is None or before.at < after.at:
        return None
    allowed = TOLERANCE + (before.at - after.at) * DRIFT
    if abs(before.offset - after.offset) > allowed:
        return None
    smaller, greater = sorted((after.offset, before.offset))
    earliest, latest = tapped_at + smaller, tapped_at + greater
    if latest < after.at - TOLERANCE or earliest > before.at + TOLERANCE:
        return None
    return earliest, latest


def _alike(one: datetime, other: datetime, zone: ZoneInfo) -> bool:
    return Month.of(one.astimezone(zone)) == Month.of(other.astimezone(zone))
