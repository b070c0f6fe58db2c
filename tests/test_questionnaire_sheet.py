from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.questionnaire_counts import QuestionnaireCounts
from aggregation.sheets.header import HeaderMissing
from aggregation.sheets.questionnaire_sheet import QuestionnaireSheet, read_questionnaires
from survey.questionnaire import Element, ElementOrder
from tests.spreadsheets import DISTRICT_HEADER, Cell, csv_file, district_row, xlsx_file

RATINGS = [3, 4, 2, 4, 3, 3, 4, 1, 2]
RATING_HEADER = [f"U{number}" for number in range(1, 10)]


def one_line(cells: Sequence[Cell], header: Sequence[Cell] = RATING_HEADER) -> QuestionnaireSheet:
    return read_questionnaires(csv_file([header, cells], ";"))


def reasons_of(sheet: QuestionnaireSheet) -> list[tuple[int, str]]:
    return [(line.line, line.reason) for line in sheet.set_aside]


def with_cell(cell: Cell) -> list[Cell]:
    return [*RATINGS[:3], cell, *RATINGS[4:]]


def test_the_order_says_what_the_last_two_columns_are() -> None:
    data = csv_file([RATING_HEADER, RATINGS])
    body = read_questionnaires(data, ElementOrder.BODY).questionnaires[0].ratings
    annex = read_questionnaires(data, ElementOrder.ANNEX).questionnaires[0].ratings
    assert (body[Element.PENGADUAN], body[Element.SARANA]) == (1, 2)
    assert (annex[Element.SARANA], annex[Element.PENGADUAN]) == (1, 2)
    assert all(body[element] == annex[element] for element in list(Element)[:7])


def test_the_columns_of_the_district_apps_are_read_whole() -> None:
    comment = "Petugas; ramah,\nantrean “lama”"
    rows: list[Sequence[Cell]] = [
        DISTRICT_HEADER,
        district_row(1, RATINGS, comment),
        district_row(2, RATINGS),
    ]
    first, second = read_questionnaires(csv_file(rows, ";", "\r\n", "utf-8-sig")).questionnaires
    assert (first.line, second.line) == (2, 4)
    assert first.describing["SARAN"] == comment
    assert first.describing["JENIS KELAMIN"] == "P"
    assert list(first.ratings.values()) == RATINGS


def test_columns_may_stand_in_any_order() -> None:
    sheet = one_line(RATINGS[::-1], RATING_HEADER[::-1])
    assert list(sheet.questionnaires[0].ratings.values()) == RATINGS


def test_a_missing_rating_column_is_named() -> None:
    with pytest.raises(HeaderMissing, match="U4, U9"):
        one_line([1, 2], ["U1", "U2", "U3", "U5", "U6", "U7", "U8"])


@pytest.mark.parametrize("cell", ["4", " 4 ", "4.0", "4,0", "4.00", "4,000", "\u00a04"])
def test_a_whole_number_with_empty_decimals_is_that_number(cell: str) -> None:
    sheet = one_line(with_cell(cell))
    assert sheet.questionnaires[0].ratings[Element.BIAYA] == 4


@pytest.mark.parametrize(
    "cell",
    ["0", "5", "-1", "44", "3,5", "4.01", "4.", ",4", "04", "+4", "4e0", "４", "٤", "²", "IV"],  # noqa: RUF001
)
def test_what_is_not_1_to_4_sets_the_line_aside(cell: str) -> None:
    sheet = one_line(with_cell(cell))
    assert sheet.questionnaires == ()
    assert reasons_of(sheet) == [(2, f"U4 berisi “{cell}”; nilai harus 1, 2, 3, atau 4")]
    assert sheet.responses == 0


def test_all_wrong_cells_of_a_line_are_named_and_none_at_length() -> None:
    cells: list[Cell] = [5, *RATINGS[1:8], "sangat memuaskan sekali " * 90]
    (reason,) = reasons_of(one_line(cells))
    assert reason[1].startswith("U1 berisi “5”, U9 berisi “sangat memuaskan sek…”")


