from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.combination import (
    BLANK,
    NotACombination,
    pool,
    rating_counts,
    voice,
)
from aggregation.method.evidence import Basis, ReasonCode, evidence
from aggregation.method.interval import interval
from aggregation.method.officer_score import Figures, OfficerScore, Reader, officer_score, shown_to
from aggregation.method.rule import DEFAULT_RULE, Rule, Weighted

WEIGHTS = {"KESELURUHAN": 4, "PERILAKU": 3, "KOMPETENSI": 2, "WAKTU": 1}
COMBINATIONS = st.text(alphabet="1234-", min_size=4, max_size=4)
TALLIES = st.dictionaries(COMBINATIONS, st.integers(1, 50), max_size=12)
ANSWERED = COMBINATIONS.filter(lambda combination: combination != BLANK * 4)


def figures_of(counts: Mapping[str, int], rule: Rule = DEFAULT_RULE) -> Figures:
    figures = officer_score(counts, rule).figures
    assert figures is not None
    return figures


def reason_of(score: OfficerScore) -> ReasonCode | None:
    return score.reason.code if score.reason else None


# Combinations.


@pytest.mark.parametrize("text", ["", "444", "44444", "4 44", "40-1", "４444"])  # noqa: RUF001
def test_a_text_that_does_not_fit_the_rule_is_refused(text: str) -> None:
    with pytest.raises(NotACombination):
        voice(text, DEFAULT_RULE)
    with pytest.raises(NotACombination):
        rating_counts({text: 1}, DEFAULT_RULE)


@pytest.mark.parametrize(
    ("combination", "value"),
    [
        ("4444", "4"),
        ("1111", "1"),
        ("4---", "4"),
        ("43-2", "27/8"),
        ("1-4-", "2"),
        ("--34", "10/3"),
    ],
)
def test_a_voice_is_the_weighted_mean_of_what_was_answered(combination: str, value: str) -> None:
    assert voice(combination, DEFAULT_RULE) == Fraction(value)


def test_an_order_of_the_rule_is_an_order_of_the_characters() -> None:
    rule = Rule(elements=(Weighted("WAKTU", 1), Weighted("PERILAKU", 3)))
    assert voice("14", rule) == Fraction(13, 4)


def test_ratings_are_counted_per_element() -> None:
    counts = rating_counts({"43-2": 2, "4---": 1, "1111": 3}, DEFAULT_RULE)
    assert counts == {
        "KESELURUHAN": (3, 0, 0, 3),
        "PERILAKU": (3, 0, 2, 0),
        "KOMPETENSI": (3, 0, 0, 0),
        "WAKTU": (3, 2, 0, 0),
    }


def test_counts_per_element_would_not_determine_the_sum() -> None:
    apart, together = {"4---": 1, "-1--": 1}, {"41--": 1, "----": 1}
    assert rating_counts(apart, DEFAULT_RULE) == rating_counts(together, DEFAULT_RULE)
    assert figures_of(apart).raw_index != figures_of(together).raw_index


# The score.


def test_a_score_can_be_followed_with_a_calculator() -> None:
    figures = figures_of({"43-2": 3, "4---": 5, "3333": 1, "2-1-": 1})
    # 3 x 3.375 + 5 x 4 + 3 + 10/6 = 34.791666…; / 10 x 25
    assert str(figures.printed_sum) == "34.7917"
    assert figures.mean == Fraction("3.47917")
    assert str(figures.raw_index) == "86.98"


def test_the_printed_sum_is_what_the_index_rests_on() -> None:
    # One voice of 10/3 = 3.3333…: from the exact sum 83.333…, from the printed one 83.3325.
    assert str(figures_of({"--34": 1}).raw_index) == "83.33"
    assert figures_of({"--34": 1}).mean == Fraction("3.3333")


@given(TALLIES)
def test_the_score_equals_plain_loops_over_the_responses(counts: dict[str, int]) -> None:
    rows = [combination for combination, count in counts.items() for _ in range(count)]
    total, squares, n = 0, 0, 0  # in 2520ths, which every weight sum from 1 to 10 divides
    for row in rows:
        given_weights = [w for w, r in zip(WEIGHTS.values(), row, strict=True) if r != "-"]
        if not given_weights:
            continue
        points = sum(int(r) * w for w, r in zip(WEIGHTS.values(), row, strict=True) if r != "-")
        x = points * 2520 // sum(given_weights)
        total, squares, n = total + x, squares + x * x, n + 1
    score = officer_score(counts)
    assert score.n == n
    if n == 0:
        assert score.figures is None
        return
    figures = figures_of(counts)
    sum_in_ten_thousandths = (2 * total * 10_000 + 2520) // (2 * 2520)
    hundredths = (2 * 25 * sum_in_ten_thousandths + 100 * n) // (2 * 100 * n)
    assert figures.printed_sum == Decimal(sum_in_ten_thousandths) / 10_000
    assert figures.raw_index == Decimal(hundredths) / 100
    assert figures.moments.squares == Fraction(squares, 2520 * 2520)
    assert figures.interval == interval(figures.moments)


