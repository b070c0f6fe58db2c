"""A tablet as it is known when a batch comes in: itself, and the enrolments it had before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from sqlmodel import Session

from kiosk.devices import UnknownDevice
from kiosk.models import Device, DeviceReport
from kiosk.service_time import Contact
from survey.models import table_of

_DEVICE, _REPORT = table_of(Device), table_of(DeviceReport)
_ONE = (
    select(
        _DEVICE.c.id,
        _DEVICE.c.desk_id,
        _DEVICE.c.public_key,
        _DEVICE.c.enrolled_at,
        _DEVICE.c.revoked_at,
        _DEVICE.c.succeeds,
        _DEVICE.c.contacts,
        _DEVICE.c.last_sequence,
        _DEVICE.c.last_tapped_at,
        _REPORT.c.at,
        _REPORT.c.clock_offset,
        _REPORT.c.next_sequence,
    )
    .select_from(_DEVICE.outerjoin(_REPORT, _REPORT.c.device_id == _DEVICE.c.id))
    .where(_DEVICE.c.id == bindparam("id"))
)


@dataclass(frozen=True, slots=True)
class KnownTablet:
    """An enrolment, and what it last told.

    Attributes
    ----------
    reported
        The contact at which it last told of itself.
    next_sequence
        The number that its next tap was to get then.
    """

    id: UUID
    desk_id: int
    public_key: bytes
    enrolled_at: datetime
    revoked_at: datetime | None
    succeeds: UUID | None
    contacts: int
    last_sequence: int | None
    last_tapped_at: datetime | None
    reported: Contact | None
    next_sequence: int | None

    def contact_before(self, sequence: int) -> Contact:
        """Return the latest contact that a tap surely came after, going by its running number."""
        if self.reported is None or self.next_sequence is None or sequence < self.next_sequence:
            return Contact(self.enrolled_at, None)
        return self.reported


def known_tablet(session: Session, device_id: UUID) -> KnownTablet:
    """Return what is known of a tablet.

    Raises
    ------
    UnknownDevice
        If there is none.
    """
    row = session.connection().execute(_ONE, {"id": device_id}).mappings().one_or_none()
    if row is None:
        raise UnknownDevice(device_id)
    known: dict[str, Any] = dict(row)
    at, offset = known.pop("at"), known.pop("clock_offset")
    reported = None if at is None else Contact(at, timedelta(seconds=offset))
    return KnownTablet(**known, reported=reported)


def family_of(session: Session, tablet: KnownTablet) -> Mapping[UUID, KnownTablet]:
    """Return a tablet and every enrolment that it had before, by id."""
    family = {tablet.id: tablet}
    while tablet.succeeds is not None:
        tablet = known_tablet(session, tablet.succeeds)
        family[tablet.id] = tablet
    return family
