"""Sealing closed months: their figures, and the days that they rest on (method §8).

A close is an act of its own day. So it is sealed once that day is: in the night after it.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Engine, and_, func, select
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.proof.kept_rows import kept_digest
from survey.database import reading, writing
from survey.merkle import Scalar, canonical, root_of
from survey.models import Followup, Response, ServiceUnit
from survey.month import local_day, time_zone
from survey.seal_chain import append, chain, hold_chain, last_sealed_day, link_on
from survey.seal_models import Seal, SealKind
from survey.seal_text import Link, written
from survey.signing import SealKey


@dataclass(frozen=True, slots=True)
class SealableMonth:
    """A closing, the unit that it is of, and the unit's own day of the close."""

    closing: Closing
    unit_code: str
    last_day: date


def seal_months(engine: Engine, key: SealKey, at: datetime) -> list[UUID]:
    """Seal each closing whose day of closing is sealed and that has no seal yet; return their ids.

    Raises
    ------
    OtherKey
        If the chain expects another key.
    """
    with reading(engine) as session:
        ids = [each.closing.id for each in unsealed_months(session)]
    sealed = []
    for closing_id in ids:
        with reading(engine) as session:
            [month] = _closings(session, closing_id)
            days = [link for link in chain(session) if link.kind == SealKind.DAY]
            facts = month_facts(session, month, days)
        with writing(engine) as session:
            hold_chain(session)
            if link_on(session, SealKind.MONTH, str(closing_id)) is None:
                said = {**facts, "sealed_at": written(at)}
                append(session, key, SealKind.MONTH, str(closing_id), said)
                sealed.append(closing_id)
    return sealed


def unsealed_months(session: Session) -> list[SealableMonth]:
    """Return the closings that can be sealed now and are not, the oldest first."""
    until = last_sealed_day(session)
    if until is None:
        return []
    of_months = select(col(Seal.subject)).where(col(Seal.kind) == SealKind.MONTH)
    sealed = set(session.execute(of_months).scalars())
    waiting = (each for each in _closings(session) if str(each.closing.id) not in sealed)
    return [each for each in waiting if each.last_day <= until]


def month_facts(
    session: Session, month: SealableMonth, days: Sequence[Link]
) -> Mapping[str, Scalar]:
    """Return what the seal of a closing says of it, as the database has it now.

    Parameters
    ----------
    days
        The seals of days, oldest first.
    """
    closing = month.closing
    leaves, salts, oldest = _leaves(session, month)
    salt = month_salt(salts)
    first_day = min([closing.month.first_day, *oldest])
    roots = [
        _root(seal)
        for seal in days
        if first_day.isoformat() <= seal.subject <= month.last_day.isoformat()
    ]
    return {
        "unit": month.unit_code,
        "month": str(closing.month),
        "revision": closing.revision,
        "closed_at": written(closing.closed_at),
        "figures": figures_seal(closing, salt),
        "rule_version": closing.rule_version,
        "method_version": closing.method_version,
        "first_day": first_day.isoformat(),
        "last_day": month.last_day.isoformat(),
        "days_root": root_of(roots).hex(),
        "rows_root": root_of(sorted(leaves)).hex(),
        "kept": kept_digest(session, closing, salt),
    }


def month_salt(salts: Iterable[bytes]) -> bytes:
    """Return one salt for a month, from those of its rows.

    Seals are published: without it somebody could try guesses at the figures of a month of few
    people on one. Whoever is given the rows can compute it.
    """
    return root_of(sorted(salts))


def figures_seal(closing: Closing, salt: bytes) -> str:
    """Return the digest that stands for a closing's figures, in hexadecimal."""
    figures: dict[str, Scalar] = {
        "figures": closing.figures_digest.hex(),
        "responses": closing.responses,
    }
    return hashlib.sha256(salt + canonical(figures)).hexdigest()


def _closings(session: Session, closing_id: UUID | None = None) -> list[SealableMonth]:
    asked = (
        select(Closing, col(ServiceUnit.code), col(ServiceUnit.time_zone))
        .join(ServiceUnit, col(ServiceUnit.id) == col(Closing.unit_id))
        .order_by(col(Closing.closed_at), col(ServiceUnit.code), col(Closing.month))
    )
    if closing_id is not None:
        asked = asked.where(col(Closing.id) == closing_id)
    return [
        SealableMonth(closing, code, local_day(closing.closed_at, time_zone(zone)))
        for closing, code, zone in session.execute(asked)
    ]


def _root(seal: Link) -> bytes:
    """Return the root that a day's seal says; none where it says none, which the chain tells."""
    try:
        return bytes.fromhex(str(seal.facts.get("root")))
    except ValueError:
        return b""


def _leaves(session: Session, month: SealableMonth) -> tuple[list[bytes], list[bytes], list[date]]:
    """Return leaves and salts of a month's rows by the day of the close, and their oldest days."""
    leaves: list[bytes] = []
    salts: list[bytes] = []
    oldest: list[date] = []
    for table in (Response, Followup):
        of_month = and_(
            col(table.unit_id) == month.closing.unit_id,
            col(table.month) == month.closing.month,
            col(table.received_on) <= month.last_day,
        )
        for leaf, salt in session.execute(select(col(table.leaf), col(table.salt)).where(of_month)):
            leaves.append(leaf)
            salts.append(salt)
        first = session.scalar(select(func.min(col(table.received_on))).where(of_month))
        oldest += [] if first is None else [first]
    return leaves, salts, oldest
