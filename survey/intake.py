"""The only writer of responses (method §8): validated before, stored once, never changed.

A response is known by the id its sender made. The same id with the same content is answered
with the same receipt for ever; the same id with other content is refused.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from survey import ledger
from survey.answers import Answers
from survey.channel import Channel
from survey.database import hold_month
from survey.desks import DeskClosed, RatedDesk
from survey.ledger import Place
from survey.models import Service
from survey.month import Month, half_hour_of, local_day
from survey.receipt import digest_of, receipt_for
from survey.tickets import TicketSpent, spend_ticket

FOLLOWUP_TIME = timedelta(hours=24)


class NothingAnswered(ValueError):
    """A response needs at least one rating."""


class UnknownService(LookupError):
    """The unit gives no such service."""


class IdReused(Exception):
    """The id is known with other content; what was recorded first stays."""


class WrongProof(ValueError):
    """A slip vouches for the channel ``ticket``, which needs one, and for no other."""


class UnknownResponse(LookupError):
    """There is no such response to follow up."""


class FollowupTooLate(Exception):
    """More than 24 hours passed since the tap."""


class FollowupAfterClose(Exception):
    """The month of the response is closed."""


@dataclass(frozen=True, slots=True)
class VisitProof:
    """Who vouches that a visit took place (method §10).

    Attributes
    ----------
    desk
        The desk that served.
    channel
        How the response came in.
    ticket_digest
        For the channel ``ticket``: the slip to spend with the response.
    """

    desk: RatedDesk
    channel: Channel
    ticket_digest: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse a ticket without its slip.

        Raises
        ------
        WrongProof
            If channel and slip do not belong together.
        """
        if (self.channel is Channel.TICKET) is (self.ticket_digest is None):
            raise WrongProof(self.channel)

    @property
    def in_one_body(self) -> bool:
        """Whether tap and follow-up always arrive together, so that a resend repeats both."""
        return self.channel in {Channel.KIOSK, Channel.PAPER}


@dataclass(frozen=True, slots=True)
class Submission:
    """What a sender hands in.

    Attributes
    ----------
    id
        128 random bits, made by the sender.
    served_at
        When the citizen was served, as an aware time; only its half hour is kept.
    """

    id: UUID
    served_at: datetime
    answers: Answers


