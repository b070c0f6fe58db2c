"""The tablets that lose ratings now, for the page that a unit's head opens in the morning."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import and_, func, or_, select
from sqlmodel import Session

from aggregation.method.tablet_health import SILENT_AFTER, Light
from aggregation.tablets.fleet_health import JudgedTablet, judged_fleet
from kiosk.models import Device, DeviceRange, DeviceReport
from survey.models import table_of

_DEVICE, _REPORT = table_of(Device), table_of(DeviceReport)
_RANGE = table_of(DeviceRange)
_LATER = _DEVICE.alias()


def red_tablets(
    session: Session, unit_id: int, zone: ZoneInfo, now: datetime
) -> list[JudgedTablet]:
    """Return a unit's tablets that are red, without those that were revoked or enrolled again.

    While none of them can be, one question is all that is asked of the database.
    """
    if not _may_be_red(session, unit_id, now):
        return []
    judged = judged_fleet(session, unit_id, zone, now)
    return [each for each in judged if each.light is Light.RED and not each.ended]


def _may_be_red(session: Session, unit_id: int, now: datetime) -> bool:
    of_it = _RANGE.c.device_id == _DEVICE.c.id
    arrived = (
        select(func.coalesce(func.sum(_RANGE.c.last - _RANGE.c.first + 1), 0))
        .where(of_it)
        .scalar_subquery()
    )
    reached = select(func.coalesce(func.max(_RANGE.c.last) + 1, 0)).where(of_it).scalar_subquery()
    in_touch = func.coalesce(_REPORT.c.at, _DEVICE.c.enrolled_at)
    waiting = func.coalesce(_REPORT.c.waiting, 0)
    suspicious = or_(
        in_touch < now - SILENT_AFTER,
        _REPORT.c.set_aside > 0,
        reached > arrived + waiting,
        _REPORT.c.next_sequence > arrived + waiting,
    )
    replaced = select(_LATER.c.id).where(_LATER.c.succeeds == _DEVICE.c.id).exists()
    present = and_(_DEVICE.c.unit_id == unit_id, _DEVICE.c.revoked_at.is_(None), ~replaced)
    found = (
        select(_DEVICE.c.id)
        .select_from(_DEVICE.outerjoin(_REPORT, _REPORT.c.device_id == _DEVICE.c.id))
        .where(present, suspicious)
    )
    return session.connection().execute(found.limit(1)).first() is not None
