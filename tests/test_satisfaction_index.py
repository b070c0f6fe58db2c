from collections.abc import Callable, Iterable, Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.grades import GRADES_2004, GRADES_2017, GradeTable, grade_of
from aggregation.method.questionnaire_counts import (
    NO_QUESTIONNAIRES,
    CountsDisagree,
    NotAFullQuestionnaire,
    QuestionnaireCounts,
)
from aggregation.method.rounding import half_up
from aggregation.method.satisfaction_index import (
    EQUAL,
    METHODS,
    IndexMethod,
    SatisfactionIndex,
    WeightsUnusable,
    index_of_means,
    own_weights,
    satisfaction_index,
)
from survey.questionnaire import Element
from tests.questionnaires import (
    BANTUL,
    EXAMPLES,
    SULAWESI_BARAT,
    TULANG_BAWANG_BARAT,
    alike,
    full_questionnaires,
    many,
    raised,
    summing_by_element,
    summing_to,
    with_total,
)

Compute = Callable[[int, int], Decimal]


def index_of(
    questionnaires: Iterable[Mapping[Element, int]],
    method: IndexMethod = EQUAL,
    grades: GradeTable = GRADES_2017,
) -> SatisfactionIndex:
    index = satisfaction_index(QuestionnaireCounts.of(questionnaires), method, grades)
    assert index is not None
    return index


def ours(total: int, n: int) -> Decimal:
    return index_of(summing_to(total, n)).index


def in_whole_numbers(total: int, n: int) -> Decimal:
    """25·S/(9·n) in hundredths, by nothing but whole numbers."""
    hundredths = (2 * 2500 * total + 9 * n) // (2 * 9 * n)
    return Decimal(hundredths) / 100


def in_floats(total: int, n: int) -> Decimal:
    return Decimal(str(round(25 * total / (9 * n), 2)))


def in_bankers_rounding(total: int, n: int) -> Decimal:
    return (Decimal(25 * total) / (9 * n)).quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def stands_on_the_borders(compute: Compute) -> bool:
    return all(compute(b["sum"], b["n"]) == Decimal(b["ikm"]) for b in EXAMPLES["borders"])


# The published figures.


def test_the_published_means_give_the_published_index() -> None:
    means = {Element(code): Fraction(nrr) for code, nrr in BANTUL["nrr"].items()}
    index = index_of_means(means)
    assert (str(index), grade_of(index).letter) == (BANTUL["ikm"], BANTUL["grade"])


def test_the_published_questionnaire_gives_the_published_index() -> None:
    index = index_of(
        {Element(code): rating for code, rating in sheet.items()}
        for sheet in TULANG_BAWANG_BARAT["responses"]
    )
    assert str(index.index) == TULANG_BAWANG_BARAT["ikm"] == "100.00"
    assert index.grade.letter == TULANG_BAWANG_BARAT["grade"]


@pytest.mark.parametrize(
    ("method", "ikm"), [("equal", SULAWESI_BARAT["ikm"]), *SULAWESI_BARAT["legacy"].items()]
)
def test_the_published_sums_give_the_published_index_of_each_method(method: str, ikm: str) -> None:
    sums = {Element(code): total for code, total in SULAWESI_BARAT["sums"].items()}
    index = index_of(summing_by_element(sums, SULAWESI_BARAT["n"]), method=METHODS[method])
    assert (str(index.index), index.grade.letter) == (ikm, "A")
    assert {e: figures.rating_sum for e, figures in index.elements.items()} == sums


def test_a_unit_is_not_the_mean_of_its_services() -> None:
    published = [Decimal("75.56"), Decimal("86.29"), Decimal("94.61")]
    assert half_up(Fraction(sum(published)) / 3, 2) == Decimal("85.49") != Decimal(BANTUL["ikm"])


# One rounding, half up, at the end; the grade from the rounded number.