@given(st.lists(TALLIES, max_size=5))
def test_a_window_is_the_sum_of_its_months(months: list[dict[str, int]]) -> None:
    responses = [c for month in months for c, count in month.items() for _ in range(count)]
    assert pool(months) == Counter(responses)
    assert officer_score(pool(months)) == officer_score(Counter(responses))


@given(TALLIES, ANSWERED, st.data())
def test_raising_a_rating_never_lowers_the_officer(
    counts: dict[str, int], before: str, data: st.DataObject
) -> None:
    place = data.draw(st.sampled_from([p for p, r in enumerate(before) if r in "123-"] or [0]))
    higher = str(min(int(before[place]) + 1, 4)) if before[place] != BLANK else BLANK
    after = before[:place] + higher + before[place + 1 :]
    lower, raised = pool([counts, {before: 1}]), pool([counts, {after: 1}])
    assert figures_of(raised).raw_index >= figures_of(lower).raw_index


@given(TALLIES, ANSWERED)
def test_one_citizen_moves_the_raw_mean_by_at_most_one_voice(
    counts: dict[str, int], answer: str
) -> None:
    officer = officer_score(counts)
    if officer.figures is None:
        return
    moved = figures_of(pool([counts, {answer: 1}])).raw_index - officer.figures.raw_index
    assert abs(moved) <= Decimal(75) / (officer.n + 1) + Decimal("0.02")


def test_a_response_without_an_officers_element_has_no_voice() -> None:
    assert officer_score({"----": 7, "4444": 2}).n == 2
    assert officer_score({"----": 7}).figures is None


def test_a_design_effect_of_the_rule_widens_the_interval() -> None:
    counts = {"4444": 20, "3333": 20}
    wide = figures_of(counts, Rule(design_effect=Decimal(2)))
    assert wide.interval.half_width > figures_of(counts).interval.half_width
    assert wide.raw_index == figures_of(counts).raw_index


# Evidence, and who may see what.


@pytest.mark.parametrize(
    ("n", "half_width", "basis", "reason"),
    [
        (0, None, Basis.INSUFFICIENT, ReasonCode.BELOW_MINIMUM),
        (9, "1.00", Basis.INSUFFICIENT, ReasonCode.BELOW_MINIMUM),
        (10, "1.00", Basis.INDICATIVE, ReasonCode.FEW_RESPONSES),
        (29, "1.00", Basis.INDICATIVE, ReasonCode.FEW_RESPONSES),
        (30, "7.505", Basis.INDICATIVE, ReasonCode.WIDE_INTERVAL),
        (30, "7.5", Basis.PUBLISHABLE, None),
        (500, "7.505", Basis.INDICATIVE, ReasonCode.WIDE_INTERVAL),
    ],
)
def test_evidence_grows_with_responses_and_certainty(
    n: int, half_width: str | None, basis: Basis, reason: ReasonCode | None
) -> None:
    width = None if half_width is None else Decimal(half_width)
    found, why = evidence(n, width, DEFAULT_RULE)
    assert (found, why.code if why else None) == (basis, reason)


def test_without_a_duty_there_is_no_other_reason() -> None:
    score = officer_score({}, on_duty=False)
    assert (score.basis, score.n, score.figures) == (Basis.NO_DUTY, 0, None)
    assert score.reason is not None
    assert score.reason.text == "Tidak ada jadwal loket dalam jendela 3 bulan."


@pytest.mark.parametrize(
    ("coverage", "basis", "reason"),
    [
        (None, Basis.INDICATIVE, ReasonCode.UNKNOWN_COVERAGE),
        (Fraction(19, 100), Basis.INDICATIVE, ReasonCode.LOW_COVERAGE),
        (Fraction(1, 5), Basis.PUBLISHABLE, None),
    ],
)
def test_a_floor_of_coverage_holds_figures_back(
    coverage: Fraction | None, basis: Basis, reason: ReasonCode | None
) -> None:
    rule = Rule(minimum_coverage=Decimal("0.2"))
    score = officer_score({"4444": 40}, rule, coverage=coverage)
    assert (score.basis, reason_of(score)) == (basis, reason)


def test_a_reason_says_what_is_there_and_what_is_needed() -> None:
    reasons = [officer_score({"4444": n}).reason for n in (4, 12)]
    assert [reason.text for reason in reasons if reason] == [
        "Baru 4 tanggapan dalam jendela 3 bulan; paling sedikit 10.",
        "Baru 12 tanggapan dalam jendela 3 bulan; paling sedikit 30.",
    ]
    polarised = officer_score({"4444": 15, "1111": 15}).reason
    assert polarised is not None
    assert polarised.text == "Rentang 95 % masih lebih lebar dari ± 7,5 poin."


@pytest.mark.parametrize(
    ("n", "officer_sees", "hr_sees"), [(9, False, False), (29, True, False), (30, True, True)]
)
def test_below_the_threshold_no_number_leaves(n: int, officer_sees: bool, hr_sees: bool) -> None:
    score = officer_score({"4444": n})
    assert (shown_to(Reader.OFFICER, score).figures is not None) == officer_sees
    assert (shown_to(Reader.HR, score).figures is not None) == hr_sees
    assert shown_to(Reader.HR, score) == replace(score, figures=score.figures if hr_sees else None)
