"""The provider as the staff site uses it: asked when somebody signs on, never at the start."""

import base64
from collections.abc import Mapping
from datetime import datetime
from time import monotonic
from typing import Any
from urllib.parse import quote_plus, urlencode

from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from aggregation.sign_on.asking import NoAnswer, ask
from aggregation.sign_on.id_token import Claims, Expected, UnknownKey, verified
from aggregation.sign_on.metadata import WELL_KNOWN, Metadata, metadata_of
from aggregation.sign_on.settings import SignOn
from aggregation.sign_on.under_way import UnderWay

SCOPE = "openid email profile"
KEPT_FOR = 60.0
"""Seconds that what the provider says of itself is taken for true, and it for being there."""
DOWN_FOR = 5.0
"""Seconds in which one that gave no answer is not asked again."""

_KINDS_OF_KEYS = frozenset({"RSA", "EC"})


class Provider:
    """A provider of identities.

    Attributes
    ----------
    settings
        Where it is, and what its claims mean here.
    """

    def __init__(self, settings: SignOn) -> None:
        """Know of a provider, and ask it nothing yet."""
        self.settings = settings
        self._metadata: tuple[float, Metadata] | None = None
        self._keys: KeySet | None = None
        self._down_until = 0.0

    def metadata(self) -> Metadata:
        """Return what it says of itself; raises `NoAnswer`."""
        if self._metadata and monotonic() < self._metadata[0]:
            return self._metadata[1]
        if monotonic() < self._down_until:
            raise NoAnswer
        issuer = self.settings.issuer
        try:
            found = metadata_of(issuer, ask(issuer.rstrip("/") + WELL_KNOWN))
        except NoAnswer:
            self._down_until = monotonic() + DOWN_FOR
            raise
        self._metadata = monotonic() + KEPT_FOR, found
        return found

    def address_for(self, under_way: UnderWay, back: str) -> str:
        """Return where a browser goes to sign on, and comes back from; raises `NoAnswer`."""
        asked = {
            "response_type": "code",
            "client_id": self.settings.client_id,
            "redirect_uri": back,
            "scope": SCOPE,
            "state": under_way.state,
            "nonce": under_way.nonce,
            "code_challenge": under_way.challenge,
            "code_challenge_method": "S256",
        }
        return _with(self.metadata().sign_on, asked)

    def can_be_left(self) -> bool:
        """Say whether it has a page that ends its own session, and answers."""
        try:
            return self.metadata().leaving is not None
        except NoAnswer:
            return False

    def leaving_address(self, back: str) -> str | None:
        """Return where the provider's own session ends; None if it says nothing of that."""
        try:
            leaving = self.metadata().leaving
        except NoAnswer:
            return None
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back}
        return None if leaving is None else _with(leaving, asked)

    def claims(self, code: str, under_way: UnderWay, back: str, at: datetime) -> Claims:
        """Return who a code stands for.

        Raises
        ------
        NoAnswer, Declined, NotGenuine
            If the provider does not say, will not say, or says what cannot be believed.
        """
        tokens = self._exchanged(code, under_way, back)
        token, access = (str(tokens.get(name, "")) for name in ("id_token", "access_token"))
        expected = Expected(self.settings.issuer, self.settings.client_id, under_way.nonce, access)
        if self._keys is not None:
            try:
                return verified(token, self._keys, expected, at)
            except UnknownKey:
                pass  # the provider changed its keys since they were fetched
        self._keys = _key_set(ask(self.metadata().keys))
        return verified(token, self._keys, expected, at)

    def _exchanged(self, code: str, under_way: UnderWay, back: str) -> Mapping[str, Any]:
        """Exchange a code for tokens, which needs what only the browser that began has."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back,
            "code_verifier": under_way.verifier,
        }
        known, secret = self.settings.client_id, self.settings.client_secret
        if self.metadata().secret_in_form:
            named = {"client_id": known, "client_secret": secret}
            return ask(self.metadata().token, {**form, **named})
        pair = f"{quote_plus(known)}:{quote_plus(secret)}".encode()
        header = {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return ask(self.metadata().token, form, header)


def _with(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def _key_set(told: Mapping[str, Any]) -> KeySet:
    """Return the provider's keys that a token can be checked with; others it may have besides."""
    keys: list[Key] = []
    listed = told.get("keys")
    for each in listed if isinstance(listed, list) else []:
        if isinstance(each, dict) and each.get("kty") in _KINDS_OF_KEYS:
            try:
                keys.append(JWKRegistry.import_key(each))
            except (JoseError, ValueError, TypeError):
                continue
    return KeySet(keys)
