"""Signatures of tablets: ECDSA on P-256 with SHA-256, as a browser makes them."""

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)

SIGNATURE_BYTES = 64
_LONGEST_KEY = 200
_HALF = SIGNATURE_BYTES // 2


class BadSignature(Exception):
    """The text was not signed by that tablet."""


class NotATabletKey(ValueError):
    """The bytes are no public P-256 key."""


def check_key(key: bytes) -> None:
    """Check that a key is one that tablets sign with, in its one spelling.

    Raises
    ------
    NotATabletKey
        If it is on another curve, or no key at all.
    """
    spelt = _read(key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    if spelt != key:
        message = "not in its one spelling"
        raise NotATabletKey(message)


def check_signature(key: bytes, text: str, signature: bytes) -> None:
    """Check that a text was signed with a tablet's key.

    Parameters
    ----------
    key
        SubjectPublicKeyInfo, as the tablet sent it.
    signature
        The two halves joined, 64 bytes.

    Raises
    ------
    BadSignature
        If it was not.
    """
    if len(signature) != SIGNATURE_BYTES:
        raise BadSignature
    halves = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        _read(key).verify(encode_dss_signature(*halves), text.encode(), ECDSA(SHA256()))
    except InvalidSignature as error:
        raise BadSignature from error


def _read(key: bytes) -> EllipticCurvePublicKey:
    if len(key) > _LONGEST_KEY:
        message = "too long"
        raise NotATabletKey(message)
    try:
        read = load_der_public_key(key)
    except (ValueError, UnsupportedAlgorithm) as error:
        message = "unreadable"
        raise NotATabletKey(message) from error
    if not isinstance(read, EllipticCurvePublicKey) or not isinstance(read.curve, SECP256R1):
        message = "not on P-256"
        raise NotATabletKey(message)
    return read
