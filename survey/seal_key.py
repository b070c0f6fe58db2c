"""The key that days and closed months are sealed with, in a file outside the database."""

from functools import cache

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from survey.settings import KeyFile, WrongSettings, kept_secret
from survey.signing import SealKey, signing_key

_HOW_TO = (
    "make one with openssl genpkey -algorithm ed25519 -out FILE, let only this program read it, "
    "and keep it."
)


class NoSealKey(WrongSettings):
    """No key was set up, so nothing can be signed; the text says what to do."""


def seal_key(file: KeyFile | None) -> SealKey:
    """Return the key of the settings; on the embedded default it is made on first use.

    Raises
    ------
    NoSealKey
        If the settings name none.
    WrongSettings
        If the file cannot be read or holds something else.
    """
    if file is None:
        message = f"NILAI_SEAL_KEY_FILE must name a file with an Ed25519 key; {_HOW_TO}"
        raise NoSealKey(message)
    return _read(file)


@cache
def _read(file: KeyFile) -> SealKey:
    try:
        pem = kept_secret(file.path, _new_key) if file.made_here else file.path.read_text("ascii")
        private = load_pem_private_key(pem.encode(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongSettings(_wrong(file)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise WrongSettings(_wrong(file))
    return signing_key(private)


def _new_key() -> str:
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _wrong(file: KeyFile) -> str:
    return f"NILAI_SEAL_KEY_FILE: {file.path} holds no readable Ed25519 key in PEM; {_HOW_TO}"