def test_a_reason_stays_on_its_line() -> None:
    (reason,) = reasons_of(one_line(with_cell("5\n\x1b[2J")))
    assert reason[1] == "U4 berisi “5  [2J”; nilai harus 1, 2, 3, atau 4"


def test_a_line_with_missing_answers_is_a_response_but_no_questionnaire() -> None:
    cells: list[Cell] = [*RATINGS[:3], "", *RATINGS[4:8], " "]
    sheet = one_line(cells)
    assert (sheet.questionnaires, sheet.responses) == ((), 1)
    assert reasons_of(sheet) == [(2, "belum lengkap: U4, U9 kosong")]


def test_a_line_that_stops_early_lacks_the_rest() -> None:
    assert reasons_of(one_line(RATINGS[:7])) == [(2, "belum lengkap: U8, U9 kosong")]


def test_a_numbered_line_without_any_answer_is_no_response() -> None:
    sheet = one_line(district_row(8, [""] * 9), DISTRICT_HEADER)
    assert reasons_of(sheet) == [(2, "tidak ada jawaban U1 sampai U9")]
    assert sheet.responses == 0


def test_an_unquoted_decimal_comma_is_noticed() -> None:
    data = b"U1,U2,U3,U4,U5,U6,U7,U8,U9\n3,0,4,2,4,3,3,4,1,2\n3,4,2,4,3,3,4,1,2\n"
    sheet = read_questionnaires(data)
    assert [line.line for line in sheet.questionnaires] == [3]
    assert "koma desimal" in sheet.set_aside[0].reason


@pytest.mark.parametrize("label", ["Jumlah", "TOTAL", "Rata-rata", "NRR", "(Σ)", "Nilai per unsur"])
@pytest.mark.parametrize("place", [0, 1, 6])
def test_a_row_that_sums_up_is_no_questionnaire_even_when_it_looks_like_one(
    label: str, place: int
) -> None:
    totals: list[Cell] = ["4,00"] * 9
    labelled: list[Cell] = ["", "", "", "", "", "", "", *totals, ""]
    labelled[place] = label
    rows: list[Sequence[Cell]] = [DISTRICT_HEADER, district_row(1, [4] * 9), labelled]
    for data in (csv_file(rows, ";"), xlsx_file(rows)):
        sheet = read_questionnaires(data)
        assert len(sheet.questionnaires) == 1
        assert reasons_of(sheet) == [(3, f"baris “{label}”, bukan kuesioner")]


def test_a_label_under_no_column_is_a_label_too() -> None:
    rows: list[list[Cell]] = [["", *RATING_HEADER], ["1", *RATINGS], ["Rata-rata", *[4] * 9]]
    assert [line.line for line in read_questionnaires(csv_file(rows)).questionnaires] == [2]


def test_a_comment_is_never_taken_for_a_label() -> None:
    sheet = one_line(district_row(1, RATINGS, "Total memuaskan"), DISTRICT_HEADER)
    assert len(sheet.questionnaires) == 1


@given(
    st.lists(
        st.lists(
            st.sampled_from(["1", "2", "3", "4", "4,0", "", "5", "x"]), min_size=9, max_size=9
        ),
        max_size=12,
    )
)
def test_every_line_with_a_cell_is_counted_once(rows: list[list[str]]) -> None:
    sheet = read_questionnaires(csv_file([RATING_HEADER, *rows], ";"))
    full = [
        [int(cell[0]) for cell in row]
        for row in rows
        if all(cell in {"1", "2", "3", "4", "4,0"} for cell in row)
    ]
    assert [list(line.ratings.values()) for line in sheet.questionnaires] == full
    assert len(full) + len(sheet.set_aside) == sum(any(row) for row in rows)
    assert QuestionnaireCounts.of(q.ratings for q in sheet.questionnaires).n == len(full)
