from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given

from aggregation.method.change import Change, Estimate, change_of
from aggregation.method.interval import Interval
from aggregation.method.questionnaire_counts import NO_QUESTIONNAIRES, QuestionnaireCounts
from aggregation.method.suppression import SMALLEST_CELL
from aggregation.output.unit_month import UnitMonth, unit_month
from survey.questionnaire import ORDERS, Element, ElementOrder
from tests.questionnaires import Ratings, alike, many, summing_by_element

BODY = ORDERS[ElementOrder.BODY]


def month(now: Sequence[Ratings], before: Sequence[Ratings] | None = None) -> UnitMonth | None:
    earlier = None if before is None else QuestionnaireCounts.of(before)
    return unit_month(QuestionnaireCounts.of(now), earlier, BODY)


def shown(now: Sequence[Ratings], before: Sequence[Ratings] | None = None) -> UnitMonth:
    figures = month(now, before)
    assert figures is not None
    return figures


def estimate(index: str, half_width: str) -> Estimate:
    middle, half = Decimal(index), Decimal(half_width)
    return Estimate(middle, Interval(middle - half, middle + half))


def test_fewer_than_ten_questionnaires_give_no_figure() -> None:
    assert month([alike(4)] * (SMALLEST_CELL - 1)) is None
    assert unit_month(NO_QUESTIONNAIRES, None, BODY) is None
    assert shown([alike(4)] * SMALLEST_CELL).now.index.index == Decimal("100.00")


def test_a_month_of_fewer_than_ten_is_not_compared_with() -> None:
    figures = shown([alike(3)] * 10, [alike(1)] * 9)
    assert (figures.before, figures.change, figures.difference) == (None, None, None)
    assert {(line.before, line.change, line.difference) for line in figures.lines} == {
        (None, None, None)
    }


@given(many(least=10), many(least=10))
def test_lines_are_the_plain_means_and_their_printed_differences(
    now: list[Ratings], before: list[Ratings]
) -> None:
    figures = shown(now, before)
    assert tuple(line.element for line in figures.lines) == BODY
    for line in figures.lines:
        exact = Fraction(sum(sheet[line.element] for sheet in now), len(now))
        assert abs(Fraction(line.mean) - exact) <= Fraction(1, 200)
        assert line.before is not None
        assert line.difference == line.mean - line.before


@given(many(least=10), many(least=10))
def test_a_month_and_its_mirror_tell_opposite_changes(
    one: list[Ratings], other: list[Ratings]
) -> None:
    opposite = {
        Change.RISE: Change.FALL,
        Change.FALL: Change.RISE,
        Change.STEADY: Change.STEADY,
    }
    there, back = shown(one, other), shown(other, one)
    assert there.change is not None
    assert back.change is opposite[there.change]


@given(many(least=10))
def test_the_same_month_again_changes_nothing(sheets: list[Ratings]) -> None:
    figures = shown(sheets, sheets)
    assert figures.change is Change.STEADY
    assert figures.moved(Change.STEADY) == figures.lines


def test_an_element_that_fell_by_more_than_chance_is_named() -> None:
    before = [alike(3)] * 200
    figures = shown([{**alike(3), Element.WAKTU: 2}] * 200, before)
    assert [line.element for line in figures.moved(Change.FALL)] == [Element.WAKTU]
    assert figures.moved(Change.RISE) == ()


def test_elements_that_share_the_lowest_mean_are_both_named() -> None:
    sums = {**dict.fromkeys(Element, 40), Element.WAKTU: 30, Element.SARANA: 30}
    figures = shown(list(summing_by_element(sums, 13)))
    assert [line.element for line in figures.lowest] == [Element.WAKTU, Element.SARANA]
    assert len(figures.highest) == 7


@pytest.mark.parametrize(
    ("now", "said"),
    [("83.00", Change.RISE), ("81.41", Change.STEADY), ("77.00", Change.FALL)],
)
def test_a_difference_must_exceed_the_noise_of_both_months(now: str, said: Change) -> None:
    # 1.00 and 1.00 make a noise of 1.41…
    assert change_of(estimate("80.00", "1.00"), estimate(now, "1.00")) is said
