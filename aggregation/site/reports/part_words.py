"""What the texts of a report are called on its page, by the chapter that they stand in."""

from collections.abc import Mapping, Sequence

from aggregation.publishing.report_texts import Part
from survey.language import worded

CHAPTERS: Mapping[str, Sequence[Part]] = {
    worded("Bab I Pendahuluan"): (Part.LATAR_BELAKANG, Part.TUJUAN, Part.DASAR_HUKUM),
    worded("Bab II Pengumpulan data"): (
        Part.PELAKSANA,
        Part.METODE,
        Part.LOKASI,
        Part.WAKTU,
        Part.RESPONDEN,
    ),
    worded("Bab IV Analisis"): (
        Part.KEKUATAN,
        Part.KELEMAHAN,
        Part.TREN,
        Part.TINDAK_LANJUT,
    ),
    worded("Bab V Penutup"): (Part.PENUTUP,),
    worded("Tanda tangan"): (Part.TEMPAT, Part.JABATAN, Part.NAMA, Part.NIP),
}
"""Chapter III has no texts: it is figures alone."""

LABELS: Mapping[Part, str] = {
    Part.LATAR_BELAKANG: worded("Latar belakang"),
    Part.TUJUAN: worded("Tujuan"),
    Part.DASAR_HUKUM: worded("Dasar hukum"),
    Part.PELAKSANA: worded("Pelaksana"),
    Part.METODE: worded("Metode"),
    Part.LOKASI: worded("Lokasi"),
    Part.WAKTU: worded("Waktu"),
    Part.RESPONDEN: worded("Jumlah responden"),
    Part.KEKUATAN: worded("Kekuatan"),
    Part.KELEMAHAN: worded("Kelemahan"),
    Part.TREN: worded("Perkembangan"),
    Part.TINDAK_LANJUT: worded("Pengantar rencana tindak lanjut"),
    Part.PENUTUP: worded("Penutup"),
    Part.TEMPAT: worded("Tempat"),
    Part.JABATAN: worded("Jabatan"),
    Part.NAMA: worded("Nama"),
    Part.NIP: worded("NIP"),
}
