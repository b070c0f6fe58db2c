"""A made tablet: it enrols, keeps, seals and signs as a real one does, in a few lines of Python."""

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Engine

from kiosk import enrolments, seals
from kiosk.batches import SignedBatch, Taken, take_batch
from kiosk.devices import NONCE_PURPOSE, nonce_of
from kiosk.enrolments import IssuedCode, issue_code
from kiosk.models import Device
from kiosk.stamps import PURPOSE as STAMP
from kiosk.stamps import Stamp, write_stamp
from kiosk.wire import to_bytes, to_instant, to_text
from survey.database import writing
from survey.desks import desk_by_id
from survey.settings import Settings
from survey.spelling import typed
from tests.factories import KEYS
from tests.record_factories import NOON

Post = Callable[[str, bytes, dict[str, str]], tuple[int, dict[str, Any]]]
"""Sends a body with headers to an address; returns status and decoded answer."""


def issued(
    engine: Engine, desk_id: int, at: datetime = NOON, settings: Settings = KEYS
) -> IssuedCode:
    """Issue a code for a desk, as the operator does."""
    with writing(engine) as session:
        desk = desk_by_id(session.connection(), desk_id, settings.key("desk"))
        key = settings.key(enrolments.PURPOSE)
        return issue_code(session, desk, at, actor="cli", key=key)


@dataclass
class MadeTablet:
    """A tablet with its key, its clock and what it keeps.

    Attributes
    ----------
    behind
        What its clock lacks to the server's.
    kept
        Items that wait, by running number.
    stamps
        By its own number.
    """

    device: UUID
    key: EllipticCurvePrivateKey
    seal_key: bytes
    nonce: str
    stamps: list[str] = field(default_factory=list)
    behind: timedelta = timedelta(0)
    kept: dict[int, dict[str, Any]] = field(default_factory=dict)
    next_sequence: int = 0

    def keep(
        self, overall: int | None = 4, *, at: datetime = NOON, **more: object
    ) -> dict[str, Any]:
        """Keep a tap of a moment of the server's time, sealed; return the item."""
        item = self.item(overall, at=at, **more)
        return self.put(item)

    def item(
        self, overall: int | None = 4, *, at: datetime = NOON, **more: object
    ) -> dict[str, Any]:
        """Return a response in the open, under the next running number."""
        ratings = {} if overall is None else {"KESELURUHAN": overall}
        sequence, self.next_sequence = self.next_sequence, self.next_sequence + 1
        told = {
            "id": str(uuid4()),
            "sequence": sequence,
            "served_at": to_instant(self.clock(at)),
            "service": None,
            "language": "id",
            "ratings": ratings,
            "comment": None,
            "profile": {},
            "answered_in": None,
        }
        return told | more

    def put(self, told: dict[str, Any]) -> dict[str, Any]:
        """Seal a response and keep it under the present stamp."""
        item: dict[str, Any] = {
            "id": told["id"],
            "sequence": told["sequence"],
            "after": len(self.stamps) - 1,
            "before": None,
            "sealed": to_text(sealed(told, self.device, self.seal_key)),
        }
        self.kept[told["sequence"]] = item
        return item

    def clock(self, at: datetime) -> datetime:
        """Return what its clock shows at a moment of the server's time."""
        return at - self.behind

    def stamped(self, stamp: str) -> None:
        """Take the stamp of a contact: what was kept so far came before it."""
        self.stamps.append(stamp)
        for item in self.kept.values():
            if item["before"] is None:
                item["before"] = len(self.stamps) - 1

    def body(
        self, items: Sequence[dict[str, Any]] | None = None, *, at: datetime = NOON, **more: object
    ) -> bytes:
        """Return the body of a batch: what waits, fifty at most, unless told otherwise."""
        responses = list(self.kept.values())[:50] if items is None else list(items)
        needed = {i.get(side) for i in responses for side in ("after", "before")}
        told = {
            "responses": responses,
            "stamps": {str(n): stamp for n, stamp in enumerate(self.stamps) if n in needed},
            "clock": to_instant(self.clock(at)),
            "report": self.report(),
            "config": None,
        }
        return json.dumps(told | more).encode()

    def report(self, **more: object) -> dict[str, Any]:
        told = {
            "version": "0123456789",
            "waiting": len(self.kept),
            "set_aside": 0,
            "next_sequence": self.next_sequence,
            "persisted": True,
            "used_bytes": 1000,
            "quota_bytes": 1_000_000,
            "battery": 80,
            "charging": None,
        }
        return told | more

    def signed(self, body: bytes, nonce: str | None = None) -> SignedBatch:
        """Sign a body, with the nonce that is due unless another is told."""
        unsigned = SignedBatch(self.device, self.nonce if nonce is None else nonce, b"", body)
        return SignedBatch(
            unsigned.device, unsigned.nonce, signature(self.key, unsigned.signed_text), body
        )

    def send(
        self,
        engine: Engine,
        items: Sequence[dict[str, Any]] | None = None,
        *,
        at: datetime = NOON,
        settings: Settings = KEYS,
        **more: object,
    ) -> Taken:
        """Send a batch straight to the use case; forget what was taken, as a tablet does."""
        sent = self.signed(self.body(items, at=at, **more))
        taken = take_batch(engine, sent, at, settings)
        self.nonce = taken.nonce
        self.stamped(taken.stamp)
        gone = {str(result.id) for result in taken.results}
        self.kept = {n: item for n, item in self.kept.items() if item["id"] not in gone}
        return taken

    def touch(self, at: datetime = NOON, settings: Settings = KEYS) -> None:
        """Be in contact without sending: a stamp, no more."""
        stamp = Stamp(self.device, at, at - self.clock(at))
        self.stamped(write_stamp(stamp, settings.key(STAMP)))

    def headers(self, body: bytes) -> dict[str, str]:
        """Return the headers of a signed batch."""
        return headers_of(self.signed(body))


