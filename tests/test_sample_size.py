import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.method.sample_size import (
    TABLE_ROWS,
    NotAPopulation,
    krejcie_morgan,
    required_sample,
)

OFFICIAL = {
    10: 10, 15: 14, 20: 19, 25: 24, 30: 28, 35: 32, 40: 36, 45: 40, 50: 44, 55: 48,
    60: 52, 65: 56, 70: 59, 75: 63, 80: 66, 85: 70, 90: 73, 95: 76, 100: 80, 110: 86,
    120: 92, 130: 97, 140: 103, 150: 108, 160: 113, 170: 118, 180: 123, 190: 127, 200: 132,
    210: 136, 220: 140, 230: 144, 240: 148, 250: 152, 260: 155, 270: 159, 280: 162, 290: 165,
    300: 169, 320: 175, 340: 181, 360: 186, 380: 191, 400: 196, 420: 201, 440: 205, 460: 210,
    480: 214, 500: 217, 550: 226, 600: 234, 650: 242, 700: 248, 750: 254, 800: 260, 850: 265,
    900: 269, 950: 274, 1000: 278, 1100: 285, 1200: 291, 1300: 297, 1400: 302, 1500: 306,
    1600: 310, 1700: 313, 1800: 317, 1900: 320, 2000: 322, 2200: 327, 2400: 331, 2600: 335,
    2800: 338, 3000: 341, 3500: 346, 4000: 351, 4500: 354, 5000: 357, 6000: 361, 7000: 364,
    8000: 367, 9000: 368, 10_000: 370, 15_000: 375, 20_000: 377, 30_000: 379, 40_000: 380,
    50_000: 381, 75_000: 382, 1_000_000: 384,
}  # fmt: skip


def cut_off(population: int) -> int:
    numerator = 3.841 * population / 4
    return int(numerator / (0.0025 * (population - 1) + 3.841 / 4))


def test_the_formula_gives_all_ninety_rows_of_the_official_table() -> None:
    assert len(OFFICIAL) == 90
    assert {row: krejcie_morgan(row) for row in TABLE_ROWS} == OFFICIAL


def test_without_ordinary_rounding_the_table_would_not_come_out() -> None:
    assert {row: cut_off(row) for row in TABLE_ROWS} != OFFICIAL


@pytest.mark.parametrize(
    ("population", "sample"),
    [
        (0, 0),
        (1, 1),
        (9, 9),
        (11, 11),
        (13, 13),
        (14, 14),
        (15, 14),
        (16, 16),
        (96, 80),
        (101, 86),
        (501, 226),
        (2999, 341),
        (3000, 341),
        (3001, 346),
        (75_001, 384),
        (1_000_001, 384),
        (280_000_000, 384),
    ],
)
def test_between_rows_the_next_row_up_is_taken(population: int, sample: int) -> None:
    assert required_sample(population) == sample


@given(st.integers(0, 2_000_000))
def test_more_people_never_need_a_smaller_sample(population: int) -> None:
    assert required_sample(population) <= required_sample(population + 1) <= population + 1


def test_fewer_than_nobody_cannot_be_served() -> None:
    with pytest.raises(NotAPopulation):
        required_sample(-1)
