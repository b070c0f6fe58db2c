"""A unit's own colour: whatever is accepted can be read, in light and in dark."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from survey.accent import OURS, READABLE, Accent, AccentUnreadable, Shades, accent_of, stylesheet
from survey.colour import NotAColour, contrast, shade_of, written
from survey.settings import HOME

STYLESHEETS = (HOME / "survey/static/citizen.css", HOME / "aggregation/static/staff.css")
TOKEN = re.compile(r"--(accent(?:-strong|-ink|-soft)?|ground): (#[0-9a-f]{6});")
colours = st.integers(0, 0xFFFFFF).map("#{:06x}".format)


def pairs(accent: Accent) -> Iterator[tuple[str, str]]:
    """Yield what the look's table of contrasts asks of an accent, in both themes."""
    for shades in (accent.light, accent.dark):
        yield shades.accent, shades.ground
        yield shades.accent, shades.soft
        yield shades.ink, shades.accent
        yield shades.ink, shades.strong


def tokens(sheet: Path) -> list[dict[str, str]]:
    """Return the colours of a stylesheet, for light and for dark."""
    found = TOKEN.findall(sheet.read_text())
    light = dict(reversed(found))
    return [light, dict(found)]


def as_tokens(shades: Shades) -> dict[str, str]:
    return {
        "accent": shades.accent,
        "accent-strong": shades.strong,
        "accent-ink": shades.ink,
        "accent-soft": shades.soft,
        "ground": shades.ground,
    }


@given(colours)
def test_whatever_is_accepted_can_be_read(colour: str) -> None:
    try:
        accent = accent_of(colour)
    except AccentUnreadable:
        return
    assert accent.light.accent == colour
    assert min(contrast(*pair) for pair in pairs(accent)) >= READABLE


@given(colours.filter(lambda colour: contrast(colour, OURS.light.ground) < READABLE))
def test_what_is_refused_comes_with_a_shade_that_is_accepted(colour: str) -> None:
    with pytest.raises(AccentUnreadable) as refused:
        accent_of(colour)
    nearest = refused.value.nearest
    assert accent_of(nearest).light.accent == nearest
    assert shade_of(nearest).lightness < shade_of(colour).lightness


@given(colours)
def test_a_colour_is_refused_only_where_it_could_not_be_read(colour: str) -> None:
    readable_on_the_page = contrast(colour, OURS.light.ground) >= 1.1 * READABLE
    try:
        accent_of(colour)
    except AccentUnreadable:
        assert not readable_on_the_page


def test_a_shade_that_could_not_be_read_would_be_noticed() -> None:
    pale = Shades("#c9a0bb", "#4c1c3f", "#ffffff", "#f6ecf2", "#f7f6f3")
    assert not pale.is_readable
    assert min(contrast(*pair) for pair in pairs(Accent(pale, OURS.dark))) < READABLE


@given(colours)
def test_a_colour_is_written_as_it_was_read(colour: str) -> None:
    assert written(shade_of(colour)) == colour


@pytest.mark.parametrize(
    ("ink", "ground", "ratio"),
    [("#672a55", "#f7f6f3", 9.53), ("#1c1b19", "#f7f6f3", 15.92), ("#d9a2c3", "#3a2634", 6.57)],
)
def test_contrast_is_that_of_the_published_formula(ink: str, ground: str, ratio: float) -> None:
    assert round(contrast(ink, ground), 2) == ratio


@pytest.mark.parametrize("sheet", STYLESHEETS, ids=lambda path: path.name)
def test_without_a_colour_the_pages_keep_their_own(sheet: Path) -> None:
    accent = accent_of(None)
    assert [as_tokens(accent.light), as_tokens(accent.dark)] == tokens(sheet)


def test_the_stylesheet_replaces_the_four_colours_in_both_themes() -> None:
    found = re.findall(r"--(accent[a-z-]*):(#[0-9a-f]{6})", stylesheet(OURS))
    ours = [*as_tokens(OURS.light).items(), *as_tokens(OURS.dark).items()]
    assert found == [each for each in ours if each[0] != "ground"]


@pytest.mark.parametrize("text", ["", "672a55", "#672a5", "red", "#672a5g", "#672a555"])
def test_only_colours_of_six_digits_are_colours(text: str) -> None:
    with pytest.raises(NotAColour):
        accent_of(text)


def test_the_nearest_shade_keeps_the_hue() -> None:
    with pytest.raises(AccentUnreadable) as refused:
        accent_of("#e0a000")
    assert abs(shade_of(refused.value.nearest).hue - shade_of("#e0a000").hue) < 0.05