def outcomes(taken: Taken) -> list[str]:
    """Return what became of each item: its status, or why it was refused."""
    return [result.reason or result.status for result in taken.results]


def headers_of(sent: SignedBatch) -> dict[str, str]:
    """Return the headers that a signed batch travels with."""
    return {
        "Content-Type": "application/json",
        "Nilai-Device": str(sent.device),
        "Nilai-Nonce": sent.nonce,
        "Nilai-Signature": to_text(sent.signature),
    }


def enrolled(
    engine: Engine,
    desk_id: int,
    *,
    at: datetime = NOON,
    behind: timedelta = timedelta(0),
    previous: UUID | None = None,
    settings: Settings = KEYS,
) -> MadeTablet:
    """Return a tablet enrolled at a desk; no code is spent, for a PIN's digest takes its time."""
    key, device_id = new_key(), uuid4()
    with writing(engine) as session:
        desk = desk_by_id(session.connection(), desk_id, settings.key("desk"))
        session.add(
            Device(
                id=device_id,
                unit_id=desk.unit_id,
                desk_id=desk_id,
                public_key=public(key),
                enrolled_at=at,
                succeeds=previous,
            )
        )
    tablet = MadeTablet(
        device=device_id,
        key=key,
        seal_key=seals.seal_key(settings.key(seals.PURPOSE)),
        nonce=nonce_of(device_id, 0, settings.key(NONCE_PURPOSE)),
        behind=behind,
    )
    tablet.touch(at, settings)
    return tablet


def enrolment_body(
    code: str,
    key: EllipticCurvePrivateKey,
    *,
    clock: datetime = NOON,
    previous: str | None = None,
) -> dict[str, Any]:
    """Return what a tablet sends to be enrolled."""
    spelt = to_text(public(key))
    text = f"nilai enrol 1\n{typed(code)}\n{spelt}"
    return {
        "code": code,
        "key": spelt,
        "clock": to_instant(clock),
        "previous": previous,
        "signature": to_text(signature(key, text)),
    }


def tablet_from(answer: dict[str, Any], key: EllipticCurvePrivateKey) -> MadeTablet:
    """Return the tablet that an enrolment's answer makes."""
    return MadeTablet(
        device=UUID(answer["device"]),
        key=key,
        seal_key=to_bytes(answer["seal_key"]),
        nonce=answer["nonce"],
        stamps=[answer["stamp"]],
    )


def new_key() -> EllipticCurvePrivateKey:
    return generate_private_key(SECP256R1())


def public(key: EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signature(key: EllipticCurvePrivateKey, text: str) -> bytes:
    """Sign as WebCrypto does: two halves of 32 bytes."""
    halves = decode_dss_signature(key.sign(text.encode(), ECDSA(SHA256())))
    return b"".join(half.to_bytes(32, "big") for half in halves)


def sealed(told: dict[str, Any], device: UUID, seal_key: bytes) -> bytes:
    """Seal a response as the browser does."""
    ephemeral = new_key()
    point = ephemeral.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    server = EllipticCurvePublicKey.from_encoded_point(SECP256R1(), seal_key)
    shared = ephemeral.exchange(ECDH(), server)
    nonce = os.urandom(seals.NONCE_BYTES)
    bound = seals.bound_to(device, UUID(told["id"]), told["sequence"])
    text = AESGCM(seals.content_key(shared, point)).encrypt(nonce, json.dumps(told).encode(), bound)
    return seals.VERSION + point + nonce + text
