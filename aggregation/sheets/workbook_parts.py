"""The parts of a workbook, unpacked within bounds (architecture: uploads).

A workbook is a ZIP of XML files: two megabytes can unpack to gigabytes.
"""

import io
import struct
import zipfile
import zlib
from collections.abc import Mapping

from aggregation.sheets.grid import SheetTooLarge, SheetUnreadable

LARGEST_UNPACKED = 20 * 1024 * 1024
"""Bytes of all parts together."""

MOST_PARTS = 500

_READ = (".xml", ".rels")
_HOW_ARCHIVES_FAIL = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    NotImplementedError,  # a compression nobody uses for workbooks
    RuntimeError,  # a locked part
    EOFError,
    OSError,
    ValueError,
    OverflowError,
)


class WorkbookDamaged(SheetUnreadable):
    """The file is no workbook, or a damaged, locked or booby-trapped one."""

    def __init__(self) -> None:
        """Say what to do about it."""
        super().__init__(
            "Berkas ini bukan XLSX, rusak, atau terkunci sandi. Buka di Excel atau LibreOffice, "
            "simpan ulang sebagai XLSX tanpa sandi, lalu coba lagi."
        )


class WorkbookTooLarge(SheetTooLarge):
    """The workbook unpacks to more than an office's sheet can hold."""

    def __init__(self) -> None:
        """Say what to do about it."""
        super().__init__(
            "Isi berkas XLSX ini terlalu besar. Hapus gambar, lembar lain, dan sel jauh di luar "
            "tabel, atau bagi menjadi beberapa berkas."
        )


def unpack(data: bytes) -> dict[str, bytes]:
    """Return the XML parts of a workbook by name; pictures and programs are left packed.

    Raises
    ------
    WorkbookDamaged
        If it is no readable archive of a workbook.
    WorkbookTooLarge
        If it says or turns out to unpack to more than 20 MB, or has more than 500 parts.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = _read(archive)
    except SheetUnreadable:
        raise
    except _HOW_ARCHIVES_FAIL as error:
        raise WorkbookDamaged from error
    if "xl/workbook.xml" not in parts:
        raise WorkbookDamaged
    return parts


def pack(parts: Mapping[str, bytes]) -> bytes:
    """Return an archive of exactly these parts, so that a reader meets nothing unmeasured."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for name, content in parts.items():
            target.writestr(name, content)
    return archive.getvalue()


def _read(archive: zipfile.ZipFile) -> dict[str, bytes]:
    listed = archive.infolist()
    names = {entry.filename.casefold() for entry in listed}
    if len(names) != len(listed):
        raise WorkbookDamaged
    if len(listed) > MOST_PARTS or sum(entry.file_size for entry in listed) > LARGEST_UNPACKED:
        raise WorkbookTooLarge
    parts = {}
    left = LARGEST_UNPACKED
    for entry in listed:
        if entry.filename.casefold().endswith(_READ):
            # The size in the list is a claim; what comes out is the fact.
            with archive.open(entry) as packed:
                content = packed.read(left + 1)
            left -= len(content)
            if left < 0:
                raise WorkbookTooLarge
            parts[entry.filename] = content
    return parts
