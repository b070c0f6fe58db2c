"""The chain of seals in the database: read it, and write its next link (method §8)."""

from collections.abc import Iterator, Mapping
from datetime import date

from sqlalchemy import func, insert, select, text
from sqlmodel import Session, col

from survey.merkle import Scalar
from survey.seal_models import Seal, SealKind
from survey.seal_text import Link, key_that_follows, next_link
from survey.signing import SealKey

_LOCK = 7202


class OtherKey(ValueError):
    """The key is not the one that the chain says is next; a change of key is sealed first."""


def hold_chain(session: Session) -> None:
    """Let nobody else write a link until the transaction ends; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))


def append(
    session: Session, key: SealKey, kind: SealKind, subject: str, facts: Mapping[str, Scalar]
) -> Link:
    """Write the next link, which a key signs.

    Raises
    ------
    OtherKey
        If the chain expects another key.
    """
    hold_chain(session)
    last = last_link(session)
    if key_that_follows(last) not in {None, key.raw.hex()}:
        raise OtherKey(key.id)
    return write_link(session, next_link(last, kind, subject, facts, key))


def write_link(session: Session, link: Link) -> Link:
    """Keep a link; whoever made it holds the chain."""
    row = {
        "number": link.number,
        "kind": link.kind,
        "subject": link.subject,
        "statement": link.statement,
        "signature": link.signature,
    }
    session.execute(insert(Seal), row)
    return link


def last_link(session: Session) -> Link | None:
    """Return the newest link."""
    newest = select(Seal).order_by(col(Seal.number).desc()).limit(1)
    row = session.execute(newest).scalar_one_or_none()
    return None if row is None else _link(row)


def link_on(session: Session, kind: SealKind, subject: str) -> Link | None:
    """Return the link about a day, a closing or a key; none while it is not sealed."""
    wanted = select(Seal).where(col(Seal.kind) == kind, col(Seal.subject) == subject)
    row = session.execute(wanted).scalar_one_or_none()
    return None if row is None else _link(row)


def chain(session: Session) -> Iterator[Link]:
    """Yield all links, the first one first."""
    rows = session.execute(
        select(Seal).order_by(col(Seal.number)).execution_options(yield_per=1000)
    )
    return map(_link, rows.scalars())


def last_sealed_day(session: Session) -> date | None:
    """Return the newest day that has a seal."""
    newest = select(func.max(col(Seal.subject))).where(col(Seal.kind) == SealKind.DAY)
    day: str | None = session.execute(newest).scalar()
    return None if day is None else date.fromisoformat(day)


def _link(row: Seal) -> Link:
    return Link(row.number, row.kind, row.subject, row.statement, row.signature)
