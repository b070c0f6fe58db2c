"""Which desks serve at a moment, and since when: by today's duties, else by the opening hours."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from aggregation.duties.desk_claims import Claim, claims_on
from aggregation.duties.recorded_duties import duties_of_desks
from survey.month import HalfHour, Month, half_hour_of, starts
from survey.opening_hours import OpeningHours


def serving_since(
    session: Session,
    unit_id: int,
    desk_ids: Collection[int],
    *,
    hours: OpeningHours | None,
    zone: ZoneInfo,
    now: datetime,
) -> dict[int, datetime]:
    """Return since when the desks that serve do; one that rests is left out.

    A desk that has a roster serves by it. One without, such as a whole hall, serves while the unit
    is open; if the office has not told its hours, nothing is expected of it.
    """
    local = now.astimezone(zone)
    lines = duties_of_desks(session, unit_id, desk_ids, [Month.of(local)]) if desk_ids else []
    rostered = {line.desk_id for line in lines}
    since = _by_roster(claims_on(lines, local.date()), now, zone)
    opened = hours.open_since(local) if hours else None
    if opened is not None:
        since |= dict.fromkeys(set(desk_ids) - rostered, opened)
    return since


def _by_roster(said: Iterable[Claim], now: datetime, zone: ZoneInfo) -> dict[int, datetime]:
    """Return when the duties began that last now without a break; who serves may change."""
    served: defaultdict[int, set[int]] = defaultdict(set)
    for claim in said:
        if any(officer is not None for officer in claim.officers):
            served[claim.desk_id].update(range(claim.starts, claim.ends))
    at = half_hour_of(now, zone)
    return {
        desk_id: starts(HalfHour(_first_of_run(at, half_hours))).replace(tzinfo=zone)
        for desk_id, half_hours in served.items()
        if at in half_hours
    }


def _first_of_run(at: int, half_hours: Collection[int]) -> int:
    while at - 1 in half_hours:
        at -= 1
    return at