@pytest.mark.parametrize("border", EXAMPLES["borders"], ids=lambda border: border["why"])
def test_a_border_case_gets_its_index_and_grade(border: dict[str, Any]) -> None:
    index = index_of(summing_to(border["sum"], border["n"]))
    assert (str(index.index), index.grade.letter) == (border["ikm"], border["grade"])


def test_only_exact_rounding_half_up_stands_on_the_borders() -> None:
    assert stands_on_the_borders(ours)
    assert stands_on_the_borders(in_whole_numbers)
    assert not stands_on_the_borders(in_floats)
    assert not stands_on_the_borders(in_bankers_rounding)


@pytest.mark.parametrize(
    ("exact", "printed", "letter"),
    [
        ("25", "25.00", "D"),
        ("64.99", "64.99", "D"),
        ("64.994999", "64.99", "D"),
        ("64.995", "65.00", "C"),
        ("65", "65.00", "C"),
        ("76.60", "76.60", "C"),
        ("76.604999", "76.60", "C"),
        ("76.605", "76.61", "B"),
        ("76.61", "76.61", "B"),
        ("88.30", "88.30", "B"),
        ("88.304999", "88.30", "B"),
        ("88.305", "88.31", "A"),
        ("88.31", "88.31", "A"),
        ("100", "100.00", "A"),
    ],
)
def test_the_grade_changes_at_the_printed_border(exact: str, printed: str, letter: str) -> None:
    index = index_of_means(dict.fromkeys(Element, Fraction(exact) / 25))
    assert (str(index), grade_of(index).letter) == (printed, letter)


def test_the_grade_table_belongs_to_the_period() -> None:
    sheets = [with_total(29)]
    assert index_of(sheets).grade.letter == "B"
    assert index_of(sheets, grades=GRADES_2004).grade.category == "Baik"
    assert [grade_of(Decimal(i), GRADES_2004).letter for i in ("81.25", "81.26")] == ["B", "A"]


@pytest.mark.parametrize(
    ("value", "printed"), [("-0.005", "-0.01"), ("-0.004", "0.00"), ("2.675", "2.68")]
)
def test_a_half_is_rounded_away_from_zero(value: str, printed: str) -> None:
    assert str(half_up(Fraction(value), 2)) == printed


# Methods.


@pytest.mark.parametrize(
    ("method", "ikm"),
    [("equal", "100.00"), ("0.11", "99.00"), ("0.111", "99.90"), ("rounded-index", "100.00")],
)
def test_a_perfect_sheet_is_100_but_for_the_legacy_weights(method: str, ikm: str) -> None:
    assert str(index_of([alike(4)], method=METHODS[method]).index) == ikm


def test_a_legacy_index_below_the_table_takes_the_lowest_grade() -> None:
    index = index_of([alike(1)], method=METHODS["0.11"])
    assert (str(index.index), index.grade.letter) == ("24.75", "D")


@given(many())
def test_the_early_rounding_ends_in_quarters(sheets: list[dict[Element, int]]) -> None:
    index = index_of(sheets, method=METHODS["rounded-index"]).index
    assert str(index)[-2:] in {"00", "25", "50", "75"}


@given(many())
def test_own_weights_of_a_ninth_are_the_method(sheets: list[dict[Element, int]]) -> None:
    ninths = own_weights("own", dict.fromkeys(Element, Fraction(1, 9)))
    assert index_of(sheets, method=ninths).index == index_of(sheets).index


def test_own_weights_count_as_they_say() -> None:
    only_cost = {e: Fraction(e is Element.BIAYA) for e in Element}
    sheet = alike(1) | {Element.BIAYA: 4}
    assert str(index_of([sheet], method=own_weights("own", only_cost)).index) == "100.00"


@pytest.mark.parametrize(
    "weights",
    [
        dict.fromkeys(Element, Fraction("0.111")),
        dict.fromkeys(list(Element)[:8], Fraction(1, 8)),
        {e: Fraction(2 if e is Element.WAKTU else -1, 8) for e in Element},
        {},
    ],
)
def test_own_weights_that_do_not_sum_to_one_are_refused(weights: dict[Element, Fraction]) -> None:
    with pytest.raises(WeightsUnusable):
        own_weights("own", weights)


