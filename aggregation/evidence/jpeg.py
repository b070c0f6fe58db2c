"""JPEG: seen to be whole, and rid of what tells where and by whom a photo was taken.

Only what a picture needs is copied, so whatever was hung on to the file stays behind: Exif with
its place and time, XMP, IPTC, thumbnails, comments, second pictures, and bytes after the end.
Of Exif one fact remains, which way up the photo is held: without it it would lie on its side.
"""

import struct
from collections.abc import Iterator
from struct import pack, unpack_from

from aggregation.evidence.pictures import require_size
from aggregation.evidence.refusals import FileDamaged

MARK = b"\xff\xd8\xff"
_BEGIN, _END = b"\xff\xd8", b"\xff\xd9"
_SCAN, _APP1, _ADOBE, _PROFILE, _COMMENT = 0xDA, 0xE1, 0xEE, 0xE2, 0xFE
_APP0 = 0xE0
_END_MARK = 0xD9
_FRAMES = frozenset({0xC0, 0xC1, 0xC2})
"""Baseline, extended and progressive: the frames that browsers open."""
_APPS = range(_APP0, 0xF0)
_ALONE = frozenset({0x01, *range(0xD0, 0xD8)})
_JFIF = b"JFIF\0"
_JFIF_LENGTH = 12
"""Of the name, the version and the density; two bytes for the size of a thumbnail follow."""
_EXIF = b"Exif\0\0"
_ICC = b"ICC_PROFILE\0"
_ORIENTATION, _SHORT = 0x0112, 3
_TURNS = range(2, 9)
"""Orientations other than upright."""


def bare_jpeg(body: bytes) -> bytes:
    """Return a JPEG without anything but its picture.

    Raises
    ------
    FileDamaged
        If it is no whole JPEG.
    PictureTooLarge
        If it has too many pixels.
    """
    try:
        segments = list(_segments(body))
    except (struct.error, IndexError) as error:
        raise FileDamaged from error
    markers = [marker for marker, _ in segments]
    if _SCAN not in markers or not _FRAMES & set(markers):
        raise FileDamaged
    turned = next(filter(None, (_turn(data) for marker, data in segments if marker == _APP1)), 0)
    kept = [_bare(marker, whole) for marker, whole in segments]
    return b"".join((_BEGIN, _upright_sign(turned), *kept, _END))


def _segments(body: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each segment, marker and length included; a scan with the data that follows it."""
    at = len(_BEGIN)
    while (marker := _marker(body, at)) != _END_MARK:
        length = 0 if marker in _ALONE else unpack_from(">H", body, at + 2)[0]
        end = at + 2 + length
        if end > len(body) or (length < 2 and marker not in _ALONE):  # noqa: PLR2004 - its own two
            raise FileDamaged
        if marker in _FRAMES:
            height, width = unpack_from(">HH", body, at + 5)
            require_size(width, height)
        if marker == _SCAN:
            end = _end_of_scan(body, end)
        yield marker, body[at:end]
        at = _next_marker(body, end)


def _marker(body: bytes, at: int) -> int:
    if body[at] != 0xFF:  # noqa: PLR2004 - every marker begins with it
        raise FileDamaged
    return body[at + 1]


def _next_marker(body: bytes, at: int) -> int:
    """Pass over the 0xFF bytes that may fill the room before a marker."""
    while body[at + 1] == 0xFF:  # noqa: PLR2004
        at += 1
    return at


def _end_of_scan(body: bytes, at: int) -> int:
    """Return where the next marker stands that does not belong to the scan."""
    while (at := body.find(b"\xff", at)) >= 0:
        after = body[at + 1]
        if after not in (0x00, 0xFF) and after not in _ALONE:
            return at
        at += 1 if after == 0xFF else 2  # noqa: PLR2004
    raise FileDamaged


def _bare(marker: int, whole: bytes) -> bytes:
    """Return of a segment what the picture needs; nothing of most that applications hang on."""
    if marker == _APP0:
        return _without_thumbnail(whole)
    if marker == _PROFILE:
        return whole if whole[4:].startswith(_ICC) else b""
    return whole if marker == _ADOBE or marker not in (_COMMENT, *_APPS) else b""


def _without_thumbnail(whole: bytes) -> bytes:
    """Return a JFIF segment that holds no small picture; nothing if it is another's, as JFXX's."""
    data = whole[4:]
    if not data.startswith(_JFIF) or len(data) < _JFIF_LENGTH:
        return b""
    bare = data[:_JFIF_LENGTH] + b"\0\0"
    return whole[:2] + pack(">H", 2 + len(bare)) + bare


def _turn(segment: bytes) -> int:
    """Return the orientation that an Exif segment tells, 2 to 8; 0 if none, or upright."""
    if not segment[4:].startswith(_EXIF):
        return 0
    exif = segment[4 + len(_EXIF) :]
    order = {b"II": "<", b"MM": ">"}.get(exif[:2])
    if order is None:
        return 0
    try:
        (first,) = unpack_from(order + "I", exif, 4)
        (count,) = unpack_from(order + "H", exif, first)
        for entry in range(count):
            tag, kind, _, value = unpack_from(order + "HHIH", exif, first + 2 + 12 * entry)
            if (tag, kind) == (_ORIENTATION, _SHORT):
                return value if value in _TURNS else 0
    except struct.error:
        pass
    return 0


def _upright_sign(turned: int) -> bytes:
    """Return an Exif segment that tells the orientation and nothing else; none if upright."""
    if not turned:
        return b""
    exif = pack(">2sHIHHHIHHI", b"MM", 42, 8, 1, _ORIENTATION, _SHORT, 1, turned, 0, 0)
    return pack(">BBH", 0xFF, _APP1, 2 + len(_EXIF) + len(exif)) + _EXIF + exif
