"""The official wording, typed out here a second time from the annex (method §2)."""

import pytest

from survey.profile import LABELS, OPTIONS, ProfileField
from survey.questionnaire import (
    ITEMS,
    ORDERS,
    OVERALL,
    QUICK_ITEM,
    RATINGS,
    STEM,
    Element,
    ElementOrder,
)

OFFICIAL = """
PERSYARATAN | kesesuaian persyaratan pelayanan dengan jenis pelayanannya | Tidak sesuai | Kurang sesuai | Sesuai | Sangat sesuai
PROSEDUR | kemudahan prosedur pelayanan di unit ini | Tidak mudah | Kurang mudah | Mudah | Sangat mudah
WAKTU | kecepatan waktu dalam memberikan pelayanan | Tidak cepat | Kurang cepat | Cepat | Sangat cepat
BIAYA | kewajaran biaya/tarif dalam pelayanan | Sangat mahal | Cukup mahal | Murah | Gratis
PRODUK | kesesuaian produk pelayanan antara yang tercantum dalam standar pelayanan dengan hasil yang diberikan | Tidak sesuai | Kurang sesuai | Sesuai | Sangat sesuai
KOMPETENSI | kompetensi/kemampuan petugas dalam pelayanan | Tidak kompeten | Kurang kompeten | Kompeten | Sangat kompeten
PERILAKU | perilaku petugas dalam pelayanan terkait kesopanan dan keramahan | Tidak sopan dan ramah | Kurang sopan dan ramah | Sopan dan ramah | Sangat sopan dan ramah
SARANA | kualitas sarana dan prasarana | Buruk | Cukup | Baik | Sangat baik
PENGADUAN | penanganan pengaduan pengguna layanan | Tidak ada | Ada tetapi tidak berfungsi | Berfungsi kurang maksimal | Dikelola dengan baik
"""  # noqa: E501 - a table, one element a line
LINES = [[cell.strip() for cell in line.split("|")] for line in OFFICIAL.strip().splitlines()]
FIRST_SEVEN = "PERSYARATAN PROSEDUR WAKTU BIAYA PRODUK KOMPETENSI PERILAKU"


@pytest.mark.parametrize("line", LINES, ids=[line[0] for line in LINES])
def test_an_element_has_the_official_wording(line: list[str]) -> None:
    code, question, *answers = line
    item = ITEMS[Element(code)]
    assert (item.code, item.question, list(item.answers)) == (code, question, answers)


def test_there_are_nine_elements_known_by_code() -> None:
    assert [str(element) for element in ITEMS] == [str(element) for element in Element]
    assert {line[0] for line in LINES} == set(Element)
    assert len(Element) == 9


def test_the_questions_have_the_official_opening() -> None:
    assert STEM == "Bagaimana pendapat Saudara tentang …"


def test_the_quick_item_has_four_faces_and_is_no_element() -> None:
    assert QUICK_ITEM.code == OVERALL == "KESELURUHAN"
    assert QUICK_ITEM.answers == ("Tidak puas", "Kurang puas", "Puas", "Sangat puas")
    assert OVERALL not in set(Element)


def test_both_published_orders_hold_all_nine() -> None:
    assert " ".join(ORDERS[ElementOrder.BODY]) == f"{FIRST_SEVEN} PENGADUAN SARANA"
    assert " ".join(ORDERS[ElementOrder.ANNEX]) == f"{FIRST_SEVEN} SARANA PENGADUAN"


def test_ratings_are_one_to_four() -> None:
    assert RATINGS == (1, 2, 3, 4)


def test_three_elements_have_ladders_of_their_own() -> None:
    own = [code for code, item in ITEMS.items() if not item.answers[3].startswith("Sangat")]
    assert own == ["BIAYA", "PENGADUAN"]
    assert ITEMS[Element.SARANA].answers[0] == "Buruk"


def test_the_profile_is_the_official_forms_without_an_identity() -> None:
    assert [str(field) for field in ProfileField] == ["SEX", "AGE", "EDUCATION", "OCCUPATION"]
    assert list(LABELS) == list(OPTIONS) == list(ProfileField)
    assert list(OPTIONS[ProfileField.SEX]) == ["L", "P"]
    assert list(OPTIONS[ProfileField.EDUCATION].values()) == [
        "Tidak sekolah", "SD", "SMP", "SMA", "D-III", "S1", "S2", "S3",
    ]  # fmt: skip
    assert [word.lower() for word in OPTIONS[ProfileField.OCCUPATION].values()] == [
        "pns", "tni", "polri", "swasta", "wirausaha", "lainnya",
    ]  # fmt: skip


def test_age_is_asked_as_bands_that_leave_no_gap() -> None:
    bands = [code.replace("+", "-999").split("-") for code in OPTIONS[ProfileField.AGE]]
    edges = [(int(first), int(last)) for first, last in bands]
    assert edges[0][0] == 0
    assert all(edges[i][1] + 1 == edges[i + 1][0] for i in range(len(edges) - 1))
