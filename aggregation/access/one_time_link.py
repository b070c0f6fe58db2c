"""Links into the staff site that work once and not for long; only their digests are kept."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import insert, select, update
from sqlmodel import Session, col

from aggregation.access.models import OneTimeLink
from survey.log import Act, record

_TOKEN_BYTES = 24


class Purpose(StrEnum):
    """What a link is for."""

    SIGN_IN = "sign_in"
    """Come in without the password; a second factor is asked for all the same."""
    INVITATION = "invitation"
    """Choose a password: the first one, or a new one in place of one forgotten."""
    SET_UP = "set_up"
    """Make the first operator's account of an installation that has none."""


VALID_FOR: Mapping[Purpose, timedelta] = {
    Purpose.SIGN_IN: timedelta(minutes=10),
    Purpose.INVITATION: timedelta(hours=72),
    Purpose.SET_UP: timedelta(hours=24),
}


class Link(NamedTuple):
    """What a link opens; the set-up link belongs to no account."""

    purpose: Purpose
    account_id: int | None


class LinkUnknown(LookupError):
    """No link of that name was ever made here."""


class LinkSpent(Exception):
    """The link has been used; it works once."""


class LinkExpired(Exception):
    """The link was not used in time."""


def new_link(
    session: Session,
    purpose: Purpose,
    at: datetime,
    *,
    account_id: int | None = None,
    actor: str = "cli",
) -> str:
    """Make a link into the staff site.

    Parameters
    ----------
    account_id
        Whom it lets in; nobody yet for the set-up link.

    Returns
    -------
    str
        The token of the address ``/staff/masuk/<token>``: 192 random bits that nobody can guess
        and that are kept nowhere. It works once, for as long as `VALID_FOR` says.
    """
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    digest = _digest(token)
    link = {
        "digest": digest,
        "purpose": purpose,
        "account_id": account_id,
        "expires_at": at + VALID_FOR[purpose],
    }
    session.execute(insert(OneTimeLink), link)
    record(session, Act("link.made", actor, digest.hex(), {"purpose": purpose}), at)
    return token


def check_link(session: Session, token: str, at: datetime) -> Link:
    """Return what a link opens, without spending it.

    Raises
    ------
    LinkUnknown, LinkSpent, LinkExpired
        If it would not open the site now.
    """
    link = session.scalars(
        select(OneTimeLink).where(col(OneTimeLink.digest) == _digest(token))
    ).one_or_none()
    if link is None:
        raise LinkUnknown
    if link.used_at is not None:
        raise LinkSpent
    if at >= link.expires_at:
        raise LinkExpired
    return Link(Purpose(link.purpose), link.account_id)


def spend_link(session: Session, token: str, at: datetime) -> Link:
    """Use a link, so that it never works again, and return what it opens.

    Raises
    ------
    LinkUnknown, LinkSpent, LinkExpired
        If it does not work.
    """
    digest = _digest(token)
    link = check_link(session, token, at)
    # One statement decides who was first when two press the button at the same time.
    spent = session.connection().execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.digest) == digest, col(OneTimeLink.used_at).is_(None))
        .values(used_at=at)
    )
    if spent.rowcount == 0:
        raise LinkSpent
    record(session, Act("link.spent", "link", digest.hex(), {"purpose": link.purpose}), at)
    return link


def void_links_of(session: Session, account_id: int, at: datetime) -> None:
    """Let no link of an account work any more."""
    session.execute(
        update(OneTimeLink)
        .where(col(OneTimeLink.account_id) == account_id, col(OneTimeLink.used_at).is_(None))
        .values(used_at=at)
    )


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
