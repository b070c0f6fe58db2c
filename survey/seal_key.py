"""The key that closed months are sealed with: Ed25519, private here, public for everybody."""

import hashlib
from dataclasses import dataclass
from functools import cache

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from survey.settings import KeyFile, WrongSettings, kept_secret

_ID_DIGITS = 16
_HOW_TO = (
    "make one with openssl genpkey -algorithm ed25519 -out FILE, let only this program read it, "
    "and keep it."
)


class NoSealKey(WrongSettings):
    """No key was set up, so nothing can be signed; the text says what to do."""


@dataclass(frozen=True, slots=True)
class SealKey:
    """A key that signs.

    Attributes
    ----------
    id
        The first 16 hexadecimal digits of the SHA-256 of the raw public key.
    public_pem
        The public half, as text.
    """

    id: str
    public_pem: str
    _private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of a message: the same for the same message."""
        return self._private.sign(message)


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


def holds(public_pem: str, message: bytes, signature: bytes) -> bool:
    """Say whether a signature is the key's and of exactly this message; the public half suffices.

    Raises
    ------
    ValueError
        If the text is no Ed25519 public key.
    """
    key = load_pem_public_key(public_pem.encode())
    if not isinstance(key, Ed25519PublicKey):
        message_to_reader = "not an Ed25519 public key"
        raise ValueError(message_to_reader)  # noqa: TRY004 - a wrong text, not a wrong type
    try:
        key.verify(signature, message)
    except InvalidSignature:
        return False
    return True


@cache
def _read(file: KeyFile) -> SealKey:
    try:
        pem = kept_secret(file.path, _new_key) if file.made_here else file.path.read_text("ascii")
        private = load_pem_private_key(pem.encode(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise WrongSettings(_wrong(file)) from error
    if not isinstance(private, Ed25519PrivateKey):
        raise WrongSettings(_wrong(file))
    public = private.public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SealKey(hashlib.sha256(raw).hexdigest()[:_ID_DIGITS], pem, private)


def _new_key() -> str:
    private = Ed25519PrivateKey.generate()
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _wrong(file: KeyFile) -> str:
    return f"NILAI_SEAL_KEY_FILE: {file.path} holds no readable Ed25519 key in PEM; {_HOW_TO}"
