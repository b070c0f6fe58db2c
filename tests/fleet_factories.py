"""Made-up tablets as the server knows them: where they stand, what arrived, what they last told."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import insert
from sqlmodel import Session

from kiosk.models import Device, DeviceRange, DeviceReport
from survey.models import Desk

_WELL: dict[str, Any] = {
    "clock_offset": 0,
    "version": "4f1c09aa27d3b6e8",
    "waiting": 0,
    "set_aside": 0,
    "next_sequence": 0,
    "persisted": True,
    "used_bytes": 2_000_000,
    "quota_bytes": 4_000_000_000,
    "battery": 80,
    "charging": True,
}


def stand_tablet(
    session: Session,
    desk: Desk,
    at: datetime,
    *,
    arrived: tuple[tuple[int, int], ...] = (),
    enrolled: timedelta = timedelta(days=30),
    revoked_at: datetime | None = None,
    succeeds: UUID | None = None,
    **told: Any,  # noqa: ANN401 - columns of its report
) -> UUID:
    """Let a tablet stand at a desk that was last in touch at a moment and is well unless told."""
    device_id = uuid4()
    row = {
        "id": device_id,
        "unit_id": desk.unit_id,
        "desk_id": desk.id,
        "public_key": b"k" * 91,
        "enrolled_at": at - enrolled,
        "revoked_at": revoked_at,
        "succeeds": succeeds,
        "contacts": 1,
    }
    session.execute(insert(Device), row)
    for first, last in arrived:
        ends = {"device_id": device_id, "first": first, "last": last}
        session.execute(insert(DeviceRange), ends)
    reached = max((last + 1 for _, last in arrived), default=0)
    report = {**_WELL, "next_sequence": reached, **told}
    session.execute(insert(DeviceReport), {"device_id": device_id, "at": at, **report})
    return device_id
