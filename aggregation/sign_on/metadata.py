"""What the provider says of itself: where to go, where to ask (OpenID Connect Discovery 1.0)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from aggregation.sign_on.asking import NoAnswer
from aggregation.sign_on.settings import is_safe

WELL_KNOWN = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """Addresses of the provider, all of them on the issuer's own host.

    Attributes
    ----------
    sign_on
        Where the browser goes to sign on.
    leaving
        Where it goes to end the provider's session too; None if the provider has no such page.
    names_itself
        Whether each answer names its issuer (RFC 9207), so that one without is refused.
    secret_in_form
        Whether the client's secret goes into the form; as a rule it goes into a header.
    """

    sign_on: str
    token: str
    keys: str
    leaving: str | None
    names_itself: bool
    secret_in_form: bool


def metadata_of(issuer: str, told: Mapping[str, Any]) -> Metadata:
    """Read what the provider says of itself.

    Raises
    ------
    NoAnswer
        If it calls itself otherwise than the settings do, or names an address elsewhere.
    """
    if told.get("issuer") != issuer:
        message = "another issuer"
        raise NoAnswer(message)
    ways = told.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    leaving = told.get("end_session_endpoint")
    return Metadata(
        sign_on=_address(issuer, told.get("authorization_endpoint")),
        token=_address(issuer, told.get("token_endpoint")),
        keys=_address(issuer, told.get("jwks_uri")),
        leaving=None if leaving is None else _address(issuer, leaving),
        names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        secret_in_form="client_secret_basic" not in ways,
    )


def _address(issuer: str, told: object) -> str:
    own = urlsplit(issuer)
    if isinstance(told, str) and is_safe(told):
        there = urlsplit(told)
        if (there.scheme, there.netloc) == (own.scheme, own.netloc):
            return told
    message = "an address elsewhere"
    raise NoAnswer(message)
