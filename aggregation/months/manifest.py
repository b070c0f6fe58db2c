"""The signed manifest of a closing: what its files are, so that a changed byte shows (method §8).

Whoever has the public key can check it; nothing else of ours is needed for that.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from aggregation.closings import Closing
from survey.merkle import Scalar, canonical
from survey.seal_text import written
from survey.signing import SealKey

KIND = "nilai-loket/closing-manifest/1"
"""What the signed text says it is, so that no other signature can stand in for it."""

ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class SignedManifest:
    """A manifest and the signature of its canonical text.

    Attributes
    ----------
    facts
        Flat names and values; `signed_text` spells them.
    signature
        64 bytes of Ed25519.
    """

    facts: Mapping[str, Scalar]
    signature: bytes
    key_id: str
    public_key: str

    @property
    def signed_text(self) -> bytes:
        """What is signed: JSON with sorted keys, no blanks, ASCII only."""
        return canonical(self.facts)

    def document(self) -> dict[str, object]:
        """Return what is sent: the facts, the signature in base64, and whose it is."""
        return {
            "manifest": dict(self.facts),
            "algorithm": ALGORITHM,
            "signature": b64encode(self.signature).decode(),
            "key_id": self.key_id,
            "public_key": self.public_key,
        }


def manifest(
    closing: Closing,
    unit_code: str,
    as_of: datetime,
    files: Mapping[str, str],
    rows: int,
) -> dict[str, Scalar]:
    """Return what a manifest says.

    Parameters
    ----------
    as_of
        The moment at which the files are seen.
    files
        The SHA-256 of each file in hexadecimal, by format.
    rows
        How many officers stand in each.
    """
    return {
        "kind": KIND,
        "closing": str(closing.id),
        "unit": unit_code,
        "month": str(closing.month),
        "revision": closing.revision,
        "closed_at": written(closing.closed_at),
        "as_of": written(as_of),
        "rule_version": closing.rule_version,
        "method_version": closing.method_version,
        "figures_digest": closing.figures_digest.hex(),
        "rows": rows,
        **{f"sha256_{kind}": digest for kind, digest in files.items()},
    }


def signed(facts: Mapping[str, Scalar], key: SealKey) -> SignedManifest:
    """Sign what a manifest says."""
    return SignedManifest(facts, key.sign(canonical(facts)), key.id, key.public_pem)
