"""What a seal says, how it hangs on the one before it, and whether a chain of them holds (§8)."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

from survey.merkle import Scalar, canonical
from survey.signing import SealKey, signed_by

FORMAT = "nilai-loket/seal/1"
"""What each statement says it is, so that no other signature can stand in for it."""

BEGINNING = bytes(32).hex()
"""What the first seal names in place of a predecessor."""

LOST = "lost"
ROTATED = "rotated"


@dataclass(frozen=True, slots=True)
class Link:
    """A seal as it is kept and published.

    Attributes
    ----------
    statement
        The signed text: canonical JSON of flat facts.
    signature
        64 bytes of Ed25519 over the statement.
    """

    number: int
    kind: str
    subject: str
    statement: str
    signature: bytes

    @property
    def facts(self) -> Mapping[str, Scalar]:
        """What the statement says; nothing where it cannot be read."""
        try:
            said = json.loads(self.statement)
        except (ValueError, RecursionError):
            return {}
        return said if isinstance(said, dict) and all(map(_flat, said.values())) else {}

    @property
    def signed(self) -> bytes:
        """What the signature is over; any text has bytes, also one that nobody would sign."""
        return self.statement.encode(errors="surrogatepass")

    @property
    def digest(self) -> str:
        """What the next seal names: SHA-256 of statement and signature, in hexadecimal."""
        return hashlib.sha256(self.signed + self.signature).hexdigest()


class Flaw(StrEnum):
    """Why a chain does not hold."""

    UNREADABLE = "the statement is not a seal's"
    OTHER_ROW = "the row says something else than its statement"
    GAP = "a seal before it is missing"
    LOOSE = "it does not follow the seal before it"
    SIGNATURE = "the signature is not its key's"
    OTHER_KEY = "it is signed by a key that no seal announced"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a chain does not hold, and why."""

    number: int
    reason: Flaw


def next_link(
    last: Link | None, kind: str, subject: str, facts: Mapping[str, Scalar], key: SealKey
) -> Link:
    """Return the signed seal that follows the last one."""
    number = 0 if last is None else last.number + 1
    said: dict[str, Scalar] = {
        **facts,
        "seal": FORMAT,
        "number": number,
        "previous": BEGINNING if last is None else last.digest,
        "kind": kind,
        "subject": subject,
        "key": key.raw.hex(),
    }
    statement = canonical(said)
    return Link(number, kind, subject, statement.decode(), key.sign(statement))


def key_that_follows(last: Link | None) -> str | None:
    """Return the public key that the next seal must be signed by, in hexadecimal; none if any."""
    if last is None:
        return None
    key = last.facts.get("next_key" if last.kind == "key" else "key")
    return None if key is None else str(key)


def faults_of(links: Iterable[Link]) -> Iterator[Fault]:
    """Yield where a chain, given from its first seal on, does not hold."""
    last: Link | None = None
    for link in links:
        yield from (Fault(link.number, reason) for reason in _reasons(last, link))
        last = link


def written(at: datetime) -> str:
    """Write a moment in UTC: 2026-11-05T02:00:00Z."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _flat(value: object) -> bool:
    return value is None or isinstance(value, str | int)


def _reasons(last: Link | None, link: Link) -> Iterator[Flaw]:
    facts = link.facts
    if facts.get("seal") != FORMAT or link.signed != canonical(facts):
        yield Flaw.UNREADABLE
        return
    said = facts.get("number"), facts.get("kind"), facts.get("subject")
    if said != (link.number, link.kind, link.subject):
        yield Flaw.OTHER_ROW
    if link.number != (0 if last is None else last.number + 1):
        yield Flaw.GAP
    elif facts.get("previous") != (BEGINNING if last is None else last.digest):
        yield Flaw.LOOSE
    if not signed_by(str(facts.get("key")), link.signed, link.signature):
        yield Flaw.SIGNATURE
    lost = link.kind == "key" and facts.get("why") == LOST
    if not lost and key_that_follows(last) not in {None, facts.get("key")}:
        yield Flaw.OTHER_KEY
