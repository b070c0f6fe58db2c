"""What a report says in words, drafted from its figures: pure, and in Indonesian (method §11).

Official reports are written in Indonesian, whatever language the pages are read in. A line that
begins with "- " is an item of a list; every other line is a paragraph.
"""

from collections.abc import Mapping

from aggregation.output.report.report_analysis import (
    comparison,
    end,
    plan,
    strengths,
    weaknesses,
)
from aggregation.output.report.report_words import WORDS, listed, months_of, name_of, number
from aggregation.output.report.skm_report import SkmReport
from aggregation.publishing.report_texts import Part, Texts
from survey.channel import Channel

CHANNELS: Mapping[Channel, str] = {
    Channel.KIOSK: "tablet di loket",
    Channel.KIOSK_QR: "kode QR di layar tablet",
    Channel.TICKET: "karcis bernomor yang dibawa pulang",
    Channel.DESK_QR: "kode QR yang tercetak di loket",
    Channel.PAPER: "lembar kertas yang disalin petugas",
}


def drafts(report: SkmReport, signature: Texts) -> dict[Part, str]:
    """Return the draft of every text.

    Parameters
    ----------
    signature
        Who signed the unit's last report, if it has issued one.
    """
    return {
        Part.LATAR_BELAKANG: _background(report),
        Part.TUJUAN: _AIMS,
        Part.DASAR_HUKUM: _LAW,
        Part.PELAKSANA: _carried_out(report),
        Part.METODE: _way(report),
        Part.LOKASI: _place(report),
        Part.WAKTU: _time(report),
        Part.RESPONDEN: _sample(report),
        Part.KEKUATAN: strengths(report),
        Part.KELEMAHAN: weaknesses(report),
        Part.TREN: comparison(report),
        Part.TINDAK_LANJUT: plan(report),
        Part.PENUTUP: end(report),
        Part.TEMPAT: "",
        Part.JABATAN: f"Kepala {report.unit.name}",
        Part.NAMA: "",
        Part.NIP: "",
        **signature,
    }


def _background(report: SkmReport) -> str:
    return (
        "Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik mewajibkan penyelenggara "
        "mengikutsertakan masyarakat dalam menilai pelayanan. Peraturan Menteri PANRB Nomor 14 "
        "Tahun 2017 menetapkan Survei Kepuasan Masyarakat (SKM) dengan sembilan unsur sebagai "
        "caranya.\n"
        f"{report.unit.name} menyelenggarakan SKM {name_of(report)} agar mutu pelayanan terukur, "
        "hasilnya terbuka, dan perbaikan didasarkan pada pendapat warga yang dilayani."
    )


_AIMS = (
    "- Mengetahui tingkat kepuasan warga terhadap setiap unsur pelayanan.\n"
    "- Menetapkan unsur yang perlu diperbaiki lebih dahulu.\n"
    "- Memantau perubahan mutu pelayanan dari periode ke periode.\n"
    "- Menyampaikan hasil penilaian dan tindak lanjutnya kepada masyarakat."
)

_LAW = (
    "- Undang-Undang Nomor 25 Tahun 2009 tentang Pelayanan Publik.\n"
    "- Undang-Undang Nomor 27 Tahun 2022 tentang Pelindungan Data Pribadi.\n"
    "- Peraturan Pemerintah Nomor 96 Tahun 2012 tentang Pelaksanaan Undang-Undang Nomor 25 Tahun "
    "2009 tentang Pelayanan Publik.\n"
    "- Peraturan Menteri PANRB Nomor 14 Tahun 2017 tentang Pedoman Penyusunan Survei Kepuasan "
    "Masyarakat Unit Penyelenggara Pelayanan Publik.\n"
    "- Peraturan Menteri PANRB Nomor 29 Tahun 2022 tentang Pemantauan dan Evaluasi Kinerja "
    "Penyelenggaraan Pelayanan Publik."
)


def _carried_out(report: SkmReport) -> str:
    return (
        f"Survei dilaksanakan sendiri oleh {report.unit.name}. Warga mengisi kuesioner sesudah "
        "dilayani, tanpa menyebut nama dan tanpa bantuan petugas yang melayaninya."
    )


def _way(report: SkmReport) -> str:
    ways = [CHANNELS[channel] for channel in report.channels]
    through = f" melalui {listed(ways)}" if ways else ""
    return (
        "Kuesioner memuat sembilan unsur pelayanan dengan jawaban bernilai 1 sampai 4. Warga "
        f"mengisinya{through}. Hanya kuesioner yang menjawab kesembilan unsur yang dihitung; "
        "tanggapan yang janggal diperiksa peninjau tanpa melihat nilainya sebelum ikut dihitung.\n"
        "Nilai rata-rata (NRR) setiap unsur adalah jumlah nilai dibagi jumlah kuesioner. NRR "
        "tertimbang adalah NRR dikali bobot, yang sama untuk setiap unsur: sepersembilan, ditulis "
        "0,111. IKM adalah jumlah NRR tertimbang dikali 25. Hitungan memakai sepersembilan yang "
        "tepat dan dibulatkan satu kali di akhir, sehingga nilai sempurna adalah 100,00."
    )


def _place(report: SkmReport) -> str:
    if not report.unit.desks:
        return f"Survei dilakukan di tempat pelayanan {report.unit.name}."
    return f"Survei dilakukan di tempat pelayanan {report.unit.name}: {listed(report.unit.desks)}."


def _time(report: SkmReport) -> str:
    revised = f" (rilis ke-{report.release_number + 1})" if report.release_number else ""
    return (
        f"Survei berlangsung sepanjang {months_of(report)}, pada hari dan jam pelayanan. Angka "
        f"laporan ini dirilis pada {WORDS.day(report.released_on)}{revised}, sesudah bulan "
        "terakhirnya ditutup."
    )


def _sample(report: SkmReport) -> str:
    sample, n = report.sample, number(report.sample.n)
    collected = (
        f"Dari {number(report.responses)} tanggapan terkumpul {n} kuesioner lengkap, yang menjadi "
        "responden laporan ini."
    )
    if sample.visits is None or sample.required is None:
        return (
            f"{collected} Jumlah orang yang dilayani tidak tercatat untuk seluruh periode, "
            "sehingga jumlah sampel minimum tidak dihitung."
        )
    served = (
        f"Selama periode ini dilayani {number(sample.visits)} orang. Menurut tabel Krejcie dan "
        f"Morgan diperlukan paling sedikit {number(sample.required)} responden"
    )
    if sample.missing:
        return (
            f"{served}; masih kurang {number(sample.missing)}. {collected} Hasil disajikan apa "
            "adanya; ketelitiannya tampak pada rentang IKM."
        )
    return f"{served}. {collected} Jumlah sampel terpenuhi."
