"""Example sheets, so that an IT operator sees the columns and how they are filled in."""

import csv
import io
from collections.abc import Mapping, Sequence
from enum import StrEnum

from xlsxwriter import Workbook

from survey.services import DISDUKCAPIL

_WIDTH = 22


class SheetKind(StrEnum):
    """The sheets an office hands in, in the order in which they need each other."""

    UNITS = "units"
    SERVICES = "services"
    DESKS = "desks"
    OFFICERS = "officers"
    DUTIES = "duties"


_Table = Sequence[Sequence[str]]

# A NIP is written with blanks: a spreadsheet would take 18 digits for a number and lose their end.
_TEMPLATES: Mapping[SheetKind, _Table] = {
    SheetKind.UNITS: (
        ("KODE", "NAMA", "INDUK", "ZONA WAKTU", "URUTAN UNSUR", "JAWABAN BIAYA"),
        ("KOTA", "Pemerintah Kota Contoh", "", "WIB", "", ""),
        (
            "DISDUKCAPIL",
            "Dinas Kependudukan dan Pencatatan Sipil",
            "KOTA",
            "WIB",
            "LAMPIRAN",
            "Sangat mahal / Cukup mahal / Murah / Gratis",
        ),
    ),
    SheetKind.SERVICES: (
        ("KODE", "NAMA", "AKTIF"),
        *((service.code, service.name, "YA") for service in DISDUKCAPIL),
    ),
    SheetKind.DESKS: (
        ("KODE", "NAMA", "KETERANGAN", "JENIS", "LAYANAN", "BUKA DENGAN", "AKTIF"),
        ("L1", "Loket 1", "Perekaman KTP-el", "LOKET", "KTP-EL", "WAJAH", "YA"),
        ("L2", "Loket 2", "Pengambilan KTP-el dan KK", "LOKET", "KTP-EL, KK", "WAJAH", "YA"),
        ("AULA", "Ruang tunggu", "Tablet untuk semua loket", "RUANG", "", "SKM", "YA"),
    ),
    SheetKind.OFFICERS: (
        (
            "NIP",
            "NOMOR PEGAWAI",
            "NAMA",
            "STATUS",
            "KELOMPOK JABATAN",
            "NIP ATASAN",
            "NIP PENILAI",
            "MULAI",
            "SELESAI",
        ),
        (
            "19750817 200003 1 001",
            "",
            "Ahmad Contoh",
            "PNS",
            "Kepala seksi",
            "",
            "",
            "2026-01-02",
            "",
        ),
        (
            "19900228 202121 2 001",
            "",
            "Sari Contoh",
            "PPPK",
            "Operator SIAK",
            "19750817 200003 1 001",
            "19750817 200003 1 001",
            "2026-01-02",
            "",
        ),
        (
            "",
            "HL-021",
            "Budi Contoh",
            "NON ASN",
            "Tenaga loket",
            "19750817 200003 1 001",
            "19750817 200003 1 001",
            "2026-01-02",
            "2026-12-31",
        ),
    ),
    SheetKind.DUTIES: (
        (
            "LOKET",
            "NIP/NOMOR PEGAWAI",
            "HARI",
            "TANGGAL",
            "MULAI",
            "SELESAI",
            "BERLAKU MULAI",
            "ALASAN",
        ),
        (
            "L1",
            "19900228 202121 2 001",
            "Senin–Kamis",
            "",
            "08.00",
            "12.00",
            "2026-01-05",
            "Jadwal awal",
        ),
        ("L1", "HL-021", "Senin–Kamis", "", "13.00", "15.00", "2026-01-05", "Jadwal awal"),
        ("L2", "HL-021", "Jumat", "", "08.00", "11.30", "2026-01-05", "Jadwal awal"),
        ("L1", "HL-021", "", "2026-01-07", "08.00", "12.00", "", "Sari dinas luar"),
        ("L2", "KOSONG", "", "2026-01-09", "08.00", "11.30", "", "Listrik padam"),
    ),
}


def template_table(kind: SheetKind) -> _Table:
    """Return an example sheet, its header first; each can be taken in after those before it."""
    return _TEMPLATES[kind]


def template_csv(kind: SheetKind) -> bytes:
    """Return the example as CSV that Indonesian spreadsheet programs open by a double click."""
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=";", lineterminator="\r\n").writerows(template_table(kind))
    return written.getvalue().encode("utf-8-sig")


def template_xlsx(kind: SheetKind) -> bytes:
    """Return the example as a workbook; its cells are text, so that no NIP becomes a number."""
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        sheet = book.add_worksheet(kind.value)
        sheet.set_column(
            0, len(template_table(kind)[0]) - 1, _WIDTH, book.add_format({"num_format": "@"})
        )
        sheet.freeze_panes(1, 0)
        for line, cells in enumerate(template_table(kind)):
            for place, cell in enumerate(cells):
                sheet.write_string(line, place, cell)
    return written.getvalue()
