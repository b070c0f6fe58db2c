"""One-visit tickets: 128 random bits on a slip, kept as a digest, spent once (method §10)."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlmodel import Session, col

from survey.desks import RatedDesk, desk_by_id
from survey.models import Desk, Ticket
from survey.spelling import ALPHABET, spell

TOKEN_LENGTH = 26
_TOKEN_BYTES = 17  # 26 letters of five bits are 130 bits
MOST_AT_ONCE = 2000


class UnknownTicket(LookupError):
    """No slip carries that token."""


class TicketSpent(Exception):
    """The slip was used before."""


class NumbersTaken(Exception):
    """Somebody else issued slips for the desk meanwhile."""


class TooManySlips(ValueError):
    """More slips were asked for than one sheet run may hold."""


@dataclass(frozen=True, slots=True)
class IssuedTicket:
    """A new slip: its running number at the desk, and the token that only the slip knows."""

    number: int
    token: str


def ticket_digest(token: str) -> bytes:
    """Return what is stored of a token in its one spelling (`survey.spelling.typed`)."""
    return hashlib.sha256(b"ticket " + token.encode()).digest()


def issue_tickets(session: Session, desk: RatedDesk, count: int, on: date) -> list[IssuedTicket]:
    """Issue `count` new slips for a desk, numbered on from its last one.

    Raises
    ------
    TooManySlips
        If `count` is not between 1 and 2000.
    """
    _hold(session, desk)
    issued = draw_tickets(session, desk, count)
    keep_tickets(session, desk, issued, on)
    return issued


def draw_tickets(session: Session, desk: RatedDesk, count: int) -> list[IssuedTicket]:
    """Return new slips that no record knows yet, so that they may be printed before it does.

    Raises
    ------
    TooManySlips
        If `count` is not between 1 and 2000.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        message = f"from 1 to {MOST_AT_ONCE} slips at once, not {count}"
        raise TooManySlips(message)
    first = _last_number(session, desk) + 1
    return [
        IssuedTicket(first + i, spell(secrets.token_bytes(_TOKEN_BYTES), TOKEN_LENGTH))
        for i in range(count)
    ]


def keep_tickets(
    session: Session, desk: RatedDesk, issued: Sequence[IssuedTicket], on: date
) -> None:
    """Issue slips that were drawn.

    Raises
    ------
    NumbersTaken
        If slips were issued since; these must be drawn anew.
    """
    _hold(session, desk)
    if issued[0].number != _last_number(session, desk) + 1:
        raise NumbersTaken
    rows = [
        {
            "digest": ticket_digest(ticket.token),
            "unit_id": desk.unit_id,
            "desk_id": desk.id,
            "number": ticket.number,
            "issued_on": on,
        }
        for ticket in issued
    ]
    session.execute(insert(Ticket), rows)


def _hold(session: Session, desk: RatedDesk) -> None:
    """Let two who print at once not take the same number."""
    session.execute(
        select(col(Desk.id)).where(col(Desk.id) == desk.id).with_for_update(key_share=True)
    )


def _last_number(session: Session, desk: RatedDesk) -> int:
    of_the_desk = select(func.max(col(Ticket.number))).where(col(Ticket.desk_id) == desk.id)
    return session.execute(of_the_desk).scalar() or 0


def find_ticket(connection: Connection, token: str, key: bytes) -> tuple[RatedDesk, bool]:
    """Return the desk of a slip, and whether the slip is spent.

    Raises
    ------
    UnknownTicket
        If no slip carries the token.
    """
    if len(token) != TOKEN_LENGTH or not set(token) <= set(ALPHABET):
        raise UnknownTicket
    row = connection.execute(_SLIP, {"slip": ticket_digest(token)}).one_or_none()
    if row is None:
        raise UnknownTicket
    return desk_by_id(connection, row.desk_id, key), row.spent_on is not None


def spend_ticket(connection: Connection, digest: bytes, desk_id: int, on: date) -> None:
    """Spend a slip at its desk, inside the transaction that stores its response.

    Raises
    ------
    TicketSpent
        If it was spent before, or never issued for this desk.
    """
    spent = connection.execute(_SPEND, {"slip": digest, "at_desk": desk_id, "on": on})
    if spent.rowcount != 1:
        raise TicketSpent


_SLIP = select(col(Ticket.desk_id), col(Ticket.spent_on)).where(
    col(Ticket.digest) == bindparam("slip")
)
_SPEND = (
    update(Ticket)
    .where(
        col(Ticket.digest) == bindparam("slip"),
        col(Ticket.desk_id) == bindparam("at_desk"),
        col(Ticket.spent_on).is_(None),
    )
    .values(spent_on=bindparam("on"))
)
