"""What a receipt proves: a day, and that day's seal with the response's place in it (method §8)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, select
from sqlmodel import Session, col

from survey.day_tree import DayTrees, Inclusion
from survey.models import Response
from survey.receipt import digest_of
from survey.seal_chain import link_on
from survey.seal_models import SealedLeaf, SealKind
from survey.seal_text import Link


class UnknownReceipt(LookupError):
    """No response has that receipt."""


@dataclass(frozen=True, slots=True)
class Received:
    """That a response was received, and how that is sealed.

    Attributes
    ----------
    seal
        The day's; none while it is not sealed.
    inclusion
        What leads from the response to the seal's root; none if nothing does.
    """

    on: date
    seal: Link | None = None
    inclusion: Inclusion | None = None


def received(session: Session, receipt: str, key: bytes, trees: DayTrees) -> Received:
    """Return what the receipt of a response proves.

    Raises
    ------
    UnknownReceipt
        If no response has it.
    """
    digest = {"digest": digest_of(receipt, key)}
    row = session.connection().execute(_RECEIVED, digest).first()
    if row is None:
        raise UnknownReceipt(receipt)
    day, leaf = row
    seal = link_on(session, SealKind.DAY, day.isoformat())
    if seal is None:
        return Received(day)
    root = str(seal.facts.get("root"))
    found = trees.inclusion(root, leaf, lambda: _leaves(session, day))
    return Received(day, seal, found)


def _leaves(session: Session, day: date) -> Iterable[bytes]:
    of_day = select(col(SealedLeaf.leaf)).where(col(SealedLeaf.day) == day)
    return session.execute(of_day.order_by(col(SealedLeaf.leaf))).scalars()


# A receipt has 40 bits: among a million responses half a pair is to be expected that shares one.
# Then the earlier day is the one that was promised.
_RECEIVED = (
    select(col(Response.received_on), col(Response.leaf))
    .where(col(Response.receipt_digest) == bindparam("digest"))
    .order_by(col(Response.received_on), col(Response.leaf))
    .limit(1)
)
