"""Printed matter of a desk: poster, table tent, stickers, and sheets of one-visit slips.

Nothing here reads a database or judges an address: names and links come in, a PDF goes out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage
from qrcode.main import QRCode

from kiosk.typesetting import Sheet, pdf
from survey.language import NAMES

ACCENT = "#672a55"
ENGLISH = "en"
IN_BOTH = ("id", ENGLISH)
"""The languages in which something is printed; Indonesian always is."""

# Address, then /l/<code> of a desk or /t/<token> of a slip, and nothing else.
OUR_LINK = re.compile(r"https?://[a-z0-9.:-]+/[lt]/[a-z0-9-]+", re.IGNORECASE)
COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


class AccentNotAColour(ValueError):
    """The accent is not written as ``#rrggbb``."""


class NothingToPrint(ValueError):
    """There is no desk, or no slip, to print."""


class PosterKind(StrEnum):
    """What a desk's code is printed on."""

    A4 = "a4"
    TENT = "tent"
    STICKER = "sticker"


TEMPLATES = {
    PosterKind.A4: "poster.typ",
    PosterKind.TENT: "tent.typ",
    PosterKind.STICKER: "sticker.typ",
}


@dataclass(frozen=True)
class DeskPoster:
    """One desk as it is printed.

    Attributes
    ----------
    desk_about
        What the desk is for; empty leaves the line out.
    link
        Whole address of the desk's page, ``https://host/l/<code>``.
    code
        The desk's signed code as a person types it, ``XXXX-XXXX-XXXX``; printed as it is given.
    languages
        Codes of the languages on offer, in the unit's order; with ``en`` among them the poster
        carries an English line. Minangkabau and Acehnese are named where there is room, but no
        sentence in them is printed while they wait for a native speaker: paper is not mended.
    """

    unit_name: str
    desk_name: str
    desk_about: str
    link: str
    code: str
    languages: Sequence[str] = IN_BOTH


@dataclass(frozen=True)
class Slip:
    """A one-visit slip: its number (from 1) and the whole address that is spent by one visit."""

    number: int
    link: str


def poster_pdf(posters: Sequence[DeskPoster], kind: PosterKind, accent: str = ACCENT) -> bytes:
    """Print the desks, one page each, in the order given; the same input gives the same bytes.

    Raises
    ------
    NothingToPrint
        If `posters` is empty.
    AccentNotAColour
        If `accent` is not ``#rrggbb``.
    LetterNotPrintable
        If a name is written with letters the fonts do not have.
    """
    return pdf(poster_sheet(posters, kind, accent))


def slips_pdf(
    unit_name: str,
    desk_name: str,
    slips: Sequence[Slip],
    accent: str = ACCENT,
    languages: Sequence[str] = IN_BOTH,
) -> bytes:
    """Print the slips, ten to an A4 page, in the order given, with lines to cut along.

    Parameters
    ----------
    languages
        Codes of the languages on offer; with ``en`` among them each slip carries an English line.

    Raises
    ------
    NothingToPrint
        If `slips` is empty.
    LetterNotPrintable
        If a name is written with letters the fonts do not have.
    """
    return pdf(slip_sheet(unit_name, desk_name, slips, accent, languages))


def poster_sheet(posters: Sequence[DeskPoster], kind: PosterKind, accent: str = ACCENT) -> Sheet:
    """Everything a page of the desks prints, before it is set."""
    if not posters:
        raise NothingToPrint
    if not COLOUR.fullmatch(accent):
        message = f"An accent is written like {ACCENT}, not {accent!r}."
        raise AccentNotAColour(message)
    title = "Nilai Loket: " + ", ".join(dict.fromkeys(poster.unit_name for poster in posters))
    data = {"title": title, "accent": accent, "posters": [_desk(poster) for poster in posters]}
    return Sheet(TEMPLATES[kind], data)


def slip_sheet(
    unit_name: str,
    desk_name: str,
    slips: Sequence[Slip],
    accent: str = ACCENT,
    languages: Sequence[str] = IN_BOTH,
) -> Sheet:
    """Everything the pages of slips print, before they are set."""
    if not slips:
        raise NothingToPrint
    data = {
        "title": f"Nilai Loket: {unit_name}, {desk_name}",
        "accent": accent,
        "unit": unit_name,
        "desk": desk_name,
        "english": ENGLISH in languages,
        "slips": [_slip(slip) for slip in slips],
    }
    return Sheet("slips.typ", data)


def printed_link(link: str) -> str:
    """Return the link as the QR holds it: in capitals where that changes nothing.

    Capitals take the QR's alphanumeric mode, so its squares are larger and a worn poster is still
    read. Scheme and host mean the same in both cases and our two paths are served in both. A link
    below another path, or whose last part mixes cases, may mean something else in capitals and
    stays as it is.
    """
    last = link.rpartition("/")[2]
    if OUR_LINK.fullmatch(link) and last in (last.upper(), last.lower()):
        return link.upper()
    return link


def typed_address(link: str) -> str:
    """Return what a person types to reach the page that asks for a code.

    >>> typed_address("https://nilai.example/l/KCT39F2MXQ7H")
    'nilai.example'
    """
    return without_scheme(link).rsplit("/", 2)[0]


def without_scheme(link: str) -> str:
    """Return the link as a person types it.

    >>> without_scheme("https://nilai.example/t/7K3M")
    'nilai.example/t/7K3M'
    """
    return link.partition("://")[2] or link


def _desk(poster: DeskPoster) -> dict[str, Any]:
    names = [NAMES[language] for language in poster.languages]
    return {
        "unit": poster.unit_name,
        "desk": poster.desk_name,
        "about": poster.desk_about,
        "address": typed_address(poster.link),
        "code": poster.code,
        "qr": qr_drawing(poster.link),
        "qr_alt": f"Kode QR {poster.desk_name}",
        "english": ENGLISH in poster.languages,
        "languages": " · ".join(names) if len(names) > 1 else "",
    }


def _slip(slip: Slip) -> dict[str, Any]:
    return {
        "number": str(slip.number),
        "address": without_scheme(slip.link),
        "qr": qr_drawing(slip.link),
        "qr_alt": f"Kode QR karcis {slip.number}",
    }


def qr_drawing(link: str) -> str:
    """Draw a printed link as SVG: level M (15 % may be worn away), a quiet zone of four modules."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4, image_factory=SvgPathImage)
    code.add_data(printed_link(link))
    drawn: str = code.make_image().to_string(encoding="unicode")
    return drawn
