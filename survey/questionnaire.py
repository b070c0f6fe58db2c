"""The nine SKM elements, their official wording and the quick item (method §2).

Elements are known by code, never by number: the regulation's body and its sample
questionnaire number the last two differently, and both orders are in use.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

RATINGS = (1, 2, 3, 4)
"""The four points of the scale. Absent is absent, never 0."""

LOWEST, HIGHEST = RATINGS[0], RATINGS[-1]

OVERALL = "KESELURUHAN"
"""Code of the quick item, asked about the desk; it never enters the SKM index."""


class Element(StrEnum):
    """One of the nine elements of PermenPANRB 14/2017."""

    PERSYARATAN = "PERSYARATAN"
    PROSEDUR = "PROSEDUR"
    WAKTU = "WAKTU"
    BIAYA = "BIAYA"
    PRODUK = "PRODUK"
    KOMPETENSI = "KOMPETENSI"
    PERILAKU = "PERILAKU"
    PENGADUAN = "PENGADUAN"
    SARANA = "SARANA"


class ElementOrder(StrEnum):
    """The two published orders: the regulation's body, and its annexed sample questionnaire."""

    BODY = "body"
    ANNEX = "annex"


_FIRST_SEVEN = (
    Element.PERSYARATAN,
    Element.PROSEDUR,
    Element.WAKTU,
    Element.BIAYA,
    Element.PRODUK,
    Element.KOMPETENSI,
    Element.PERILAKU,
)

ORDERS: Mapping[ElementOrder, tuple[Element, ...]] = {
    ElementOrder.BODY: (*_FIRST_SEVEN, Element.PENGADUAN, Element.SARANA),
    ElementOrder.ANNEX: (*_FIRST_SEVEN, Element.SARANA, Element.PENGADUAN),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One question with the words for each of its four answers, from 1 to 4.

    Attributes
    ----------
    code
        An :class:`Element` or ``KESELURUHAN``.
    question
        The end of the sentence "Bagaimana pendapat Saudara tentang …"; for the quick item the
        whole question.
    answers
        Four answers, lowest first.
    short
        The element's name on charts and tables.
    """

    code: str
    question: str
    answers: tuple[str, str, str, str]
    short: str


STEM = "Bagaimana pendapat Saudara tentang …"
"""The official opening of each of the nine questions; it keeps its own *Saudara*."""

QUICK_ITEM = Item(
    OVERALL,
    "Seberapa puas Anda dengan pelayanan di loket ini?",
    ("Tidak puas", "Kurang puas", "Puas", "Sangat puas"),
    "Keseluruhan",
)

ITEMS: Mapping[Element, Item] = {
    Element(item.code): item
    for item in (
        Item(
            Element.PERSYARATAN,
            "kesesuaian persyaratan pelayanan dengan jenis pelayanannya",
            ("Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"),
            "Persyaratan",
        ),
        Item(
            Element.PROSEDUR,
            "kemudahan prosedur pelayanan di unit ini",
            ("Tidak mudah", "Kurang mudah", "Mudah", "Sangat mudah"),
            "Prosedur",
        ),
        Item(
            Element.WAKTU,
            "kecepatan waktu dalam memberikan pelayanan",
            ("Tidak cepat", "Kurang cepat", "Cepat", "Sangat cepat"),
            "Waktu pelayanan",
        ),
        Item(
            Element.BIAYA,
            "kewajaran biaya/tarif dalam pelayanan",
            ("Sangat mahal", "Cukup mahal", "Murah", "Gratis"),
            "Biaya/tarif",
        ),
        Item(
            Element.PRODUK,
            "kesesuaian produk pelayanan antara yang tercantum dalam standar pelayanan "
            "dengan hasil yang diberikan",
            ("Tidak sesuai", "Kurang sesuai", "Sesuai", "Sangat sesuai"),
            "Produk layanan",
        ),
        Item(
            Element.KOMPETENSI,
            "kompetensi/kemampuan petugas dalam pelayanan",
            ("Tidak kompeten", "Kurang kompeten", "Kompeten", "Sangat kompeten"),
            "Kompetensi petugas",
        ),
        Item(
            Element.PERILAKU,
            "perilaku petugas dalam pelayanan terkait kesopanan dan keramahan",
            (
                "Tidak sopan dan ramah",
                "Kurang sopan dan ramah",
                "Sopan dan ramah",
                "Sangat sopan dan ramah",
            ),
            "Perilaku petugas",
        ),
        Item(
            Element.PENGADUAN,
            "penanganan pengaduan pengguna layanan",
            (
                "Tidak ada",
                "Ada tetapi tidak berfungsi",
                "Berfungsi kurang maksimal",
                "Dikelola dengan baik",
            ),
            "Penanganan pengaduan",
        ),
        Item(
            Element.SARANA,
            "kualitas sarana dan prasarana",
            ("Buruk", "Cukup", "Baik", "Sangat baik"),
            "Sarana prasarana",
        ),
    )
}
"""The official wording of each element, by code (annex of PermenPANRB 14/2017)."""
