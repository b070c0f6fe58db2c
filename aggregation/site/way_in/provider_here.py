"""The provider of identities that this installation signs on through, if there is one."""

from flask import Flask, current_app

from aggregation.sign_on.provider import Provider
from aggregation.sign_on.settings import SignOn

_KEPT_AS = "nilai-provider"


def keep_provider(app: Flask, sign_on: SignOn | None) -> None:
    """Put the provider where its pages find it."""
    app.extensions[_KEPT_AS] = None if sign_on is None else Provider(sign_on)


def provider_here() -> Provider | None:
    """Return the provider; None where all staff sign in with a password."""
    found: Provider | None = current_app.extensions[_KEPT_AS]
    return found
