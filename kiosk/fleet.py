"""The tablets of units: where they stand, when they last told of themselves, what is missing (§8).

A number below the next one that neither arrived nor waits is a response that was lost.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import Session, col

from kiosk.arrivals import Range
from kiosk.models import Device, DeviceRange, DeviceReport
from survey.models import Desk, ServiceUnit, table_of


@dataclass(frozen=True, slots=True)
class TabletState:
    """A tablet as staff see it.

    Attributes
    ----------
    replaced
        Whether the same tablet was enrolled again since; it reports under that id.
    last_contact
        When it last told of itself; None if it never did. What follows is what it told then.
    silent_for
        How long ago that was, since the enrolment if it never did.
    offset
        What its clock lacked to the server's.
    waiting, set_aside
        Responses it still keeps: to be sent, and refused.
    missing
        How many running numbers neither arrived nor wait.
    gaps
        Where they are missing: numbers that did not arrive. Empty if none is missing.
    """

    id: UUID
    unit_id: int
    unit_name: str
    desk_id: int
    desk_code: str
    desk_name: str
    enrolled_at: datetime
    revoked_at: datetime | None
    replaced: bool
    last_contact: datetime | None
    silent_for: timedelta
    offset: timedelta | None
    version: str | None
    waiting: int
    set_aside: int
    next_sequence: int
    persisted: bool | None
    used_bytes: int | None
    quota_bytes: int | None
    battery: int | None
    charging: bool | None
    missing: int
    gaps: tuple[Range, ...]


def fleet(session: Session, unit_ids: Collection[int] | None, at: datetime) -> list[TabletState]:
    """Return the tablets of units by unit and desk, the newest enrolment of a desk first.

    Parameters
    ----------
    unit_ids
        All units if None.
    """
    query = _TABLETS
    ranges = select(col(DeviceRange.device_id), col(DeviceRange.first), col(DeviceRange.last))
    if unit_ids is not None:
        query = query.where(_DEVICE.c.unit_id.in_(unit_ids))
        within = select(col(Device.id)).where(col(Device.unit_id).in_(unit_ids))
        ranges = ranges.where(col(DeviceRange.device_id).in_(within))
    arrived: defaultdict[UUID, list[Range]] = defaultdict(list)
    for device_id, first, last in session.connection().execute(ranges):
        arrived[device_id].append((first, last))
    rows = session.connection().execute(query)
    return [_state(row, arrived[row.id], at) for row in rows]


def gaps_in(arrived: Iterable[Range], next_sequence: int) -> tuple[Range, ...]:
    """Return the running numbers that did not arrive, as ranges.

    Parameters
    ----------
    next_sequence
        The number that the next tap gets, as far as the tablet told.

    Examples
    --------
    >>> gaps_in([(0, 2), (4, 5)], 9)
    ((3, 3), (6, 8))
    """
    gaps, expected = [], 0
    for first, last in sorted(arrived):
        if first > expected:
            gaps.append((expected, first - 1))
        expected = last + 1
    if next_sequence > expected:
        gaps.append((expected, next_sequence - 1))
    return tuple(gaps)


def _state(row: Any, arrived: Sequence[Range], at: datetime) -> TabletState:  # noqa: ANN401
    waiting, next_sequence = row.waiting or 0, row.next_sequence or 0
    gaps = gaps_in(arrived, next_sequence)
    missing = max(0, sum(last - first + 1 for first, last in gaps) - waiting)
    return TabletState(
        id=row.id,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        desk_id=row.desk_id,
        desk_code=row.desk_code,
        desk_name=row.desk_name,
        enrolled_at=row.enrolled_at,
        revoked_at=row.revoked_at,
        replaced=row.replaced,
        last_contact=row.at,
        silent_for=at - (row.at or row.enrolled_at),
        offset=None if row.at is None else timedelta(seconds=row.clock_offset),
        version=row.version,
        waiting=waiting,
        set_aside=row.set_aside or 0,
        next_sequence=next_sequence,
        persisted=row.persisted,
        used_bytes=row.used_bytes,
        quota_bytes=row.quota_bytes,
        battery=row.battery,
        charging=row.charging,
        missing=missing,
        gaps=gaps if missing else (),
    )


_DEVICE, _REPORT = table_of(Device), table_of(DeviceReport)
_DESK, _UNIT = table_of(Desk), table_of(ServiceUnit)
_LATER = _DEVICE.alias()
_TABLETS = (
    select(
        _DEVICE.c.id,
        _DEVICE.c.unit_id,
        _UNIT.c.name.label("unit_name"),
        _DEVICE.c.desk_id,
        _DESK.c.code.label("desk_code"),
        _DESK.c.name.label("desk_name"),
        _DEVICE.c.enrolled_at,
        _DEVICE.c.revoked_at,
        select(_LATER.c.id).where(_LATER.c.succeeds == _DEVICE.c.id).exists().label("replaced"),
        _REPORT,
    )
    .select_from(_DEVICE)
    .join(_DESK, _DESK.c.id == _DEVICE.c.desk_id)
    .join(_UNIT, _UNIT.c.id == _DEVICE.c.unit_id)
    .outerjoin(_REPORT, _REPORT.c.device_id == _DEVICE.c.id)
    .order_by(_UNIT.c.name, _DESK.c.name, _DESK.c.id, _DEVICE.c.enrolled_at.desc())
)
