"""Somebody who has signed on at the provider, as far as accounts care."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aggregation.access.known_accounts import LONGEST_NAME, NotAnEmail, spelled_email
from aggregation.sign_on.claim_rules import ClaimRules, SaidRole
from aggregation.sign_on.id_token import NotGenuine

LONGEST_SUBJECT = 255


@dataclass(frozen=True, slots=True)
class Arrival:
    """Who the provider says somebody is.

    Attributes
    ----------
    subject
        The provider's own name for this person, which never passes to another.
    email
        The address, if the provider has made sure that it is this person's.
    second_factor
        Whether it asserts that it asked for more than a password.
    """

    issuer: str
    subject: str
    email: str | None
    name: str
    roles: tuple[SaidRole, ...]
    second_factor: bool


def arrival(claims: Mapping[str, Any], rules: ClaimRules) -> Arrival:
    """Read the claims of a token that was verified; raises `NotGenuine` for a strange subject."""
    subject, email = str(claims["sub"]), _email(claims)
    if not subject.isprintable() or not 0 < len(subject) <= LONGEST_SUBJECT:
        message = "sub"
        raise NotGenuine(message)
    return Arrival(
        issuer=str(claims["iss"]),
        subject=subject,
        email=email,
        name=_name(claims, email or subject),
        roles=rules.roles_by(claims),
        second_factor=rules.second_factor_given(claims),
    )


def _email(claims: Mapping[str, Any]) -> str | None:
    told = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(told, str):
        return None
    try:
        return spelled_email(told)
    except NotAnEmail:
        return None


def _name(claims: Mapping[str, Any], otherwise: str) -> str:
    told = claims.get("name")
    name = told.strip() if isinstance(told, str) else ""
    return (name if name and name.isprintable() else otherwise)[:LONGEST_NAME]
