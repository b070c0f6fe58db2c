"""Ready-made conversions: what each border of the index becomes."""

from decimal import Decimal

import pytest

from aggregation.method.component import component_value
from aggregation.method.rule import Corner, Rule
from aggregation.method.rule_presets import PRESETS, SAME_SCALE, SCALE_OF_120, Preset, preset_of


def value(index: str, preset: Preset) -> str:
    return str(component_value(Decimal(index), Rule(conversion=PRESETS[preset])))


@pytest.mark.parametrize("index", ["25.00", "64.99", "76.61", "85.14", "100.00"])
def test_on_the_same_scale_the_component_is_the_index(index: str) -> None:
    assert value(index, Preset.SAME) == index


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("25.00", "0.00"),
        ("76.61", "100.00"),  # the target is met
        ("88.31", "110.00"),  # excellence: (88.31 − 76.61) · 20 ÷ 23.39 = 10.004
        ("100.00", "120.00"),
        ("85.14", "107.29"),
    ],
)
def test_on_the_scale_of_120_the_target_gives_100(index: str, expected: str) -> None:
    assert value(index, Preset.UP_TO_120) == expected


def test_a_preset_is_known_by_its_corners_and_changed_ones_are_the_offices_own() -> None:
    assert [preset_of(SAME_SCALE), preset_of(SCALE_OF_120)] == list(Preset)
    moved = (*SCALE_OF_120[:1], Corner(Decimal(80), Decimal(100)), *SCALE_OF_120[2:])
    assert preset_of(moved) is None


def test_no_citizen_who_is_happier_lowers_a_component() -> None:
    indices = [Decimal(hundredths) / 100 for hundredths in range(2500, 10001, 7)]
    for corners in PRESETS.values():
        values = [component_value(index, Rule(conversion=corners)) for index in indices]
        assert values == sorted(values)