class Status(StrEnum):
    """What became of a submission."""

    RECORDED = "recorded"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The answer to a submission: recorded now or known before, and its receipt."""

    status: Status
    receipt: str


def accept_response(
    session: Session,
    proof: VisitProof,
    submission: Submission,
    *,
    received_at: datetime,
    receipt_key: bytes,
) -> Acceptance:
    """Record a response, or recognise it.

    The caller commits, and answers only after the commit.

    Raises
    ------
    NothingAnswered
        If there is no rating at all.
    IdReused
        If the id is known with other content.
    DeskClosed, UnknownService, TicketSpent
        If the desk, the service or the slip cannot be used; nothing is kept, even if the caller
        goes on in the same transaction.
    """
    answers, desk = submission.answers, proof.desk
    if not answers.ratings:
        raise NothingAnswered
    zone = ZoneInfo(desk.time_zone)
    place = Place(desk.unit_id, Month.of(submission.served_at.astimezone(zone)), submission.id)
    receipt = receipt_for(submission.id, receipt_key)
    if not ledger.register(session, place):
        _check_same_content(session, proof, submission)
        return Acceptance(Status.KNOWN, receipt)
    today = local_day(received_at, zone)
    try:
        service_id = _use(session, proof, answers, today)
    except (DeskClosed, UnknownService, TicketSpent):
        ledger.unregister(session, place)
        raise
    hold_month(session, place.unit_id, place.month)
    tap = {
        "desk_id": desk.id,
        "channel": proof.channel.value,
        "service_id": service_id,
        "half_hour": half_hour_of(submission.served_at, zone),
        "overall": answers.overall,
        "late": ledger.month_is_closed(session, place),
        "received_on": today,
        "receipt_digest": digest_of(receipt, receipt_key),
    }
    ledger.write_tap(session, place, tap)
    if answers.beyond_the_tap:
        ledger.write_followup(session, place, answers, service_id, today)
    return Acceptance(Status.RECORDED, receipt)


def accept_followup(
    session: Session,
    desk: RatedDesk,
    followup: Submission,
    *,
    received_at: datetime,
    receipt_key: bytes,
) -> Acceptance:
    """Record what a citizen adds to a tap: at most once, until 24 hours after it (method §8).

    ``followup.id`` is the id of the tap, ``followup.served_at`` the time of the tap as the signed
    token of the page tells it.

    Raises
    ------
    NothingAnswered
        If there is nothing to add.
    UnknownResponse
        If the tap was never recorded.
    IdReused
        If another follow-up was recorded before.
    FollowupTooLate, FollowupAfterClose
        If the time for it is over.
    UnknownService
        If the unit gives no such service.
    """
    answers = followup.answers
    if not (answers.beyond_the_tap or answers.service):
        raise NothingAnswered
    place = ledger.place_of(session, followup.id)
    if place is None or place.unit_id != desk.unit_id:
        raise UnknownResponse
    receipt = receipt_for(place.id, receipt_key)
    service_id = _service_id(session, desk, answers.service)
    if _followup_is_known(session, place, answers, service_id):
        return Acceptance(Status.KNOWN, receipt)
    _require_in_use(session, service_id)
    if received_at - followup.served_at > FOLLOWUP_TIME:
        raise FollowupTooLate
    hold_month(session, place.unit_id, place.month)
    if ledger.month_is_closed(session, place):
        raise FollowupAfterClose
    today = local_day(received_at, ZoneInfo(desk.time_zone))
    written = ledger.write_followup(session, place, answers, service_id, today)
    if not written and not _followup_is_known(session, place, answers, service_id):
        raise UnknownResponse
    return Acceptance(Status.RECORDED if written else Status.KNOWN, receipt)


def _use(session: Session, proof: VisitProof, answers: Answers, on: date) -> int | None:
    """Use the desk, the service and the slip of a new response; return the service."""
    if not proof.desk.active:
        raise DeskClosed
    service_id = _service_id(session, proof.desk, answers.service)
    _require_in_use(session, service_id)
    if proof.ticket_digest is not None:
        spend_ticket(session, proof.ticket_digest, proof.desk.id, on)
    return service_id or proof.desk.only_service_id


def _service_id(session: Session, desk: RatedDesk, code: str | None) -> int | None:
    """Return a service of the unit, also one given up since, so that a resend is recognised."""
    if code is None:
        return None
    key = {"unit_id": desk.unit_id, "code": code}
    service_id: int | None = session.connection().execute(_SERVICE, key).scalar()
    if service_id is None:
        raise UnknownService(code)
    return service_id


def _require_in_use(session: Session, service_id: int | None) -> None:
    if service_id is None:
        return
    if not session.connection().execute(_IN_USE, {"id": service_id}).scalar():
        raise UnknownService


def _check_same_content(session: Session, proof: VisitProof, submission: Submission) -> None:
    """Compare desk, service, ratings and kept texts, never derived times (method §8)."""
    answers = submission.answers
    place = ledger.place_of(session, submission.id)
    if place is None or place.unit_id != proof.desk.unit_id:
        raise IdReused
    tap = ledger.stored_tap(session, place)
    service_id = _service_id(session, proof.desk, answers.service)
    if (tap.desk_id, tap.overall) != (proof.desk.id, answers.overall) or (
        service_id is not None and service_id != tap.service_id
    ):
        raise IdReused
    if answers.beyond_the_tap:
        if not _followup_is_known(session, place, answers, tap.service_id):
            raise IdReused
    elif proof.in_one_body and ledger.stored_followup(session, place) is not None:
        raise IdReused


def _followup_is_known(
    session: Session, place: Place, answers: Answers, service_id: int | None
) -> bool:
    """Tell whether this follow-up is recorded; another one in its place is refused."""
    stored = ledger.stored_followup(session, place)
    if stored is None:
        return False
    if stored != (service_id, answers.elements) or ledger.texts_differ(session, place, answers):
        raise IdReused
    return True


_SERVICE = select(col(Service.id)).where(
    col(Service.unit_id) == bindparam("unit_id"),
    col(Service.code) == bindparam("code"),
)
_IN_USE = select(col(Service.active)).where(col(Service.id) == bindparam("id"))
