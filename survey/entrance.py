"""The ways into a desk's pages: its poster, a one-visit slip, a tablet's code (method §10)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from survey.channel import Channel
from survey.desks import DeskClosed, RatedDesk, desk_by_public_key, find_desk, services_to_ask
from survey.ledger import place_of
from survey.settings import Settings
from survey.spelling import typed
from survey.submission import VisitProof
from survey.tickets import TicketSpent, find_ticket, ticket_digest
from survey.visit_pass import PURPOSE, VisitPass, VisitRated, read_pass
from survey.visit_token import PAGE_TIME, PageTooOld, VisitToken, new_token

POSTER = "l"
SLIP = "t"
SCAN = "s"


@dataclass(frozen=True, slots=True)
class Way:
    """An address as it was opened: by poster, slip or pass, and its code in its one spelling."""

    kind: str
    code: str

    @classmethod
    def of(cls, kind: str, code: str) -> "Way":
        """Return the way of an address's two parts; printed codes are in capitals."""
        return cls(kind.lower(), typed(code))

    @property
    def path(self) -> str:
        """The address; tokens are bound to it."""
        return f"/{self.kind}/{self.code}"


@dataclass(frozen=True, slots=True)
class Entrance:
    """A way that leads to a desk.

    Attributes
    ----------
    services
        Code and name of the services a citizen may choose from; none where it is known anyway.
    spent
        Whether the slip or the pass was used before; a poster never is.
    accent
        The colour of the desk's unit, or of the nearest one above it; None is the product's.
    scanned
        What a pass says; None for the other ways.
    """

    way: Way
    desk: RatedDesk
    proof: VisitProof
    services: Sequence[tuple[str, str]] = ()
    spent: bool = False
    accent: str | None = None
    scanned: VisitPass | None = None

    def new_visit(self, at: datetime) -> VisitToken:
        """Return the visit that is to be rated when the page is opened; a scan names it already.

        Raises
        ------
        TicketSpent, VisitRated, ScanAgain, DeskClosed
            If there can be none.
        """
        if self.spent:
            raise VisitRated if self.scanned else TicketSpent
        if self.scanned:
            self.scanned.check_fresh(at)
        if not self.desk.active:
            raise DeskClosed
        return self.scanned.visit if self.scanned else new_token(at)

    def check_fresh(self, token: VisitToken, at: datetime) -> None:
        """Check that what was opened then may still be rated now.

        Raises
        ------
        ScanAgain, PageTooOld
            If it was too long ago.
        """
        if self.scanned:
            self.scanned.check_fresh(at)
        if at - token.at > PAGE_TIME:
            raise PageTooOld


def find_entrance(connection: Connection, way: Way, settings: Settings) -> Entrance:
    """Return where a way leads.

    Raises
    ------
    UnknownDesk, UnknownTicket, UnknownPass
        If nowhere.
    """
    key, scanned = settings.key("desk"), None
    if way.kind == POSTER:
        desk, spent = find_desk(connection, way.code, key), False
        proof = VisitProof(desk, Channel.DESK_QR)
    elif way.kind == SLIP:
        desk, spent = find_ticket(connection, way.code, key)
        proof = VisitProof(desk, Channel.TICKET, ticket_digest(way.code))
    else:
        scanned = read_pass(way.code, settings.key(PURPOSE))
        desk = desk_by_public_key(connection, scanned.desk, key)
        spent = place_of(connection, scanned.visit.id) is not None
        proof = VisitProof(desk, Channel.KIOSK_QR)
    services = services_to_ask(connection, desk)
    return Entrance(way, desk, proof, services, spent, scanned=scanned)
