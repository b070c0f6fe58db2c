"""What intake is handed and what it answers: proof of a visit, submission, acceptance."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from survey.answers import Answers
from survey.channel import Channel
from survey.desks import NoDesk, RatedDesk


class NothingAnswered(ValueError):
    """A response needs at least one rating."""


class IdReused(Exception):
    """The id is known with other content; what was recorded first stays."""


class WrongProof(ValueError):
    """A slip vouches for the channel ``ticket``, a sheet without a desk for ``paper`` alone."""


@dataclass(frozen=True, slots=True)
class VisitProof:
    """Who vouches that a visit took place (method §10).

    Attributes
    ----------
    desk
        The desk that served; a paper sheet, for which staff vouch, may leave it out.
    channel
        How the response came in.
    ticket_digest
        For the channel ``ticket``: the slip to spend with the response.
    """

    desk: RatedDesk | NoDesk
    channel: Channel
    ticket_digest: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse a ticket without its slip, and a screen that stands nowhere.

        Raises
        ------
        WrongProof
            If channel, slip and desk do not belong together.
        """
        if (self.channel is Channel.TICKET) is (self.ticket_digest is None):
            raise WrongProof(self.channel)
        if isinstance(self.desk, NoDesk) and self.channel is not Channel.PAPER:
            raise WrongProof(self.channel)

    @property
    def in_one_body(self) -> bool:
        """Whether tap and follow-up always arrive together, maybe long after the visit.

        So a resend repeats both.
        """
        return self.channel in {Channel.KIOSK, Channel.PAPER}


@dataclass(frozen=True, slots=True)
class Submission:
    """What a sender hands in.

    Attributes
    ----------
    id
        128 bits that nobody can guess, made by the sender.
    served_at
        When the citizen was served, as an aware time; only its half hour is kept.
    half_hour_known
        Whether `served_at` tells the half hour; a clock that was reset does not (method §4.4).
    month_known
        Whether it tells the month; otherwise the response is late (method §4.5).
    """

    id: UUID
    served_at: datetime
    answers: Answers
    half_hour_known: bool = True
    month_known: bool = True


class Status(StrEnum):
    """What became of a submission."""

    RECORDED = "recorded"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """The answer to a submission: recorded now or known before, and its receipt."""

    status: Status
    receipt: str
