"""A month's seal on paper: where its public page is, and the code that leads there."""

from typing import TypedDict

from aggregation.months.month_seal import MonthSeal
from kiosk.posters import qr_drawing, without_scheme


class PrintedSeal(TypedDict):
    """A seal's QR code, as templates of paper take it."""

    address: str
    qr: str
    qr_alt: str


def printed_seal(seal: MonthSeal, public_url: str) -> PrintedSeal:
    """Return what is printed of a seal beside its words."""
    link = public_url + seal.path
    return {
        "address": without_scheme(link),
        "qr": qr_drawing(link),
        "qr_alt": f"Kode QR segel nomor {seal.number}",
    }
