"""What the public reads of a seal: its facts, in the words and groups that people compare."""

import base64
import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from survey.merkle import Scalar
from survey.month import Month, local_day, time_zone
from survey.seal_models import SealKind
from survey.seal_text import BEGINNING, LOST, Link, key_that_follows
from survey.sealing import LOG_ZONE
from survey.signing import key_id, signed_by

_GROUP = 4


@dataclass(frozen=True, slots=True)
class ShownKey:
    """A public key in each spelling that somebody may want to compare.

    Attributes
    ----------
    fingerprint
        The SHA-256 of its 32 bytes, in groups of four digits.
    """

    id: str
    fingerprint: Sequence[str]
    hex: str
    base64: str
    pem: str

    @classmethod
    def of(cls, digits: str) -> "ShownKey":
        """Return the key of 64 hexadecimal digits.

        Raises
        ------
        ValueError
            If they are no Ed25519 key.
        """
        raw = bytes.fromhex(digits)
        key = Ed25519PublicKey.from_public_bytes(raw)
        pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
        fingerprint = hashlib.sha256(raw).hexdigest()
        return cls(key_id(raw), in_groups(fingerprint), digits, base64.b64encode(raw).decode(), pem)


@dataclass(frozen=True, slots=True)
class ShownSeal:
    """A seal beside the one before it.

    Attributes
    ----------
    day, month
        What it is about; of the other kinds None.
    name
        The unit's, where it is about a month.
    is_signed, follows
        Whether the signature is its key's, and whether it names its predecessor's digest.
    was_lost
        Whether it replaces a key that was lost.
    """

    link: Link
    facts: dict[str, Scalar]
    sealed_on: date | None
    day: date | None
    month: Month | None
    name: str
    is_signed: bool
    follows: bool
    was_lost: bool

    @classmethod
    def of(cls, link: Link, before: Link | None, names: dict[str, str]) -> "ShownSeal":
        """Return a seal with what was found out about it."""
        facts = dict(link.facts)
        statement = link.statement.encode()
        return cls(
            link,
            facts,
            _sealed_on(facts),
            date.fromisoformat(link.subject) if link.kind == SealKind.DAY else None,
            Month.parse(str(facts["month"])) if link.kind == SealKind.MONTH else None,
            names.get(str(facts.get("unit")), str(facts.get("unit", ""))),
            signed_by(str(facts.get("key")), statement, link.signature),
            facts.get("previous") == (BEGINNING if before is None else before.digest)
            and link.number == (0 if before is None else before.number + 1),
            link.kind == SealKind.KEY and facts.get("why") == LOST,
        )

    @property
    def signature(self) -> str:
        """Its signature in base64, as `/segel.json` gives it."""
        return base64.b64encode(self.link.signature).decode()


def shown_seals(links: Iterable[Link], names: dict[str, str]) -> Sequence[ShownSeal]:
    """Return seals for a list, where nothing is said of their predecessors."""
    return [ShownSeal.of(link, None, names) for link in links]


def key_in_force(last: Link | None) -> ShownKey | None:
    """Return the key that the next seal must be signed by; none before the first seal."""
    digits = key_that_follows(last)
    return None if digits is None else ShownKey.of(digits)


def in_groups(digits: str) -> Sequence[str]:
    """Part digits into groups of four, which an eye can compare."""
    return [digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP)]


def _sealed_on(facts: dict[str, Scalar]) -> date | None:
    at = facts.get("sealed_at")
    moment = None if at is None else datetime.fromisoformat(str(at))
    return None if moment is None else local_day(moment, time_zone(LOG_ZONE))
