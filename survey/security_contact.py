"""Whom to tell of a hole: ``/.well-known/security.txt``, as RFC 9116 has it."""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Response, abort

from survey.site import here

security_contact = Blueprint("security_contact", __name__)
ADDRESS = "/.well-known/security.txt"
HOLDS_FOR = timedelta(days=180)
"""Less than the year that RFC 9116 recommends; it moves on as long as the site is served."""


@security_contact.get(ADDRESS)
def tell() -> Response:
    """Tell the contact that the office has named; without one there is no such page."""
    settings = here().settings
    if settings.security_contact is None:
        abort(404)
    text = contact_text(settings.security_contact, settings.public_url, datetime.now(UTC))
    return Response(text, mimetype="text/plain")


def contact_text(contact: str, site: str, at: datetime) -> str:
    """Return the file for a contact, as of a moment.

    Parameters
    ----------
    contact
        An address that begins with ``mailto:`` or ``https:``.
    site
        The public site's address, without a closing slash.
    """
    day = (at.astimezone(UTC) + HOLDS_FOR).date()
    return (
        f"Contact: {contact}\n"
        f"Expires: {day.isoformat()}T00:00:00Z\n"
        "Preferred-Languages: id, en\n"
        f"Canonical: {site}{ADDRESS}\n"
    )
