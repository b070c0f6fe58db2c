"""Stamps: the server's own word on when it was in touch with a tablet, kept by the tablet (§4.4).

A response carries the stamps on either side of its tap, so that however long it waited, the server
knows between which of its own times the tap lies, without having kept a row for each contact.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from kiosk.wire import NotBinary, to_bytes, to_text

PURPOSE = "tablet stamp"
"""What the settings' key is for that stamps are signed with."""
_LAYOUT = struct.Struct(">16sqq")
_MAC_BYTES = 16
_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNMEASURED = -(2**63)


class ForgedStamp(ValueError):
    """The text is no stamp of this server."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A contact with a tablet.

    Attributes
    ----------
    at
        The server's time, to the millisecond.
    offset
        What the tablet's clock lacked to it; None if the tablet did not tell its time.
    """

    device: UUID
    at: datetime
    offset: timedelta | None


def write_stamp(stamp: Stamp, key: bytes) -> str:
    """Return a stamp as the 64 letters that a tablet keeps."""
    offset = _UNMEASURED if stamp.offset is None else stamp.offset // _MILLISECOND
    data = _LAYOUT.pack(stamp.device.bytes, (stamp.at - _EPOCH) // _MILLISECOND, offset)
    return to_text(data + _mac(data, key))


def read_stamp(text: str, key: bytes) -> Stamp:
    """Return the stamp that `write_stamp` wrote.

    Raises
    ------
    ForgedStamp
        If it was written by anybody else.
    """
    try:
        data = to_bytes(text)
    except NotBinary as error:
        raise ForgedStamp from error
    told, mac = data[: _LAYOUT.size], data[_LAYOUT.size :]
    if not hmac.compare_digest(mac, _mac(told, key)):
        raise ForgedStamp
    device, at, offset = _LAYOUT.unpack(told)
    measured = None if offset == _UNMEASURED else offset * _MILLISECOND
    return Stamp(UUID(bytes=device), _EPOCH + at * _MILLISECOND, measured)


def _mac(data: bytes, key: bytes) -> bytes:
    return hmac.digest(key, data, hashlib.sha256)[:_MAC_BYTES]
