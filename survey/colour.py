"""Colours as numbers: what is read on what (WCAG 2.2), and shades that look alike (OKLCH).

OKLCH tells a colour by lightness, chroma and hue as eyes see them, so a shade is made lighter
without seeming to change its hue (Ottosson, 2020, "A perceptual color space for image processing").
"""

import math
import re
from dataclasses import dataclass, replace

_WRITTEN = re.compile(r"#[0-9a-fA-F]{6}")
_Triple = tuple[float, float, float]
_Matrix = tuple[_Triple, _Triple, _Triple]

# From linear sRGB to the cones' answers, and from their cube roots to lightness and two opponents.
_TO_CONES: _Matrix = (
    (0.4122214708, 0.5363325363, 0.0514459929),
    (0.2119034982, 0.6806995451, 0.1073969566),
    (0.0883024619, 0.2817188376, 0.6299787005),
)
_TO_LAB: _Matrix = (
    (0.2104542553, 0.7936177850, -0.0040720468),
    (1.9779984951, -2.4285922050, 0.4505937099),
    (0.0259040371, 0.7827717662, -0.8086757660),
)
# The inverses of the two.
_FROM_LAB: _Matrix = (
    (1.0, 0.3963377774, 0.2158037573),
    (1.0, -0.1055613458, -0.0638541728),
    (1.0, -0.0894841775, -1.2914855480),
)
_FROM_CONES: _Matrix = (
    (4.0767416621, -3.3077115913, 0.2309699292),
    (-1.2684380046, 2.6097574011, -0.3413193965),
    (-0.0041960863, -0.7034186147, 1.7076147010),
)
_LUMINANCE = (0.2126, 0.7152, 0.0722)
_ROUNDING = 1e-6
_FINER = 0.98


class NotAColour(ValueError):
    """The text is not a colour written ``#rrggbb``."""


@dataclass(frozen=True, slots=True)
class Shade:
    """A colour in OKLCH: lightness 0 to 1, chroma from 0 (grey), hue in radians."""

    lightness: float
    chroma: float
    hue: float

    def at(self, lightness: float, most_chroma: float = math.inf) -> "Shade":
        """Return the same hue lighter or darker, and no more colourful than told."""
        return replace(self, lightness=lightness, chroma=min(self.chroma, most_chroma))


def shade_of(colour: str) -> Shade:
    """Return a colour written ``#rrggbb`` as a shade.

    Raises
    ------
    NotAColour
        If it is written in another way.
    """
    long, middle, short = _times(_TO_CONES, _linear(colour))
    roots = math.cbrt(long), math.cbrt(middle), math.cbrt(short)
    lightness, a, b = _times(_TO_LAB, roots)
    return Shade(lightness, math.hypot(a, b), math.atan2(b, a))


def written(shade: Shade) -> str:
    """Return a shade as ``#rrggbb``; one that no screen can show loses chroma until one can.

    Examples
    --------
    >>> written(shade_of("#672a55"))
    '#672a55'
    """
    parts = _rgb(shade)
    while not all(-_ROUNDING <= part <= 1 + _ROUNDING for part in parts):
        shade = replace(shade, chroma=shade.chroma * _FINER)
        parts = _rgb(shade) if shade.chroma > _ROUNDING else (shade.lightness**3,) * 3
    return "#" + "".join(f"{round(255 * _coded(min(max(part, 0), 1))):02x}" for part in parts)


def contrast(one: str, other: str) -> float:
    """Return how well one colour is read on another, 1 to 21 (WCAG 2.2, contrast ratio).

    Examples
    --------
    >>> round(contrast("#ffffff", "#000000"), 1)
    21.0
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    return sum(weight * part for weight, part in zip(_LUMINANCE, _linear(colour), strict=True))


def _linear(colour: str) -> _Triple:
    """Return the light of each of the three lamps of a pixel, 0 to 1."""
    if not _WRITTEN.fullmatch(colour):
        raise NotAColour(colour)
    red, green, blue = (part / 255 for part in bytes.fromhex(colour[1:]))
    return _uncoded(red), _uncoded(green), _uncoded(blue)


def _uncoded(part: float) -> float:
    # WCAG 2.2 writes 0.04045 since 2021; for eight bits the older 0.03928 gives the same.
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004


def _coded(part: float) -> float:
    return 12.92 * part if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055  # noqa: PLR2004


def _rgb(shade: Shade) -> _Triple:
    a, b = shade.chroma * math.cos(shade.hue), shade.chroma * math.sin(shade.hue)
    roots = _times(_FROM_LAB, (shade.lightness, a, b))
    return _times(_FROM_CONES, (roots[0] ** 3, roots[1] ** 3, roots[2] ** 3))


def _times(matrix: _Matrix, values: _Triple) -> _Triple:
    first, second, third = (
        sum(factor * value for factor, value in zip(row, values, strict=True)) for row in matrix
    )
    return first, second, third
