"""WEBP: seen to be whole, and rid of Exif, XMP and whatever follows the end."""

import struct
from collections.abc import Iterator
from struct import pack, unpack_from

from aggregation.evidence.pictures import require_size
from aggregation.evidence.refusals import FileDamaged

_RIFF, _WEBP = b"RIFF", b"WEBP"
_KEPT = frozenset({b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"})
_PICTURES = frozenset({b"VP8 ", b"VP8L", b"ANMF"})
_START = b"\x9d\x01\x2a"
_LOSSLESS = 0x2F
_SIDE = 0x3FFF
_TOLD_BESIDE = 0x0C
"""Flags of an extended file that say that Exif and XMP follow."""


def is_webp(body: bytes) -> bool:
    """Say whether a file begins like a WEBP."""
    return body[:4] == _RIFF and body[8:12] == _WEBP


def bare_webp(body: bytes) -> bytes:
    """Return a WEBP without anything but its picture.

    Raises
    ------
    FileDamaged
        If it is no whole WEBP.
    PictureTooLarge
        If it has too many pixels.
    """
    try:
        chunks = list(_chunks(body))
        for name, data in chunks:
            _require_picture(name, data)
    except (struct.error, IndexError) as error:
        raise FileDamaged from error
    if not any(name in _PICTURES for name, _ in chunks):
        raise FileDamaged
    kept = b"".join(_chunk(name, data) for name, data in chunks if name in _KEPT)
    return pack("<4sI4s", _RIFF, len(_WEBP) + len(kept), _WEBP) + kept


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    end = 8 + unpack_from("<I", body, 4)[0]
    if end > len(body):
        raise FileDamaged
    at = 12
    while at < end:
        name, length = unpack_from("<4sI", body, at)
        data = body[at + 8 : at + 8 + length]
        if at + 8 + length > end:
            raise FileDamaged
        yield name, data
        at += 8 + length + length % 2


def _require_picture(name: bytes, data: bytes) -> None:
    if name == b"VP8 ":
        if data[3:6] != _START:
            raise FileDamaged
        width, height = unpack_from("<HH", data, 6)
        require_size(width & _SIDE, height & _SIDE)
    elif name == b"VP8L":
        if data[0] != _LOSSLESS:
            raise FileDamaged
        (sides,) = unpack_from("<I", data, 1)
        require_size((sides & _SIDE) + 1, (sides >> 14 & _SIDE) + 1)
    elif name == b"VP8X":
        width, height = (int.from_bytes(data[place : place + 3], "little") for place in (4, 7))
        require_size(width + 1, height + 1)


def _chunk(name: bytes, data: bytes) -> bytes:
    if name == b"VP8X":
        data = bytes([data[0] & ~_TOLD_BESIDE & 0xFF]) + data[1:]
    return pack("<4sI", name, len(data)) + data + b"\0" * (len(data) % 2)
