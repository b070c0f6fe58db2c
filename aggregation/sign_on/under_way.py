"""A sign-on that has begun in a browser and waits for the provider's answer.

The browser keeps it, encrypted, in the cookie of its own session: an answer that another browser
asked for finds nothing to belong to.
"""

import base64
import hmac
import json
import secrets
from datetime import datetime
from typing import NamedTuple

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from cryptography.fernet import Fernet, InvalidToken

LASTS = 600
"""Seconds in which somebody signs on at the provider."""

_BYTES = 32


class UnderWay(NamedTuple):
    """What the provider's answer is compared with.

    Attributes
    ----------
    state
        What the answer repeats: it belongs to this browser.
    nonce
        What the token repeats: it was made for this sign-on.
    verifier
        What the code is exchanged with; the provider knows its digest (RFC 7636).
    asked
        The page that was asked for before.
    """

    state: str
    nonce: str
    verifier: str
    asked: str = ""

    @property
    def challenge(self) -> str:
        """What the provider is told of the verifier."""
        return str(create_s256_code_challenge(self.verifier))

    def is_answered_by(self, state: str) -> bool:
        """Say whether an answer belongs to it."""
        return hmac.compare_digest(self.state.encode(), state.encode())


def begun(asked: str) -> UnderWay:
    """Return a new sign-on, with three secrets of 256 bits."""
    state, nonce, verifier = (secrets.token_urlsafe(_BYTES) for _ in range(3))
    return UnderWay(state, nonce, verifier, asked)


def sealed(under_way: UnderWay, key: bytes, at: datetime) -> str:
    """Return it as the browser keeps it."""
    text = json.dumps(under_way).encode()
    return _safe(key).encrypt_at_time(text, int(at.timestamp())).decode()


def opened(kept: str, key: bytes, at: datetime) -> UnderWay | None:
    """Return what a browser kept; None if it began too long ago or was not made here."""
    try:
        text = _safe(key).decrypt_at_time(kept.encode(), LASTS, int(at.timestamp()))
    except InvalidToken:
        return None
    return UnderWay(*json.loads(text))


def _safe(key: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(key))
