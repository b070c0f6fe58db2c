"""The signed hidden token of a citizen's page: which response, opened when (no cookie).

A token is bound to its purpose and to the desk or slip of its page, so one page's token
is worthless on another.
"""

import hashlib
import hmac
import re
from calendar import timegm
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from uuid import UUID, uuid4

from itsdangerous import BadData, Signer
from itsdangerous.encoding import base64_decode, base64_encode

RATE = "rate"
MORE = "more"
PAGE_TIME = timedelta(hours=24)
_ID_BYTES, _TIME_BYTES = 16, 5
_SPELLING = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")


class ForeignToken(ValueError):
    """The token was not made by this site for this page."""


class PageTooOld(Exception):
    """The page was opened more than a day ago, so the time of service is unknown."""


@dataclass(frozen=True, slots=True)
class VisitToken:
    """What a page remembers between opening and sending.

    Attributes
    ----------
    id
        The id of the response.
    at
        When the page was opened, or for a follow-up when the citizen tapped.
    """

    id: UUID
    at: datetime


def new_token(at: datetime) -> VisitToken:
    """Return a token with a fresh random id."""
    return VisitToken(uuid4(), at)


def write_token(token: VisitToken, key: bytes, purpose: str, page: str) -> str:
    """Return the signed text of a token for one purpose and one page's code."""
    seconds = timegm(token.at.utctimetuple())
    said = base64_encode(token.id.bytes + seconds.to_bytes(_TIME_BYTES, "big"))
    return _signer(key, purpose, page).sign(said).decode()


def read_token(text: str, key: bytes, purpose: str, page: str) -> VisitToken:
    """Return what a signed text says.

    Raises
    ------
    ForeignToken
        If it was not made here, or for another purpose or page.
    """
    if not _SPELLING.fullmatch(text):
        raise ForeignToken  # the decoder below forgives what stands behind a signature
    try:
        said = base64_decode(_signer(key, purpose, page).unsign(text))
    except BadData as error:
        raise ForeignToken from error
    seconds = int.from_bytes(said[_ID_BYTES:], "big")
    return VisitToken(UUID(bytes=said[:_ID_BYTES]), datetime.fromtimestamp(seconds, UTC))


@lru_cache(maxsize=1024)
def _signer(key: bytes, purpose: str, page: str) -> Signer:
    own_key = hmac.digest(key, f"{purpose} {page}".encode(), hashlib.sha256)
    return Signer(own_key, key_derivation="none", digest_method=hashlib.sha256)
