"""PNG: seen to be whole, and rid of texts, Exif and whatever follows the end."""

import struct
import zlib
from collections.abc import Iterator
from struct import unpack_from

from aggregation.evidence.pictures import require_size
from aggregation.evidence.refusals import FileDamaged

MARK = b"\x89PNG\r\n\x1a\n"
_KEPT = frozenset(
    {b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"}
)
_PIECE = 1 << 20
_WIDEST_PIXEL = 8
_AROUND = 12
"""Bytes of a chunk beside its data: length, name, check sum."""


def bare_png(body: bytes) -> bytes:
    """Return a PNG without anything but its picture.

    Raises
    ------
    FileDamaged
        If it is no whole PNG.
    PictureTooLarge
        If it has too many pixels.
    """
    try:
        chunks = list(_chunks(body))
        name, header = chunks[0]
        width, height = unpack_from(">II", header, 8)
    except (struct.error, IndexError) as error:
        raise FileDamaged from error
    if name != b"IHDR":
        raise FileDamaged
    require_size(width, height)
    packed = b"".join(whole[8:-4] for name, whole in chunks if name == b"IDAT")
    _require_opens(packed, most=2 * height * (_WIDEST_PIXEL * width + 1))
    return MARK + b"".join(whole for name, whole in chunks if name in _KEPT)


def _chunks(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the whole of each chunk, up to and with the last."""
    at, name = len(MARK), b""
    while name != b"IEND":
        length, name = unpack_from(">I4s", body, at)
        whole = body[at : at + _AROUND + length]
        (check,) = unpack_from(">I", whole, 8 + length)
        if zlib.crc32(whole[4:-4]) != check:
            raise FileDamaged
        yield name, whole
        at += len(whole)


def _require_opens(packed: bytes, most: int) -> None:
    """Unpack the picture piece by piece, keeping none of it, and no more than its size needs."""
    unpacking, size = zlib.decompressobj(), 0
    try:
        while packed and not unpacking.eof and size <= most:
            size += len(unpacking.decompress(packed, _PIECE))
            packed = unpacking.unconsumed_tail
    except zlib.error as error:
        raise FileDamaged from error
    if not unpacking.eof:
        raise FileDamaged
