"""Changing the key of the seals: announced by the old one, or sworn by the new one (method §8)."""

from datetime import datetime

from sqlalchemy import Engine, select
from sqlmodel import Session, col

from survey.database import writing
from survey.seal_chain import append, hold_chain, last_link, link_on, write_link
from survey.seal_models import Seal, SealKind
from survey.seal_text import LOST, ROTATED, Link, key_that_follows, next_link, written
from survey.signing import SealKey


class KeyKnown(ValueError):
    """The chain has been signed by the key before, or by it now: it is no new one."""


class KeyNotLost(ValueError):
    """The chain goes on with the very key that is said to be lost, or has not begun."""


def rotate_key(engine: Engine, old: SealKey, new: SealKey, at: datetime) -> Link:
    """Announce the key that signs from the next seal on; the old one signs that.

    Raises
    ------
    OtherKey
        If the chain expects another key than the old one.
    KeyKnown
        If the new one is not new.
    """
    with writing(engine) as session:
        hold_chain(session)
        _require_new(session, new, old)
        facts = {"next_key": new.raw.hex(), "why": ROTATED, "sealed_at": written(at)}
        return append(session, old, SealKind.KEY, new.id, facts)


def replace_lost_key(engine: Engine, new: SealKey, at: datetime) -> Link:
    """Go on with another key because the old one is lost; the new one itself signs that.

    Nobody can tell this from somebody who took the chain over, but by the fingerprint of the key
    that the office publishes elsewhere. So every check tells of it.

    Raises
    ------
    KeyNotLost
        If the chain has not begun, or goes on with this key.
    KeyKnown
        If the chain was signed by it before.
    """
    with writing(engine) as session:
        hold_chain(session)
        last = last_link(session)
        if last is None or key_that_follows(last) == new.raw.hex():
            raise KeyNotLost
        _require_new(session, new)
        facts = {"next_key": new.raw.hex(), "why": LOST, "sealed_at": written(at)}
        return write_link(session, next_link(last, SealKind.KEY, new.id, facts, new))


def _require_new(session: Session, new: SealKey, old: SealKey | None = None) -> None:
    first = session.execute(
        select(col(Seal.statement)).order_by(col(Seal.number)).limit(1)
    ).scalar_one_or_none()
    began_with = first is not None and f'"key":"{new.raw.hex()}"' in first
    same = old is not None and old.raw == new.raw
    if same or began_with or link_on(session, SealKind.KEY, new.id) is not None:
        raise KeyKnown(new.id)
