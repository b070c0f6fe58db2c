"""How the tablets of a unit are, each with the signs that ask for an act (method §8.1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.method.tablet_health import (
    Light,
    Report,
    Sign,
    Tablet,
    light_of,
    signs_of,
    usual_version,
)
from aggregation.tablets.serving_desks import serving_since
from kiosk.fleet import TabletState, fleet
from survey.models import Desk, ServiceUnit
from survey.month import Month
from survey.opening_hours import read_hours


@dataclass(frozen=True, slots=True)
class JudgedTablet:
    """A tablet with what there is to say of it.

    Attributes
    ----------
    desk_key
        What addresses call its desk.
    in_touch_at
        When it last told of itself; when it was enrolled if it never did.
    ended
        Whether it was revoked, or enrolled again since: nobody expects it to be there.
    signs
        The worst first.
    """

    state: TabletState
    desk_key: str
    in_touch_at: datetime
    ended: bool
    signs: tuple[Sign, ...]

    @property
    def light(self) -> Light:
        """Its state in one word."""
        return light_of(self.signs)


def judged_fleet(
    session: Session, unit_id: int, zone: ZoneInfo, now: datetime
) -> list[JudgedTablet]:
    """Return a unit's tablets by desk, in the order in which the desks were added.

    Of those that were revoked or enrolled again only such as may have lost something, until the
    month after the one in which they were last in touch has passed.
    """
    states = fleet(session, [unit_id], now)
    desks = _desks(session, {state.desk_id for state in states})
    hours = next((read_hours(desk.opening_hours) for desk in desks.values()), None)
    expected = {state.desk_id for state in states if desks[state.desk_id].active}
    since = serving_since(session, unit_id, expected, hours=hours, zone=zone, now=now)
    usual = usual_version(state.version or "" for state in states if not has_ended(state))
    judged = [
        _judged(state, desks[state.desk_id].public_key, since.get(state.desk_id), usual, now)
        for state in states
    ]
    kept_from = Month.of(now.astimezone(zone)).shift(-1).bounds(zone)[0]
    shown = [
        each for each in judged if not each.ended or (each.signs and each.in_touch_at >= kept_from)
    ]
    return sorted(shown, key=lambda each: (each.state.desk_id, each.ended))


def has_ended(state: TabletState) -> bool:
    """Say whether a tablet was revoked, or enrolled again since."""
    return state.revoked_at is not None or state.replaced


def in_touch_at(state: TabletState) -> datetime:
    """Return when a tablet last told of itself, or was enrolled."""
    return state.last_contact or state.enrolled_at


def _desks(session: Session, desk_ids: Sequence[int] | set[int]) -> dict[int, Any]:
    rows = session.execute(
        select(col(Desk.id), col(Desk.public_key), col(Desk.active), col(ServiceUnit.opening_hours))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Desk.unit_id))
        .where(col(Desk.id).in_(desk_ids))
    )
    return {row.id: row for row in rows}


def _judged(
    state: TabletState, desk_key: str, since: datetime | None, usual: str, now: datetime
) -> JudgedTablet:
    ended = has_ended(state)
    tablet = Tablet(
        in_touch_at=in_touch_at(state),
        report=_report(state),
        serving_since=since,
        missing=state.missing,
        revoked=ended,
        usual_version=usual,
    )
    return JudgedTablet(state, desk_key, tablet.in_touch_at, ended, tuple(signs_of(tablet, now)))


def _report(state: TabletState) -> Report:
    return Report(
        # What an earlier enrolment keeps is sent under the present one: nobody has to act.
        waiting=0 if state.replaced and state.revoked_at is None else state.waiting,
        set_aside=state.set_aside,
        clock_offset=round(state.offset.total_seconds()) if state.offset else 0,
        version=state.version or "",
        persisted=state.persisted,
        used_bytes=state.used_bytes,
        quota_bytes=state.quota_bytes,
        battery=state.battery,
        charging=state.charging,
    )
