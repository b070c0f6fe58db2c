"""The two ways into a desk's pages: the code on its poster, and a one-visit slip (method §10)."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session

from survey.channel import Channel
from survey.desks import DeskClosed, RatedDesk, find_desk, services_of
from survey.settings import Settings
from survey.spelling import typed
from survey.submission import VisitProof
from survey.tickets import TicketSpent, find_ticket, ticket_digest

POSTER = "l"
SLIP = "t"


@dataclass(frozen=True, slots=True)
class Way:
    """An address as it was opened: by poster or by slip, and its code in its one spelling."""

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
        Whether the slip was used before; a poster never is.
    accent
        The colour of the desk's unit, or of the nearest one above it; None is the product's.
    """

    way: Way
    desk: RatedDesk
    proof: VisitProof
    services: Sequence[tuple[str, str]] = ()
    spent: bool = False
    accent: str | None = None

    def check_open(self) -> None:
        """Check that a new visit may be rated here.

        Raises
        ------
        TicketSpent, DeskClosed
            If it may not.
        """
        if self.spent:
            raise TicketSpent
        if not self.desk.active:
            raise DeskClosed


def find_entrance(session: Session, way: Way, settings: Settings) -> Entrance:
    """Return where a way leads.

    Raises
    ------
    UnknownDesk, UnknownTicket
        If nowhere.
    """
    key = settings.key("desk")
    if way.kind == POSTER:
        desk, spent = find_desk(session, way.code, key), False
        proof = VisitProof(desk, Channel.DESK_QR)
    else:
        desk, spent = find_ticket(session, way.code, key)
        proof = VisitProof(desk, Channel.TICKET, ticket_digest(way.code))
    return Entrance(way, desk, proof, _services_to_ask(session, desk), spent)


def _services_to_ask(session: Session, desk: RatedDesk) -> list[tuple[str, str]]:
    services = [] if desk.only_service_id is not None else services_of(session, desk)
    return services if len(services) > 1 else []
