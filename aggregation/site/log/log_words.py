"""What acts and fields of the log are called, in words that need no manual."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from survey.language import worded


class Family(NamedTuple):
    """Acts that belong together, by what their names begin with."""

    label: str
    kinds: Sequence[str]


FAMILIES: Mapping[str, Family] = {
    "akun": Family(worded("Akun dan peran"), ("account",)),
    "masuk": Family(
        worded("Masuk dan kata sandi"),
        ("session", "link", "password", "second_factor", "recovery_code", "recovery_codes"),
    ),
    "token": Family(worded("Token"), ("token",)),
    "unit": Family(
        worded("Unit, layanan, loket"),
        ("unit", "units", "service", "services", "desk", "desks", "questionnaire", "slips"),
    ),
    "petugas": Family(worded("Petugas"), ("officer", "officers")),
    "jadwal": Family(worded("Jadwal"), ("duties",)),
    "kunjungan": Family(worded("Kunjungan dan gangguan"), ("visits", "outage")),
    "bulan": Family(worded("Penutupan bulan"), ("month",)),
    "tinjau": Family(worded("Peninjauan"), ("screening", "inquiry")),
    "aturan": Family(worded("Aturan penilaian"), ("rule",)),
    "baca": Family(worded("Siapa membaca data orang"), ("people",)),
}
"""What the log can be narrowed to, by the word in the address."""

ACTS: Mapping[str, str] = {
    "account.added": worded("menambah akun"),
    "account.changed": worded("mengubah akun"),
    "account.invited": worded("mengundang pemilik akun"),
    "account.switched_off": worded("menonaktifkan akun"),
    "account.switched_on": worded("mengaktifkan lagi akun"),
    "account.second_factor_removed": worded("menghapus kode verifikasi akun"),
    "desk.added": worded("menambah loket"),
    "desk.changed": worded("mengubah loket"),
    "desks.imported": worded("memuat spreadsheet loket"),
    "duties.approved": worded("menyetujui perubahan jadwal"),
    "duties.correction_recorded": worded("menyiapkan perbaikan jadwal bulan yang ditutup"),
    "duties.imported": worded("memuat spreadsheet jadwal"),
    "duties.recorded": worded("mencatat jadwal"),
    "duties.refused": worded("menolak perubahan jadwal"),
    "inquiry.answered": worded("mencatat hasil penyelidikan"),
    "inquiry.opened": worded("mencari pola yang janggal"),
    "link.made": worded("membuat tautan sekali pakai"),
    "link.spent": worded("memakai tautan sekali pakai"),
    "month.closed": worded("menutup bulan"),
    "officer.added": worded("menambah petugas"),
    "officer.changed": worded("mengubah data petugas"),
    "officer.placed": worded("mengubah penempatan petugas"),
    "officers.imported": worded("memuat spreadsheet petugas"),
    "outage.declared": worded("mencatat gangguan"),
    "outage.withdrawn": worded("menarik gangguan"),
    "password.set": worded("membuat kata sandi"),
    "people.read": worded("membuka halaman yang memuat data orang"),
    "questionnaire.changed": worded("mengubah kuesioner"),
    "recovery_code.spent": worded("masuk dengan kode pemulihan"),
    "recovery_codes.made": worded("membuat kode pemulihan"),
    "rule.approved": worded("menyetujui aturan"),
    "rule.drafted": worded("merancang aturan"),
    "rule.rejected": worded("menolak rancangan aturan"),
    "screening.decided": worded("memutuskan tanggapan yang ditahan"),
    "second_factor.removed": worded("menghapus kode verifikasi"),
    "second_factor.set": worded("memasang kode verifikasi"),
    "service.added": worded("menambah layanan"),
    "service.changed": worded("mengubah layanan"),
    "services.imported": worded("memuat spreadsheet layanan"),
    "session.ended": worded("keluar"),
    "session.opened": worded("masuk"),
    "slips.issued": worded("mencetak karcis"),
    "token.made": worded("membuat token"),
    "token.revoked": worded("mencabut token"),
    "unit.added": worded("menambah unit"),
    "unit.changed": worded("mengubah unit"),
    "units.imported": worded("memuat spreadsheet unit"),
    "visits.imported": worded("memuat spreadsheet kunjungan"),
    "visits.recorded": worded("mencatat kunjungan"),
}
"""Each act as the log's page says it, the actor being the subject of the sentence."""

FIELDS: Mapping[str, str] = {
    "about": worded("keterangan"),
    "accent": worded("warna"),
    "active": worded("aktif"),
    "added": worded("baru"),
    "admitted": worded("dihitung"),
    "assessor": worded("penilai"),
    "biaya_answers": worded("jawaban biaya"),
    "by": worded("oleh"),
    "changed": worded("berubah"),
    "code": worded("kode"),
    "count": worded("banyaknya"),
    "days": worded("masa berlaku (hari)"),
    "document": worded("sidik aturan"),
    "effective_from": worded("berlaku mulai"),
    "element_order": worded("urutan unsur"),
    "email": worded("email"),
    "employment": worded("status kepegawaian"),
    "ends_on": worded("selesai"),
    "exceptions": worded("pengecualian"),
    "figures": worded("sidik angka"),
    "first": worded("nomor pertama"),
    "founded": worded("terbukti"),
    "head": worded("atasan"),
    "job_group": worded("kelompok jabatan"),
    "kind": worded("jenis"),
    "languages": worded("bahasa"),
    "last": worded("nomor terakhir"),
    "month": worded("bulan"),
    "name": worded("nama"),
    "needs_approval": worded("menunggu orang kedua"),
    "nip": worded("NIP"),
    "of_past_days": worded("tentang hari lampau"),
    "officer": worded("petugas"),
    "opens_with": worded("layar pertama"),
    "parent": worded("induk"),
    "purpose": worded("untuk"),
    "reason": worded("alasan"),
    "responses": worded("tanggapan"),
    "revision": worded("revisi"),
    "roles": worded("peran"),
    "roster_lines": worded("baris jadwal tetap"),
    "scopes": worded("cakupan"),
    "second_factor": worded("kode verifikasi"),
    "services": worded("layanan"),
    "staff_number": worded("nomor pegawai"),
    "starts_on": worded("mulai"),
    "time_zone": worded("zona waktu"),
    "unchanged": worded("tetap"),
    "version": worded("versi"),
}
"""Fields of edits and facts of acts; one without words is shown as it is."""
