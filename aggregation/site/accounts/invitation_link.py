"""Handing an invitation over: by mail if there is a mail server, and on the next page, once."""

from flask import current_app, session

from aggregation.access.invitation import Invited, invitation_language, invitation_mail
from aggregation.mail import NotSent, post_of
from aggregation.site.telling import tell
from survey.language import worded
from survey.site import here

_KEPT = "invitation"


def hand_over(key: str, guest: Invited, token: str) -> None:
    """Mail a link to whom it is for, and keep it for the next page, whatever becomes of the mail.

    Called after the link was committed: nobody waits for a mail server with the database held.
    """
    site = here()
    address = f"{site.settings.staff_url}/masuk/{token}"
    language = site.languages[invitation_language(guest, site.settings.languages)]
    session[_KEPT] = [key, address]
    try:
        sent = post_of(site.settings).send(invitation_mail(guest, address, language))
    except NotSent as error:
        current_app.logger.warning("invitation not sent: %s", error)
        tell(
            worded(
                "Email ke %(email)s tidak terkirim. Serahkan sendiri tautan di bawah ini, "
                "dan minta pengelola server memeriksa NILAI_SMTP_URL."
            ),
            "bad",
            email=guest.email,
        )
        return
    if sent:
        tell(worded("Undangan dikirim ke %(email)s."), email=guest.email)


def handed_over(key: str) -> str | None:
    """Return the address of the link just made for an account; it is shown once."""
    kept = session.pop(_KEPT, None)
    return kept[1] if kept and kept[0] == key else None
