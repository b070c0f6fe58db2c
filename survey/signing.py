"""Signatures of seals and manifests: Ed25519, private here, public for everybody."""

import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_public_key,
)

_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class SealKey:
    """A key that signs.

    Attributes
    ----------
    id
        The first 16 hexadecimal digits of the SHA-256 of the raw public key.
    public_pem
        The public half, as text.
    raw
        The same as 32 bytes.
    """

    id: str
    public_pem: str
    raw: bytes
    _private: Ed25519PrivateKey

    def sign(self, message: bytes) -> bytes:
        """Return the 64-byte signature of a message: the same for the same message."""
        return self._private.sign(message)


def signing_key(private: Ed25519PrivateKey) -> SealKey:
    """Return a key with its public half and its name."""
    public = private.public_key()
    raw = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    return SealKey(key_id(raw), pem, raw, private)


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


def key_id(raw: bytes) -> str:
    """Return the short name of a public key."""
    return hashlib.sha256(raw).hexdigest()[:_ID_DIGITS]


def signed_by(public_hex: str, message: bytes, signature: bytes) -> bool:
    """Say whether a signature is of exactly this message and by the key of these 64 digits."""
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(public_hex)).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True
