"""Links into the staff site that work once and not for long; only their digests are kept."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from aggregation.access.models import OneTimeLink
from survey.log import Act, record

VALID_FOR = timedelta(minutes=15)
SIGN_IN = "sign_in"
_TOKEN_BYTES = 24


class LinkUnknown(LookupError):
    """No link of that name was ever made here."""


class LinkSpent(Exception):
    """The link has been used; it works once."""


class LinkExpired(Exception):
    """The link was not used in time."""


def new_link(session: Session, at: datetime) -> str:
    """Make a link into the staff site.

    Returns
    -------
    str
        The token of the address ``/staff/masuk/<token>``: 192 random bits that nobody can guess
        and that are kept nowhere. It works once, until `VALID_FOR` after `at`.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    digest = _digest(token)
    link = {"digest": digest, "purpose": SIGN_IN, "expires_at": at + VALID_FOR}
    session.execute(insert(OneTimeLink), link)
    record(session, Act("link.made", "cli", digest.hex(), {"purpose": SIGN_IN}), at)
    return token


def check_link(session: Session, token: str, at: datetime) -> None:
    """Look at a link without spending it.

    Raises
    ------
    LinkUnknown, LinkSpent, LinkExpired
        If it would not open the site now.
    """
    link = session.execute(
        select(col(OneTimeLink.used_at), col(OneTimeLink.expires_at)).where(
            col(OneTimeLink.digest) == _digest(token), col(OneTimeLink.purpose) == SIGN_IN
        )
    ).one_or_none()
    if link is None:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkSpent
    if at >= link.expires_at:
        raise LinkExpired


def spend_link(session: Session, token: str, at: datetime) -> None:
    """Use a link, so that it never works again.

    Raises
    ------
    LinkUnknown, LinkSpent, LinkExpired
        If it does not work.
    """
    digest = _digest(token)
    # One statement decides who was first when two press the button at the same time.
    spent = session.connection().execute(
        update(OneTimeLink)
        .where(
            col(OneTimeLink.digest) == digest,
            col(OneTimeLink.purpose) == SIGN_IN,
            col(OneTimeLink.used_at).is_(None),
            col(OneTimeLink.expires_at) > at,
        )
        .values(used_at=at)
    )
    if spent.rowcount == 0:
        check_link(session, token, at)
        raise LinkSpent
    record(session, Act("link.spent", "link", digest.hex(), {"purpose": SIGN_IN}), at)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
