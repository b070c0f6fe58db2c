"""The citizen's receipt: a short code that proves receipt and nothing else (method §8)."""

import hashlib
import hmac
from uuid import UUID

from survey.spelling import ALPHABET, grouped, spell, typed

LENGTH = 8


class NotAReceipt(ValueError):
    """The text cannot be a receipt code."""


def receipt_for(response_id: UUID, key: bytes) -> str:
    """Return the receipt of a response, the same for ever, as ``XXXX-XXXX``."""
    return grouped(spell(hmac.digest(key, response_id.bytes, hashlib.sha256), LENGTH))


def digest_of(receipt: str, key: bytes) -> bytes:
    """Return what is stored of a receipt: a keyed digest that does not lead back to it."""
    return hmac.digest(key, b"receipt " + receipt.encode(), hashlib.sha256)


def read_receipt(text: str) -> str:
    """Return a typed receipt as ``XXXX-XXXX``.

    Raises
    ------
    NotAReceipt
        If it has another length or a letter that no receipt has.
    """
    code = typed(text)
    if len(code) != LENGTH or not set(code) <= set(ALPHABET):
        message = "not a receipt code"
        raise NotAReceipt(message)
    return grouped(code)
