"""The only writer of responses (method §8): validated before, stored once, never changed.

A response is known by the id its sender made. The same id with the same content is answered
with the same receipt for ever; the same id with other content is refused.
"""

from collections.abc import Collection
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from survey import ledger
from survey.answers import Answers
from survey.database import hold_month, wait_for_what_was_seen
from survey.desks import DeskClosed
from survey.first_look import look_at_response
from survey.followups import followup_is_known
from survey.ledger import Place
from survey.month import Month, half_hour_of, local_day
from survey.receipt import digest_of, receipt_for
from survey.screening import Signal
from survey.services import UnknownService, require_in_use, service_id_of
from survey.submission import (
    Acceptance,
    IdReused,
    NothingAnswered,
    Status,
    Submission,
    VisitProof,
)
from survey.tickets import TicketSpent, spend_ticket


def accept_response(
    connection: Connection,
    proof: VisitProof,
    submission: Submission,
    *,
    received_at: datetime,
    receipt_key: bytes,
    seen: Collection[Signal] = (),
) -> Acceptance:
    """Record a response, or recognise it.

    The caller commits, and answers only after the commit. What is suspicious about a new response
    is noted beside it (method §7).

    Parameters
    ----------
    seen
        What the sender, or whoever took its message, could tell by itself.

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
    if not ledger.register(connection, place):
        _check_same_content(connection, proof, submission)
        wait_for_what_was_seen(connection)
        return Acceptance(Status.KNOWN, receipt)
    today = local_day(received_at, zone)
    try:
        service_id = _use(connection, proof, answers, today)
    except (DeskClosed, UnknownService, TicketSpent):
        ledger.unregister(connection, place)
        raise
    hold_month(connection, place.unit_id, place.month)
    tap = {
        "desk_id": desk.id,
        "channel": proof.channel.value,
        "service_id": service_id,
        "half_hour": (
            half_hour_of(submission.served_at, zone) if submission.half_hour_known else None
        ),
        "overall": answers.overall,
        "late": not submission.month_known or ledger.month_is_closed(connection, place),
        "received_on": today,
        "receipt_digest": digest_of(receipt, receipt_key),
    }
    ledger.write_tap(connection, place, tap)
    if answers.beyond_the_tap:
        ledger.write_followup(connection, place, answers, service_id, today)
    look_at_response(
        connection, proof, place, submission, received_at=received_at, today=today, seen=seen
    )
    return Acceptance(Status.RECORDED, receipt)


def _use(connection: Connection, proof: VisitProof, answers: Answers, on: date) -> int | None:
    """Use the desk, the service and the slip of a new response; return the service.

    What a tablet kept, or a sheet of paper, was given while desk and service were in use, however
    late it comes in.
    """
    service_id = service_id_of(connection, proof.desk, answers.service)
    if not proof.in_one_body:
        if not proof.desk.active:
            raise DeskClosed
        require_in_use(connection, service_id)
    if proof.ticket_digest is not None and proof.desk.id is not None:
        spend_ticket(connection, proof.ticket_digest, proof.desk.id, on)
    return service_id or proof.desk.only_service_id


def _check_same_content(connection: Connection, proof: VisitProof, submission: Submission) -> None:
    """Compare desk, service, ratings and kept texts, never derived times (method §8)."""
    answers = submission.answers
    place = ledger.place_of(connection, submission.id)
    if place is None or place.unit_id != proof.desk.unit_id:
        raise IdReused
    tap = ledger.stored_tap(connection, place)
    service_id = service_id_of(connection, proof.desk, answers.service)
    if (tap.desk_id, tap.overall) != (proof.desk.id, answers.overall) or (
        service_id is not None and service_id != tap.service_id
    ):
        raise IdReused
    if answers.beyond_the_tap or proof.in_one_body:
        known = followup_is_known(connection, place, answers, tap.service_id)
        if answers.beyond_the_tap and not known:
            raise IdReused
