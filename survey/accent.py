"""A unit's own colour: four shades for light and four for dark, each checked to be readable.

Whoever sets up names one colour; everything else follows from it. A colour on which words could
not be read is refused, with the nearest one that can.
"""

import math
from dataclasses import dataclass

from survey.colour import contrast, shade_of, written

READABLE = 4.5
"""The least contrast of text (WCAG 2.2, 1.4.3)."""

_STEP = 0.002
_HOVER = 0.09
_DARKEST_FOR_HOVER = 0.15


class AccentUnreadable(ValueError):
    """Words in the colour could not be read on the pages.

    Attributes
    ----------
    nearest
        The nearest shade of the same hue that can be read, as ``#rrggbb``.
    """

    def __init__(self, colour: str, nearest: str) -> None:
        super().__init__(f"{colour} is too light to be read; {nearest} is not")
        self.nearest = nearest


@dataclass(frozen=True, slots=True)
class Shades:
    """The colours of one theme, each ``#rrggbb``.

    Attributes
    ----------
    accent
        Buttons, links, selection, the woven edge.
    strong
        A button that is pointed at.
    ink
        Words on the accent.
    soft
        The ground of a quiet message, and of a plain button that is pointed at.
    ground
        The page, which no accent changes.
    """

    accent: str
    strong: str
    ink: str
    soft: str
    ground: str

    @property
    def is_readable(self) -> bool:
        """Whether every pair that holds words has the least contrast."""
        pairs = (
            (self.accent, self.ground),
            (self.accent, self.soft),
            (self.ink, self.accent),
            (self.ink, self.strong),
        )
        return all(contrast(*pair) >= READABLE for pair in pairs)


@dataclass(frozen=True, slots=True)
class Accent:
    """A colour in both themes."""

    light: Shades
    dark: Shades


_LIGHT_GROUND, _DARK_GROUND = "#f7f6f3", "#171614"

OURS = Accent(
    Shades("#672a55", "#4c1c3f", "#ffffff", "#f6ecf2", _LIGHT_GROUND),
    Shades("#d9a2c3", "#ecc8dd", "#2b0f23", "#3a2634", _DARK_GROUND),
)
"""The product's own, as the stylesheets have it."""


def accent_of(colour: str | None) -> Accent:
    """Return the shades that follow from a colour; the product's own for none.

    Raises
    ------
    AccentUnreadable
        If words in it could not be read, with the nearest shade that can.
    NotAColour
        If it is not written ``#rrggbb``.
    """
    if colour is None:
        return OURS
    found = _derived(colour.lower())
    if not _is_readable(found):
        raise AccentUnreadable(colour, _nearest(colour))
    return found


def stylesheet(accent: Accent) -> str:
    """Return the rules that put an accent in place of the product's own."""
    dark = f"@media(prefers-color-scheme:dark){{{_rule(accent.dark)}}}"
    return f"{_rule(accent.light)}\n{dark}\n"


def _derived(colour: str) -> Accent:
    """Return the shades; the numbers keep those of the product's own at about their distance."""
    shade = shade_of(colour)
    away = _HOVER if shade.lightness < _DARKEST_FOR_HOVER else -_HOVER
    light = Shades(
        colour,
        written(shade.at(shade.lightness + away)),
        "#ffffff",
        written(shade.at(0.957, 0.014)),
        _LIGHT_GROUND,
    )
    dark = Shades(
        written(shade.at(0.77, 0.11)),
        written(shade.at(0.87, 0.07)),
        written(shade.at(0.21, 0.05)),
        written(shade.at(0.29, 0.035)),
        _DARK_GROUND,
    )
    return Accent(light, dark)


def _is_readable(accent: Accent) -> bool:
    return accent.light.is_readable and accent.dark.is_readable


def _nearest(colour: str) -> str:
    """Return the lightest shade below a colour that can be read; black can."""
    shade = shade_of(colour)
    for step in range(math.ceil(shade.lightness / _STEP)):
        tried = written(shade.at(shade.lightness - step * _STEP))
        if _is_readable(_derived(tried)):
            return tried
    return "#000000"


def _rule(shades: Shades) -> str:
    return (
        f":root{{--accent:{shades.accent};--accent-strong:{shades.strong};"
        f"--accent-ink:{shades.ink};--accent-soft:{shades.soft}}}"
    )
