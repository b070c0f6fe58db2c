"""What kind of training helps an element, in plain words: a start for a plan, no prescription."""

from collections.abc import Mapping

from survey.language import worded
from survey.questionnaire import Element

TRAINING: Mapping[Element, str] = {
    Element.PERSYARATAN: worded(
        "Menjelaskan syarat dengan singkat dan memeriksa kelengkapan sejak warga datang."
    ),
    Element.PROSEDUR: worded(
        "Memandu warga langkah demi langkah, dan menyederhanakan alur di loket."
    ),
    Element.WAKTU: worded(
        "Mengatur antrean dan jam sibuk, dan menguasai aplikasi agar tidak mengulang pekerjaan."
    ),
    Element.BIAYA: worded(
        "Menjelaskan biaya resmi dengan terbuka, dan pencegahan gratifikasi. Sering cukup dengan "
        "pengumuman yang jelas."
    ),
    Element.PRODUK: worded("Ketelitian: memeriksa isi dokumen bersama warga sebelum diserahkan."),
    Element.KOMPETENSI: worded(
        "Pelatihan teknis layanan, peraturan terbaru, dan belajar dari rekan yang berpengalaman."
    ),
    Element.PERILAKU: worded(
        "Komunikasi pelayanan: menyapa, mendengarkan, menghadapi warga yang kecewa, dan melayani "
        "lansia dan penyandang disabilitas."
    ),
    Element.PENGADUAN: worded(
        "Menerima dan menindaklanjuti pengaduan, termasuk lewat SP4N-LAPOR!, sampai warga mendapat "
        "jawaban."
    ),
    Element.SARANA: worded(
        "Menata ruang tunggu dan loket. Sering lebih soal perlengkapan daripada pelatihan."
    ),
}
"""By element."""
