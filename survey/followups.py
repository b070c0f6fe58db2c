"""What a citizen adds to a tap: the nine questions, a comment, a profile (method §8)."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from survey import ledger
from survey.answers import Answers
from survey.database import hold_month, wait_for_what_was_seen
from survey.desks import NoDesk, RatedDesk
from survey.first_look import look_at_followup
from survey.ledger import Place
from survey.month import local_day
from survey.receipt import receipt_for
from survey.services import require_in_use, service_id_of
from survey.submission import Acceptance, IdReused, NothingAnswered, Status, Submission

FOLLOWUP_TIME = timedelta(hours=24)


class UnknownResponse(LookupError):
    """There is no such response to follow up."""


class FollowupTooLate(Exception):
    """More than 24 hours passed since the tap."""


class FollowupAfterClose(Exception):
    """The month of the response is closed."""


def accept_followup(
    connection: Connection,
    desk: RatedDesk | NoDesk,
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
    place = ledger.place_of(connection, followup.id)
    if place is None or place.unit_id != desk.unit_id:
        raise UnknownResponse
    receipt = receipt_for(place.id, receipt_key)
    service_id = service_id_of(connection, desk, answers.service)
    if followup_is_known(connection, place, answers, service_id):
        wait_for_what_was_seen(connection)
        return Acceptance(Status.KNOWN, receipt)
    require_in_use(connection, service_id)
    if received_at - followup.served_at > FOLLOWUP_TIME:
        raise FollowupTooLate
    hold_month(connection, place.unit_id, place.month)
    if ledger.month_is_closed(connection, place):
        raise FollowupAfterClose
    today = local_day(received_at, ZoneInfo(desk.time_zone))
    written = ledger.write_followup(connection, place, answers, service_id, today)
    if written:
        look_at_followup(connection, place, followup, received_at=received_at, today=today)
    else:
        if not followup_is_known(connection, place, answers, service_id):
            raise UnknownResponse
        wait_for_what_was_seen(connection)
    return Acceptance(Status.RECORDED if written else Status.KNOWN, receipt)


def followup_is_known(
    connection: Connection, place: Place, answers: Answers, service_id: int | None
) -> bool:
    """Tell whether this follow-up is recorded; another one in its place is refused."""
    stored = ledger.stored_followup(connection, place)
    if stored is None:
        return False
    if stored != (service_id, answers.elements) or ledger.texts_differ(connection, place, answers):
        raise IdReused
    return True
