"""A month's seal on a page of the staff site: its code, and the way to its public page."""

from dataclasses import dataclass

from markupsafe import Markup

from aggregation.months.month_seal import MonthSeal
from kiosk.posters import qr_drawing, without_scheme
from survey.site import here


@dataclass(frozen=True, slots=True)
class ShownSeal:
    """A seal's number, the address of its public page, and a QR code of it."""

    number: int
    link: str
    address: str
    qr: Markup


def seal_shown(seal: MonthSeal | None) -> ShownSeal | None:
    """Return what a page shows of a seal; nothing of none."""
    if seal is None:
        return None
    link = here().settings.public_url + seal.path
    drawn = Markup(qr_drawing(link))  # noqa: S704 - drawn from the link alone, which is ours
    return ShownSeal(seal.number, link, without_scheme(link), drawn)
