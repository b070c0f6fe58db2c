"""An officer says at the desk that it is he who serves now: another source than the roster.

Only for what is left of the running day, so it moves nobody's half hours that have passed
(method §4.3). It is a change of one day like any other, and its batch says where it came from.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.changes.batch import Cause, hold_unit
from aggregation.changes.open_months import closed_months, hold_months
from aggregation.duties.check_in_list import CheckIn, check_ins_of
from aggregation.duties.duty_batches import Recording, append_batch
from aggregation.duties.duty_lines import HALL, DayException
from aggregation.duties.named_slots import NamedSlots, named_slots
from aggregation.duties.recorded_duties import DutyOfClosedMonth, duties_of_desks
from aggregation.people.own_unit import own_unit
from survey.models import Desk, Response
from survey.month import (
    HALF_HOURS_A_DAY,
    HalfHour,
    Month,
    half_hour_of,
    starts,
    time_zone,
)


class NotADeskOfTheUnit(LookupError):
    """The officer's unit has no such desk in use, or it is a whole hall; or there is no unit."""


class EndsBeforeItStarts(ValueError):
    """The end is not after the running half hour, or beyond the day."""


class Occupied(ValueError):
    """Somebody else is on duty there, and no reason was given."""

    def __init__(self, officer_ids: Collection[int]) -> None:
        """Keep who it is."""
        self.officer_ids = frozenset(officer_ids)
        super().__init__()


class CheckedInAlready(Occupied):
    """Somebody else has checked in there; nobody takes that over."""


class ElsewhereNow(ValueError):
    """The officer has checked in at a desk in these half hours already."""


@dataclass(frozen=True, slots=True)
class Now:
    """The running half hour of a unit: its day and its slot, 0 to 47."""

    unit_id: int
    half_hour: HalfHour

    @property
    def slot(self) -> int:
        """Half hours since midnight."""
        return self.half_hour % HALF_HOURS_A_DAY

    @property
    def month(self) -> Month:
        """The month it lies in."""
        return Month.of(starts(self.half_hour).date())


def now_of(session: Session, officer_id: int, at: datetime) -> Now | None:
    """Return the running half hour of the unit an officer belongs to, if to any."""
    unit = own_unit(session, officer_id, at)
    if unit is None:
        return None
    return Now(unit.id or 0, half_hour_of(at, time_zone(unit.time_zone)))


def check_in(session: Session, officer_id: int, desk_id: int, end_slot: int, cause: Cause) -> UUID:
    """Record that an officer serves a desk from the running half hour on; return the batch's id.

    Where somebody else is rostered and citizens have rated in the running half hour already, it is
    from the next one on: what they said of a colleague is not taken over.

    Parameters
    ----------
    end_slot
        Half hours since midnight, up to 48; the end is not included.
    cause
        Its reason is asked for only where somebody else is on duty.

    Raises
    ------
    NotADeskOfTheUnit, EndsBeforeItStarts
        If there is no such desk or time.
    ElsewhereNow
        If the officer has checked in somewhere in these half hours.
    CheckedInAlready
        If somebody else has checked in there in these half hours.
    Occupied
        If somebody else is rostered there and there is no reason.
    DutyOfClosedMonth
        If the month is closed.
    """
    now = now_of(session, officer_id, cause.at)
    if now is None or not _may_be_served(session, now.unit_id, desk_id):
        raise NotADeskOfTheUnit
    if not now.slot < end_slot <= HALF_HOURS_A_DAY:
        raise EndsBeforeItStarts
    _hold(session, now)
    line = DayException(desk_id, officer_id, starts(now.half_hour).date(), now.slot, end_slot)
    said = _require_free(session, now, line, cause)
    is_anothers = bool(said.officers([now.slot]) - {officer_id})
    if is_anothers and _is_rated(session, now, desk_id):
        if now.slot + 1 == end_slot:
            raise EndsBeforeItStarts
        line = replace(line, first_slot=now.slot + 1)
    how = Recording("duties.checked_in", checked_in=True)
    return append_batch(session, now.unit_id, [line], cause, how)


def check_out(session: Session, officer_id: int, cause: Cause) -> None:
    """End an officer's check-ins: what is left of them is as it was before.

    The running half hour stays the officer's, because it was begun at the desk.

    Raises
    ------
    DutyOfClosedMonth
        If the month is closed.
    """
    now = now_of(session, officer_id, cause.at)
    if now is None:
        return
    _hold(session, now)
    day = starts(now.half_hour).date()
    for own in check_ins_of(session, now.unit_id, day):
        first = max(now.slot + 1, own.first_slot)
        if own.officer_id != officer_id or first >= own.end_slot:
            continue
        before = _without(session, now, own)
        lines = [
            DayException(own.desk_id, each, day, slots.start, slots.stop)
            for slots, named in before.stretches(first, own.end_slot)
            for each in named or {None}
        ]
        append_batch(session, now.unit_id, lines, cause, Recording("duties.checked_out"))


def _without(session: Session, now: Now, own: CheckIn) -> NamedSlots:
    """Return whom the duties of a desk's day would name had an officer not checked in."""
    lines = duties_of_desks(session, now.unit_id, [own.desk_id], [now.month])
    kept = [line for line in lines if line.batch != own.batch]
    return named_slots(kept, own.desk_id, starts(now.half_hour).date())


def _require_free(session: Session, now: Now, wished: DayException, cause: Cause) -> NamedSlots:
    """Return whom the duties of the desk's day name, if an officer may check in there."""
    slots = range(wished.first_slot, wished.end_slot)
    standing = [
        each for each in check_ins_of(session, now.unit_id, wished.day) if each.overlaps(slots)
    ]
    if any(each.officer_id == wished.officer_id for each in standing):
        raise ElsewhereNow
    others = {each.officer_id for each in standing if each.desk_id == wished.desk_id}
    if others:
        raise CheckedInAlready(others)
    lines = duties_of_desks(session, now.unit_id, [wished.desk_id], [now.month])
    said = named_slots(lines, wished.desk_id, wished.day)
    rostered = said.officers(slots) - {wished.officer_id}
    if rostered and not cause.reason:
        raise Occupied(rostered)
    return said


def _is_rated(session: Session, now: Now, desk_id: int) -> bool:
    found = select(col(Response.id)).where(
        col(Response.unit_id) == now.unit_id,
        col(Response.month) == now.month,
        col(Response.desk_id) == desk_id,
        col(Response.half_hour) == now.half_hour,
    )
    return session.execute(found.limit(1)).first() is not None


def _may_be_served(session: Session, unit_id: int, desk_id: int) -> bool:
    found = select(col(Desk.id)).where(
        col(Desk.id) == desk_id,
        col(Desk.unit_id) == unit_id,
        col(Desk.active),
        col(Desk.kind) != HALL,
    )
    return session.execute(found).first() is not None


def _hold(session: Session, now: Now) -> None:
    hold_unit(session, now.unit_id)
    hold_months(session, now.unit_id, [now.month])
    if now.month in closed_months(session, now.unit_id):
        raise DutyOfClosedMonth
