"""From a template and its data to a printable sheet: typst, the product's own fonts, no clock."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import typst

TEMPLATES = Path(__file__).resolve().parent.parent / "templates" / "kiosk"
FONTS = Path(__file__).resolve().parent / "fonts"

# The sheet of the same desk is the same file, byte for byte, on every machine and in every year.
NO_CLOCK = 0

Standard = Literal["a-2a", "ua-1"]

ACCESSIBLE: tuple[Standard, ...] = ("ua-1",)
"""PDF/UA-1: readable by a screen reader."""

ARCHIVE: tuple[Standard, ...] = ("a-2a", "ua-1")
"""Also PDF/A-2a, which is made to be kept; the template then says its own date."""

# How typst words it: no glyph in the font, or a control character.
FONT_COMPLAINTS = ("could not be displayed with font", "contains the disallowed codepoint")


class LetterNotPrintable(ValueError):
    """A name holds a letter that the vendored fonts cannot draw (Public Sans: Latin script)."""

    def __init__(self, complaint: str) -> None:
        super().__init__(f"A name cannot be printed as it is written. {complaint}")


@dataclass(frozen=True)
class Sheet:
    """A template of ``templates/kiosk`` and the JSON-ready values it prints, always as text."""

    template: str
    data: dict[str, Any]


def pdf(sheet: Sheet, standards: tuple[Standard, ...] = ACCESSIBLE) -> bytes:
    """Set the sheet as an accessible PDF; the same sheet gives the same bytes.

    Raises
    ------
    LetterNotPrintable
        If a name is written with letters the fonts do not have.
    """
    try:
        made = _compiler(sheet).compile(
            format="pdf", pdf_standards=list(standards), timestamp=NO_CLOCK
        )
    except typst.TypstError as error:
        if any(complaint in error.message for complaint in FONT_COMPLAINTS):
            raise LetterNotPrintable(error.message) from error
        raise
    return _pages(made)[0]


def pictures(sheet: Sheet, dots_per_inch: int = 144) -> list[bytes]:
    """Set the same sheet as PNG pictures, one for each page, for a look before printing."""
    return _pages(_compiler(sheet).compile(format="png", ppi=dots_per_inch, timestamp=NO_CLOCK))


def drawing(sheet: Sheet) -> bytes:
    """Set the same sheet's first page as SVG; letters are drawn, so it needs no font."""
    return _pages(_compiler(sheet).compile(format="svg", timestamp=NO_CLOCK))[0]


def _compiler(sheet: Sheet) -> typst.Compiler:
    fonts = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=[FONTS]
    )
    return typst.Compiler(
        TEMPLATES / sheet.template,
        root=TEMPLATES,
        font_paths=fonts,
        sys_inputs={"data": json.dumps(sheet.data)},
    )


def _pages(made: bytes | list[bytes] | None) -> list[bytes]:
    if made is None:
        return []
    return [made] if isinstance(made, bytes) else made
