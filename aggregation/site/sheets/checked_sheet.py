"""The file between preview and confirmation: the page carries it, sealed; the server keeps nothing.

So no list of people lies about on a disk, any worker or server can take the confirmation, and
there is nothing to tidy up. The seal makes what is confirmed the very bytes that were previewed,
by the same account, in the same unit, within a quarter of an hour.
"""

import base64
import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadSignature, TimestampSigner

from aggregation.sheets.sheet_import import Outcome

HOLDS_FOR = timedelta(minutes=15)


class SealBroken(ValueError):
    """The sealed file is older than a quarter of an hour, somebody else's, or not ours at all."""


@dataclass(frozen=True, slots=True)
class CheckedSheet:
    """A file as it was previewed.

    Attributes
    ----------
    digest
        Of what the preview said it would do.
    order
        The order of the elements that was chosen, for questionnaires.
    """

    data: bytes
    reason: str
    digest: str
    order: str = ""


def digest_of(outcome: Outcome) -> str:
    """Return what tells two outcomes apart."""
    return hashlib.sha256(repr(outcome).encode()).hexdigest()


def seal(checked: CheckedSheet, key: bytes, about: str) -> str:
    """Return a previewed file as a page carries it.

    Parameters
    ----------
    about
        Whose it is, and what it is for.
    """
    head = json.dumps([checked.reason, checked.digest, checked.order]).encode()
    packed = zlib.compress(head + b"\n" + checked.data, level=1)
    return _signer(key, about).sign(base64.urlsafe_b64encode(packed)).decode()


def unseal(sealed: str, key: bytes, about: str) -> CheckedSheet:
    """Return the previewed file.

    Raises
    ------
    SealBroken
        If it was not sealed so, or too long ago.
    """
    try:
        carried = _signer(key, about).unsign(sealed, max_age=int(HOLDS_FOR.total_seconds()))
    except BadSignature as error:
        raise SealBroken from error
    head, _, data = zlib.decompress(base64.urlsafe_b64decode(carried)).partition(b"\n")
    reason, digest, order = json.loads(head)
    return CheckedSheet(data, reason, digest, order)


def _signer(key: bytes, about: str) -> TimestampSigner:
    return TimestampSigner(
        key, salt=about.encode(), key_derivation="hmac", digest_method=hashlib.sha256
    )
