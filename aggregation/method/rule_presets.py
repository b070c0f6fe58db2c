"""Ready-made conversions from index to component value; an office may set corners of its own.

No national rule fixes the conversion (method §6), so both are offers, not law.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum

from aggregation.method.rule import HIGHEST_INDEX, LOWEST_INDEX, Corner


class Preset(StrEnum):
    """A conversion by name."""

    SAME = "same"
    """The component value is the index itself, 25 to 100."""
    UP_TO_120 = "up_to_120"
    """For appraisals on the scale of PP 30/2019, 0 to 120."""


SAME_SCALE = (Corner(LOWEST_INDEX, LOWEST_INDEX), Corner(HIGHEST_INDEX, HIGHEST_INDEX))

SCALE_OF_120 = (
    Corner(LOWEST_INDEX, Decimal(0)),
    Corner(Decimal("76.61"), Decimal(100)),
    Corner(HIGHEST_INDEX, Decimal(120)),
)
"""The worst possible index gives 0, the default target gives 100, the best possible gives 120.

On that scale 100 says that a target was met and 120 is the most that can be said of exceeding it.
The default excellence index, 88.31, then comes to 110.00, where that scale's *sangat baik* begins.
"""

PRESETS: Mapping[Preset, tuple[Corner, ...]] = {
    Preset.SAME: SAME_SCALE,
    Preset.UP_TO_120: SCALE_OF_120,
}


def preset_of(conversion: Sequence[Corner]) -> Preset | None:
    """Return which preset a conversion is; None if its corners are the office's own.

    Examples
    --------
    >>> preset_of(SAME_SCALE).value
    'same'
    """
    corners = tuple(conversion)
    return next((name for name, of_preset in PRESETS.items() if of_preset == corners), None)
