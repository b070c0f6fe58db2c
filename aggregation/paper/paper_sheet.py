"""One paper questionnaire as staff hand it in, and its way into the record (method §2, §10)."""

import hmac
import json
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from survey.answers import Answers
from survey.channel import Channel
from survey.desks import NoDesk, RatedDesk
from survey.intake import accept_response
from survey.settings import Settings
from survey.submission import Acceptance, Submission, VisitProof

_NOON = 24
_ID_BYTES = 16


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """What stands on one sheet.

    Attributes
    ----------
    day
        The unit's own day on which the citizen was served.
    slot
        The half hour of the day, 0 to 47; None where the sheet does not tell it.
    """

    day: date
    slot: int | None
    desk: RatedDesk | NoDesk
    answers: Answers


def record_sheet(
    connection: Connection, sheet_id: UUID, sheet: PaperSheet, at: datetime, settings: Settings
) -> Acceptance:
    """Record a sheet for which the staff vouch; the same id with the same content is known.

    The caller commits.

    Raises
    ------
    NothingAnswered, IdReused, DeskClosed, UnknownService
        As `accept_response`.
    """
    submission = Submission(
        sheet_id, _served_at(sheet), sheet.answers, half_hour_known=sheet.slot is not None
    )
    return accept_response(
        connection,
        VisitProof(sheet.desk, Channel.PAPER),
        submission,
        received_at=at,
        receipt_key=settings.key("receipt"),
    )


def id_of_content(unit_id: int, content: str, occurrence: int, settings: Settings) -> UUID:
    """Return the id of a line of a file: the same line of the same day has it for ever.

    It is a keyed digest, so that nobody who sees an id can test a guess of what was answered.

    Parameters
    ----------
    content
        What the line says, in one spelling.
    occurrence
        1 for the first line of the file that says this, 2 for the next: two citizens may answer
        the same on one day.
    """
    text = json.dumps([unit_id, content, occurrence])
    digest = hmac.digest(settings.key("paper sheet"), text.encode(), sha256)
    return UUID(bytes=digest[:_ID_BYTES], version=5)


def _served_at(sheet: PaperSheet) -> datetime:
    hour, half = divmod(_NOON if sheet.slot is None else sheet.slot, 2)
    return datetime.combine(sheet.day, time(hour, half * 30), ZoneInfo(sheet.desk.time_zone))
