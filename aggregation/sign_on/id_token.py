"""The provider's token of who somebody is: believed only when everything about it is right.

The checks are those of OpenID Connect Core 1.0, section 3.1.3.7.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ("RS256", "PS256", "ES256")
"""Of two keys each: no secret that both sides know can sign, and nothing goes unsigned."""
LEEWAY = 60
"""Seconds that the two clocks may be apart."""
OLDEST = 600
"""Seconds since a token was issued; it was asked for a moment ago."""

Claims = Mapping[str, Any]


class NotGenuine(Exception):
    """The token is not what was asked for; the text is what is wrong with it."""


class UnknownKey(NotGenuine):
    """It is signed with a key that is not among those known."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What a token has to be about.

    Attributes
    ----------
    nonce
        The word that this browser's sign-on began with.
    access_token
        What came beside the token, which its `at_hash` is compared with.
    """

    issuer: str
    client_id: str
    nonce: str
    access_token: str = ""


def verified(token: str, keys: KeySet, expected: Expected, at: datetime) -> Claims:
    """Return what a token claims.

    Raises
    ------
    UnknownKey
        If the key it names is not among the keys.
    NotGenuine
        If anything else is not as it must be.
    """
    try:
        signed = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        claims = CodeIDToken(signed.claims, signed.header, _options(expected), _asked(expected))
        claims.validate(now=int(at.timestamp()), leeway=LEEWAY)
    except InvalidKeyIdError as error:
        raise UnknownKey from error
    except (JoseError, ValueError, TypeError, AttributeError, KeyError) as error:
        raise NotGenuine(type(error).__name__) from error
    if claims["iat"] < at.timestamp() - OLDEST - LEEWAY:
        message = "issued long ago"
        raise NotGenuine(message)
    return dict(claims)


def _options(expected: Expected) -> dict[str, dict[str, object]]:
    """Return what the library compares; by itself it takes a token for anybody."""
    return {
        "iss": {"essential": True, "value": expected.issuer},
        "aud": {"essential": True, "value": expected.client_id},
        "sub": {"essential": True},
    }


def _asked(expected: Expected) -> dict[str, str]:
    return {
        "nonce": expected.nonce,
        "client_id": expected.client_id,
        "access_token": expected.access_token,
    }
