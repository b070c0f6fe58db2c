"""Opening what a tablet sealed while it waited: nobody at the desk can read it (`docs/tablet.md`).

Version 1 is the byte 1, an ephemeral public point (65 bytes), a nonce (12), then AES-256-GCM under
HKDF-SHA256 of both sides' shared secret, salted with the point.
"""

from functools import cache
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PURPOSE = "tablet seal"
"""What the settings' key is for that responses are sealed to."""
VERSION = b"\x01"
POINT_BYTES = 65
NONCE_BYTES = 12
INFO = b"nilai seal 1"
_HEAD = len(VERSION) + POINT_BYTES + NONCE_BYTES
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class CannotOpen(ValueError):
    """The bytes were not sealed to this installation, or for another response."""


def seal_key(key: bytes) -> bytes:
    """Return the public point, 65 bytes, that tablets seal to.

    Parameters
    ----------
    key
        The settings' key for `PURPOSE`.
    """
    public = _private(key).public_key()
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def bound_to(device: UUID, response_id: UUID, sequence: int) -> bytes:
    """Return what a sealed response is bound to, so that none can pass for another."""
    return f"{device} {response_id} {sequence}".encode()


def open_sealed(sealed: bytes, bound: bytes, key: bytes) -> bytes:
    """Return what was sealed.

    Parameters
    ----------
    bound
        What it must be bound to (`bound_to`).
    key
        The settings' key for `PURPOSE`.

    Raises
    ------
    CannotOpen
        If a single bit of either is not what it was.
    """
    if len(sealed) <= _HEAD or sealed[:1] != VERSION:
        raise CannotOpen
    point, nonce = sealed[1 : 1 + POINT_BYTES], sealed[1 + POINT_BYTES : _HEAD]
    try:
        ephemeral = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), point)
        shared = _private(key).exchange(ECDH(), ephemeral)
        return AESGCM(content_key(shared, point)).decrypt(nonce, sealed[_HEAD:], bound)
    except (ValueError, InvalidTag) as error:
        raise CannotOpen from error


def content_key(shared: bytes, point: bytes) -> bytes:
    """Return the AES key that both sides make of their shared secret and the ephemeral point."""
    return HKDF(SHA256(), length=32, salt=point, info=INFO).derive(shared)


@cache
def _private(key: bytes) -> EllipticCurvePrivateKey:
    return derive_private_key(int.from_bytes(key, "big") % (_ORDER - 1) + 1, SECP256R1())
