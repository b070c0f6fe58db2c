"""Why a file is not taken: each refusal by a name, with the sentence that says what to do."""

from typing import ClassVar

from survey.language import worded


class EvidenceRefused(ValueError):
    """A file that is not kept.

    Attributes
    ----------
    sentence
        What is wrong and what to do, in Indonesian, to be said in the reader's language.
    """

    sentence: ClassVar[str]


class FileEmpty(EvidenceRefused):
    """It holds nothing."""

    sentence = worded("Berkas ini kosong. Pilih berkas lain.")


class FileTooLarge(EvidenceRefused):
    """It holds more than two mebibytes."""

    sentence = worded("Berkas ini lebih besar dari 2 MB. Kecilkan fotonya, atau bagi dokumennya.")


class KindUnknown(EvidenceRefused):
    """Its content is none of the four kinds, whatever its name says."""

    sentence = worded("Isi berkas ini bukan PDF, JPEG, PNG, atau WEBP. Pilih berkas seperti itu.")


class HeicPicture(KindUnknown):
    """It is a photo as iPhones keep it, which most browsers and offices cannot open."""

    sentence = worded(
        "Foto ini berformat HEIC, yang tidak terbuka di kebanyakan komputer. Simpan sebagai JPEG,"
        " lalu unggah lagi."
    )


class FileDamaged(EvidenceRefused):
    """It begins like one of the four kinds and cannot be opened as such."""

    sentence = worded(
        "Berkas ini rusak atau terpotong. Buka di komputer Anda, simpan ulang, lalu unggah lagi."
    )


class PictureTooLarge(EvidenceRefused):
    """It has so many pixels that opening it would fill a computer's memory."""

    sentence = worded(
        "Foto ini terlalu besar untuk dibuka. Kecilkan menjadi paling lebar 4.000 titik."
    )
