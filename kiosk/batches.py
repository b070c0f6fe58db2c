"""Batches of tablets: taken whole in one transaction, each item judged alone (`docs/tablet.md`)."""

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine

from kiosk import seals, stamps
from kiosk.batch_body import read_batch
from kiosk.devices import NONCE_PURPOSE, Revoked, nonce_of
from kiosk.judged_items import JudgedItem, contacts_in, judge, signals_in, submission_of
from kiosk.known_tablets import KnownTablet, family_of, known_tablet
from kiosk.noted_contacts import held, note_contact, note_items
from kiosk.service_time import Contact
from kiosk.signatures import check_signature
from kiosk.stamps import Stamp, write_stamp
from survey.channel import Channel
from survey.database import reading, recording
from survey.desks import RatedDesk, desk_by_id
from survey.intake import accept_response
from survey.screening import Signal
from survey.services import UnknownService
from survey.settings import Settings
from survey.submission import IdReused, NothingAnswered, Submission, VisitProof

REFUSED = "refused"


class StaleNonce(Exception):
    """The batch was signed with another nonce than is due.

    Attributes
    ----------
    nonce
        The one that is.
    """

    def __init__(self, nonce: str) -> None:
        """Carry the nonce that is due."""
        super().__init__()
        self.nonce = nonce


@dataclass(frozen=True, slots=True)
class SignedBatch:
    """A batch as it came in."""

    device: UUID
    nonce: str
    signature: bytes
    body: bytes

    @property
    def signed_text(self) -> str:
        """What the signature is over."""
        digest = hashlib.sha256(self.body).hexdigest()
        return f"nilai batch 1\n{self.device}\n{self.nonce}\n{digest}"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of an item.

    Attributes
    ----------
    status
        ``recorded``, ``known`` or ``refused``.
    reason
        Why it was refused, as a stable word.
    """

    id: UUID
    status: str
    receipt: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a tablet is told once its batch is on the disk.

    Attributes
    ----------
    nonce
        For its next batch.
    config
        The etag of the config that the tablet has.
    """

    results: tuple[Result, ...]
    nonce: str
    stamp: str
    desk: RatedDesk
    config: str | None


class _Ready(NamedTuple):
    judged: JudgedItem
    submission: Submission | None
    seen: Collection[Signal]


def take_batch(engine: Engine, sent: SignedBatch, at: datetime, settings: Settings) -> Taken:
    """Take a batch and commit it.

    Signature and seals are looked at before the transaction that writes, which then only asks
    whether the tablet is still what it was: nobody waits for arithmetic.

    Raises
    ------
    UnknownDevice, Revoked, StaleNonce, BadSignature, BadRequest
        If the batch cannot be taken; then nothing of it is stored.
    """
    with reading(engine) as session:
        sender = known_tablet(session, sent.device)
        _check(sender, sent, settings)
        family = family_of(session, sender)
        desk = desk_by_id(session.connection(), sender.desk_id, settings.key("desk"))
    batch = read_batch(sent.body)
    now = Contact(at, None if batch.clock is None else at - batch.clock)
    known = contacts_in(batch.stamps, family, settings.key(stamps.PURPOSE))
    judged = [judge(i, sender.id, family, settings.key(seals.PURPOSE)) for i in batch.items]
    zone = ZoneInfo(desk.time_zone)
    ready = [
        _Ready(each, submission_of(each, known, now, zone), seen)
        for each, seen in zip(judged, signals_in(judged), strict=True)
    ]
    with recording(engine) as connection:
        _hold(connection, sender, settings)
        results = _store(connection, ready, desk, at, settings)
        for tablet in family.values():
            note_items(connection, tablet, judged, own=tablet is sender)
        refused = sum(result.status == REFUSED for result in results)
        note_contact(connection, sender, now, batch.report, taken=len(results), refused=refused)
    return Taken(
        results=results,
        nonce=nonce_of(sender.id, sender.contacts + 1, settings.key(NONCE_PURPOSE)),
        stamp=write_stamp(Stamp(sender.id, at, now.offset), settings.key(stamps.PURPOSE)),
        desk=desk,
        config=batch.config,
    )


def _check(sender: KnownTablet, sent: SignedBatch, settings: Settings) -> None:
    if sender.revoked_at is not None:
        raise Revoked
    due = nonce_of(sender.id, sender.contacts, settings.key(NONCE_PURPOSE))
    if not hmac.compare_digest(sent.nonce.encode(), due.encode()):
        raise StaleNonce(due)
    check_signature(sender.public_key, sent.signed_text, sent.signature)


def _hold(connection: Connection, sender: KnownTablet, settings: Settings) -> None:
    """Hold the tablet's row; whatever was decided of it meanwhile holds already."""
    contacts, revoked_at = held(connection, sender.id)
    if revoked_at is not None:
        raise Revoked
    if contacts != sender.contacts:
        raise StaleNonce(nonce_of(sender.id, contacts, settings.key(NONCE_PURPOSE)))


def _store(
    connection: Connection,
    ready: Sequence[_Ready],
    desk: RatedDesk,
    at: datetime,
    settings: Settings,
) -> tuple[Result, ...]:
    proof, key = VisitProof(desk, Channel.KIOSK), settings.key("receipt")

    def stored(each: _Ready) -> Result:
        response_id = each.judged.sent.id
        if each.submission is None:
            return Result(response_id, REFUSED, reason=each.judged.reason)
        try:
            accepted = accept_response(
                connection, proof, each.submission, received_at=at, receipt_key=key, seen=each.seen
            )
        except NothingAnswered:
            return Result(response_id, REFUSED, reason="nothing_answered")
        except IdReused:
            return Result(response_id, REFUSED, reason="id_reused")
        except UnknownService:
            return Result(response_id, REFUSED, reason="unknown_service")
        return Result(response_id, accepted.status.value, accepted.receipt)

    return tuple(map(stored, ready))
