"""What the signs of a tablet mean and what to do about each, in words that need no manual."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from aggregation.method.tablet_health import Light, Sign
from aggregation.tablets.fleet_health import JudgedTablet
from aggregation.tablets.running_numbers import written
from survey.language import worded
from survey.spoken import spoken

LIGHTS: Mapping[Light, tuple[str, str]] = {
    Light.GREEN: ("ok", worded("Normal")),
    Light.AMBER: ("warn", worded("Perhatikan")),
    Light.RED: ("bad", worded("Tangani segera")),
}
"""The kind of chip and its word."""

_ADVICE: Mapping[Sign, str] = {
    Sign.SILENT: worded(
        "Diam sejak %(since)s, padahal loketnya melayani. Periksa apakah tablet menyala dan "
        "tersambung ke jaringan."
    ),
    Sign.GAPS: worded(
        "%(missing)s penilaian tidak pernah tiba (nomor urut %(numbers)s). Jangan hapus data "
        "peramban tablet; biarkan tersambung sampai antreannya kosong. Bila nomornya tetap "
        "hilang, daftarkan ulang tablet di loket ini."
    ),
    Sign.REVOKED_WAITING: worded(
        "Dicabut saat masih menyimpan %(waiting)s penilaian. Daftarkan lagi tablet itu di loket "
        "yang sama agar penilaiannya diterima."
    ),
    Sign.SET_ASIDE: worded(
        "%(set_aside)s penilaian ditolak dan disisihkan di tablet. Catat versinya dan laporkan "
        "kepada pengelola aplikasi; jangan hapus data peramban tablet."
    ),
    Sign.QUIET: worded("Belum ada kabar sejak %(since)s. Periksa jaringan tablet."),
    Sign.STRANDED: worded(
        "%(waiting)s penilaian menunggu di tablet yang tidak tersambung. Penilaian itu aman di "
        "sana; sambungkan tablet ke jaringan."
    ),
    Sign.MANY_WAITING: worded(
        "%(waiting)s penilaian menunggu dikirim. Biarkan tablet menyala dan tersambung sampai "
        "antreannya kosong."
    ),
    Sign.NOT_KEPT: worded(
        "Peramban belum menjamin penyimpanannya. Pasang halaman penilaian di layar utama tablet "
        "(menu peramban, Tambahkan ke layar utama)."
    ),
    Sign.NEARLY_FULL: worded(
        "Penyimpanan hampir penuh. Hapus berkas dan aplikasi lain di tablet, jangan data peramban."
    ),
    Sign.BATTERY: worded("Baterai tinggal %(battery)s%% dan tidak diisi. Pasang pengisi daya."),
    Sign.CLOCK: worded(
        "Jam tablet meleset %(clock)s. Nyalakan tanggal dan waktu otomatis di setelan tablet."
    ),
    Sign.OTHER_VERSION: worded(
        "Versi aplikasinya berbeda dari tablet lain. Biarkan tablet tersambung dan tidak dipakai "
        "sepuluh menit; bila tetap berbeda, tutup lalu buka lagi aplikasinya."
    ),
}


def advice(tablet: JudgedTablet, zone: ZoneInfo, now: datetime) -> list[str]:
    """Return what each sign of a tablet means and what to do, the worst first."""
    state, language = tablet.state, spoken()
    words = {
        "since": moment(tablet.in_touch_at, zone, now),
        "missing": language.number(state.missing),
        "numbers": written(state.gaps),
        "waiting": language.number(state.waiting),
        "set_aside": language.number(state.set_aside),
        "battery": state.battery,
        "clock": "" if state.offset is None else language.duration(abs(state.offset)),
    }
    return [language.say(_ADVICE[sign]) % words for sign in tablet.signs]


def moment(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Write a moment by the unit's clock: ``09.20``, with its day if that is not today."""
    local = at.astimezone(zone)
    clock = f"{local:%H.%M}"
    if local.date() == now.astimezone(zone).date():
        return clock
    sentence = spoken().say(worded("%(day)s pukul %(clock)s"))
    return sentence % {"day": spoken().day(local.date()), "clock": clock}
