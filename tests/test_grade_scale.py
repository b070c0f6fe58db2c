from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.interval import Interval
from aggregation.output.grade_scale import GradeScale, grade_scale


def scale(index: str, low: str, high: str) -> GradeScale:
    return grade_scale(Decimal(index), Interval(Decimal(low), Decimal(high)))


def test_the_bands_fill_the_drawing_from_d_to_a() -> None:
    bands = scale("84.39", "83.30", "85.40").bands
    assert [band.letter for band in bands] == ["D", "C", "B", "A"]
    assert bands[0].left == 0
    assert sum(band.width for band in bands) == 100
    assert [band.left for band in bands[1:]] == [b.left + b.width for b in bands[:-1]]


def test_only_borders_between_grades_are_labelled() -> None:
    bands = scale("84.39", "83.30", "85.40").bands
    assert [str(band.lowest) for band in bands] == ["None", "65.00", "76.61", "88.31"]


def test_the_drawing_begins_at_the_lowest_index_only_when_it_must() -> None:
    assert scale("84.39", "83.30", "85.40").bands[0].width == Decimal("22.22")
    assert scale("56.00", "54.99", "60.00").bands[0].width == Decimal("53.33")


@pytest.mark.parametrize(
    ("index", "letter"), [("65.00", "C"), ("76.60", "C"), ("76.61", "B"), ("88.31", "A")]
)
def test_an_index_stands_in_the_band_of_its_grade(index: str, letter: str) -> None:
    drawn = scale(index, "60.00", "99.00")
    [band] = [b for b in drawn.bands if b.left <= drawn.index_at < b.left + b.width]
    assert band.letter == letter


@given(st.lists(st.decimals("25.00", "100.00", places=2), min_size=3, max_size=3))
def test_everything_lies_within_the_drawing(points: list[Decimal]) -> None:
    low, index, high = sorted(points)
    drawn = grade_scale(index, Interval(low, high))
    assert 0 <= drawn.interval_left <= drawn.index_at <= 100
    assert drawn.interval_left + drawn.interval_width <= 100
