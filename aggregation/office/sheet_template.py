"""Example sheets, so that an IT operator sees the columns and how they are filled in."""

from collections.abc import Mapping
from enum import StrEnum

from aggregation.sheets.written_sheet import Table, as_csv, as_workbook
from survey.services import DISDUKCAPIL


class SheetKind(StrEnum):
    """The sheets an office hands in, in the order in which they need each other."""

    UNITS = "units"
    SERVICES = "services"
    DESKS = "desks"
    OFFICERS = "officers"
    DUTIES = "duties"
    VISITS = "visits"
    RESPONSES = "responses"


# A NIP is written with blanks: a spreadsheet would take 18 digits for a number and lose their end.
_TEMPLATES: Mapping[SheetKind, Table] = {
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
    SheetKind.VISITS: (
        ("NOMOR ANTREAN", "TANGGAL", "JAM", "LOKET", "LAYANAN"),
        ("A001", "2026-01-07", "08.07", "L1", "KTP-EL"),
        ("A002", "2026-01-07", "08.21", "L1", "KTP-EL"),
        ("B001", "2026-01-07", "08.12", "L2", ""),
    ),
    SheetKind.RESPONSES: (
        (
            *("NO", "TANGGAL", "JAM", "USIA", "JENIS KELAMIN", "PENDIDIKAN", "PEKERJAAN"),
            *(f"U{number}" for number in range(1, 10)),
            *("SARAN", "LOKET", "LAYANAN"),
        ),
        (
            *("1", "2026-01-07", "09.40", "34", "P", "SMA", "Wirausaha"),
            *"343433434",
            *("Kursi tunggu ditambah", "L1", "KTP-EL"),
        ),
        (
            *("2", "2026-01-07", "08.00-12.00", "58", "L", "SD", "Lainnya"),
            *"444444444",
            *("", "", ""),
        ),
        ("3", "2026-01-08", "", "", "", "", "", *"332432333", "", "", ""),
    ),
}


def template_table(kind: SheetKind) -> Table:
    """Return an example sheet, its header first; each can be taken in after those before it."""
    return _TEMPLATES[kind]


def template_csv(kind: SheetKind) -> bytes:
    """Return the example as CSV."""
    return as_csv(template_table(kind))


def template_xlsx(kind: SheetKind) -> bytes:
    """Return the example as a workbook."""
    return as_workbook(template_table(kind), kind.value)
