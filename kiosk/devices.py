"""Enrolled tablets: found, listed for a desk, revoked; and what their next batch must sign."""

import hashlib
import hmac
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select

from kiosk.models import Device
from kiosk.wire import to_text
from survey.log import Act, record

NONCE_PURPOSE = "tablet nonce"
"""What the settings' key is for that nonces are made of."""
_NONCE_BYTES = 16


class UnknownDevice(LookupError):
    """No tablet has that id."""


class Revoked(Exception):
    """The tablet may send nothing any more."""


def find_device(session: Session, device_id: UUID) -> Device:
    """Return an enrolled tablet, a revoked one too.

    Raises
    ------
    UnknownDevice
        If there is none.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise UnknownDevice(device_id)
    return device


def standing_at(session: Session, desk_id: int) -> list[UUID]:
    """Return the tablets of a desk that are not revoked."""
    query = select(Device.id).where(
        col(Device.desk_id) == desk_id, col(Device.revoked_at).is_(None)
    )
    return list(session.exec(query))


def revoke(session: Session, device_id: UUID, at: datetime, *, actor: str) -> bool:
    """Let a tablet send nothing from now on; False if it was revoked before.

    What it still keeps is taken once it is enrolled again at the same desk.

    Raises
    ------
    UnknownDevice
        If there is none.
    """
    query = select(Device).where(col(Device.id) == device_id).with_for_update()
    device = session.exec(query).one_or_none()
    if device is None:
        raise UnknownDevice(device_id)
    if device.revoked_at is not None:
        return False
    device.revoked_at = at
    facts, subject = {"device": str(device_id)}, f"desk {device.desk_id}"
    record(session, Act("tablet.revoked", actor, subject, facts, device.unit_id), at)
    return True


def nonce_of(device_id: UUID, contacts: int, key: bytes) -> str:
    """Return what a tablet signs with its next batch: another after each that was taken.

    Parameters
    ----------
    contacts
        How many batches were taken.
    key
        The settings' key for `NONCE_PURPOSE`.
    """
    told = f"{device_id} {contacts}".encode()
    return to_text(hmac.digest(key, told, hashlib.sha256)[:_NONCE_BYTES])