# What must hold for any set of questionnaires.


@given(many())
def test_the_index_equals_plain_loops_over_the_rows(sheets: list[dict[Element, int]]) -> None:
    index = index_of(sheets)
    total = 0
    for sheet in sheets:
        for rating in sheet.values():
            total += rating
    assert (index.n, index.index) == (len(sheets), in_whole_numbers(total, len(sheets)))
    for element, figures in index.elements.items():
        of_element = sum(sheet[element] for sheet in sheets)
        assert figures.rating_sum == of_element
        assert figures.index == in_whole_numbers(9 * of_element, len(sheets))


@given(many(), st.data())
def test_raising_a_rating_never_lowers_the_index(
    sheets: list[dict[Element, int]], data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(sheets) - 1))
    element = data.draw(st.sampled_from(Element))
    method = METHODS[data.draw(st.sampled_from(list(METHODS)))]
    happier = [*sheets[:place], raised(sheets[place], element), *sheets[place + 1 :]]
    assert index_of(happier, method=method).index >= index_of(sheets, method=method).index


@given(many(), st.data())
def test_order_never_matters(sheets: list[dict[Element, int]], data: st.DataObject) -> None:
    assert index_of(data.draw(st.permutations(sheets))) == index_of(sheets)


@given(st.lists(many(0), max_size=4))
def test_pooling_is_the_sum_of_the_parts(parts: list[list[dict[Element, int]]]) -> None:
    pooled = sum((QuestionnaireCounts.of(part) for part in parts), start=NO_QUESTIONNAIRES)
    assert pooled == QuestionnaireCounts.of(sheet for part in parts for sheet in part)


@given(full_questionnaires())
def test_the_index_lies_between_25_and_100(sheet: dict[Element, int]) -> None:
    assert Decimal(25) <= index_of([sheet]).index <= Decimal(100)


def test_without_a_questionnaire_there_is_no_index() -> None:
    assert satisfaction_index(NO_QUESTIONNAIRES) is None


# Counts that cannot be.


@pytest.mark.parametrize(
    "sheet",
    [
        {},
        {e: 4 for e in Element if e is not Element.SARANA},
        alike(4) | {Element.BIAYA: 5},
        alike(4) | {Element.BIAYA: 0},
    ],
)
def test_only_full_questionnaires_are_counted(sheet: dict[Element, int]) -> None:
    with pytest.raises(NotAFullQuestionnaire):
        QuestionnaireCounts.of([sheet])


ONE_SHEET_OF_THREES = {(e, 3): 1 for e in Element}


@pytest.mark.parametrize(
    ("ratings", "totals"),
    [
        (ONE_SHEET_OF_THREES, {27: 2}),
        (ONE_SHEET_OF_THREES, {28: 1}),
        (ONE_SHEET_OF_THREES, {}),
        (ONE_SHEET_OF_THREES | {(Element.BIAYA, 3): 0}, {27: 1}),
        (ONE_SHEET_OF_THREES | {(Element.BIAYA, 5): 1}, {27: 1}),
        (ONE_SHEET_OF_THREES, {27: 1, 37: 1}),
        ({(e, 3): -1 for e in Element}, {27: -1}),
    ],
)
def test_counts_that_contradict_each_other_are_refused(
    ratings: dict[tuple[Element, int], int], totals: dict[int, int]
) -> None:
    with pytest.raises(CountsDisagree):
        QuestionnaireCounts(ratings, totals)


def test_stored_counts_equal_those_of_the_rows() -> None:
    stored = QuestionnaireCounts(ONE_SHEET_OF_THREES | {(Element.BIAYA, 4): 0}, {27: 1, 36: 0})
    assert stored == QuestionnaireCounts.of([alike(3)])
    assert satisfaction_index(stored, EQUAL) == index_of([alike(3)])
