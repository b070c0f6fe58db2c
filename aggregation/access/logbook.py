"""Reading the log: what was done in one's branch, by whom, the newest first (method §8).

A page follows from where the page before ended, and looks at so many entries at most, so that
it costs the same however long the log is and however seldom what is asked for; nothing is counted.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, SQLColumnExpression, func, or_, select, tuple_
from sqlmodel import Session, col

from aggregation.access.accounts import names_of
from aggregation.access.models import Account
from aggregation.access.roles import Right, Scope
from aggregation.models import LogDetail
from survey.merkle import Scalar
from survey.models import LogEntry, ServiceUnit

LOOKS_AT = 20_000
"""Entries that one page looks through for those that fit."""

Detail = Mapping[str, Scalar | list[str]]


class Place(NamedTuple):
    """Where a page of the log ended."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Wish:
    """Which entries are asked for.

    Attributes
    ----------
    since, until
        From when, and until before when.
    kinds
        What acts' names begin with, such as ``desk``; all if there is none.
    actor
        The key of whoever did it, or words of the name.
    """

    since: datetime
    until: datetime
    kinds: Sequence[str] = ()
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as the log tells it.

    Attributes
    ----------
    actor_name, subject_name
        The names of the accounts meant, where an account is meant.
    detail
        What lies in the erasable table; None if there is nothing, or nothing any more.
    erased
        Whether there was a detail that has been erased since.
    """

    id: UUID
    at: datetime
    act: str
    actor: str
    actor_name: str | None
    subject: str
    subject_name: str | None
    unit: str | None
    facts: Mapping[str, Scalar]
    detail: Detail | None
    erased: bool

    @property
    def place(self) -> Place:
        """Where a page that ends with this entry ends."""
        return Place(self.at, self.id)


@dataclass(frozen=True, slots=True)
class Page:
    """Entries that follow each other.

    Attributes
    ----------
    older
        Where the page after this one goes on; None if there is nothing older.
    """

    entries: list[Entry]
    older: Place | None


def page_of_log(
    session: Session,
    scope: Scope,
    wish: Wish,
    limit: int,
    after: Place | None = None,
    *,
    looks_at: int = LOOKS_AT,
) -> Page:
    """Return the newest entries of one's branch, or those that follow a page.

    Acts that concern no unit are told to those who read the log of the whole tree.

    Parameters
    ----------
    looks_at
        After how many entries, fitting or not, the page ends even if it is not full.
    """
    end = _end_of_look(session, _stretch(wish, after), looks_at)
    rows = session.execute(
        select(*_COLUMNS)
        .outerjoin(LogDetail, col(LogDetail.entry_id) == col(LogEntry.id))
        .outerjoin(ServiceUnit, col(ServiceUnit.id) == col(LogEntry.unit_id))
        .where(*_stretch(wish, after, end), *_within(scope), *_wished(wish))
        .order_by(*_NEWEST_FIRST)
        .limit(limit)
    ).all()
    found = _told(session, rows)
    return Page(found, found[-1].place if len(found) == limit else end)


def every_entry(session: Session, scope: Scope, wish: Wish, chunk: int = 1000) -> Iterator[Entry]:
    """Yield all entries asked for, the newest first, with no more than a chunk in memory."""
    page = page_of_log(session, scope, wish, chunk)
    yield from page.entries
    while page.older is not None:
        page = page_of_log(session, scope, wish, chunk, page.older)
        yield from page.entries


def _told(session: Session, rows: Sequence[Any]) -> list[Entry]:
    keys = {key for row in rows for key in (row.actor, _account_in(row.subject)) if key}
    names = names_of(session, keys)
    return [
        Entry(
            id=row.id,
            at=row.recorded_at,
            act=row.act,
            actor=row.actor,
            actor_name=names.get(row.actor),
            subject=row.subject,
            subject_name=names.get(_account_in(row.subject) or ""),
            unit=row.unit,
            facts=json.loads(row.facts),
            detail=None if row.text is None else json.loads(row.text),
            erased=row.text is None and row.detail_digest is not None,
        )
        for row in rows
    ]


def _end_of_look(
    session: Session, stretch: Iterable[ColumnElement[bool]], looks_at: int
) -> Place | None:
    """Return the last entry that a page looks at; None if it looks at all there are."""
    found = session.execute(
        select(col(LogEntry.recorded_at), col(LogEntry.id))
        .where(*stretch)
        .order_by(*_NEWEST_FIRST)
        .offset(looks_at - 1)
        .limit(1)
    ).one_or_none()
    return None if found is None else Place(*found)


def _within(scope: Scope) -> Iterator[ColumnElement[bool]]:
    if not scope.may_everywhere(Right.READ_LOG):
        yield col(LogEntry.unit_id).in_(scope.units(Right.READ_LOG))


def _stretch(
    wish: Wish, after: Place | None = None, end: Place | None = None
) -> Iterator[ColumnElement[bool]]:
    """Bound the entries to look at: by one moment on each side, as an index is searched."""
    at, place = col(LogEntry.recorded_at), tuple_(col(LogEntry.recorded_at), col(LogEntry.id))
    if after is None or after.at >= wish.until:
        yield at < wish.until
    else:
        yield at <= after.at
        yield place < tuple(after)
    yield at >= (wish.since if end is None else end.at)
    if end is not None:
        yield place >= tuple(end)


def _wished(wish: Wish) -> Iterator[ColumnElement[bool]]:
    if wish.kinds:
        yield or_(
            *(col(LogEntry.act).startswith(f"{kind}.", autoescape=True) for kind in wish.kinds)
        )
    if wish.actor:
        yield col(LogEntry.actor).in_([wish.actor]) | _is_called(wish.actor)


def _is_called(words: str) -> ColumnElement[bool]:
    """Match whoever has all the words in the name."""
    found = (func.lower(Account.name).contains(w, autoescape=True) for w in words.lower().split())
    return col(LogEntry.actor).in_(select(col(Account.key)).where(*found))


def _account_in(subject: str) -> str | None:
    """Return the key of the account that a subject names."""
    kind, _, key = subject.rpartition(" ")
    return key if kind in {"account", ""} else None


_NEWEST_FIRST = (col(LogEntry.recorded_at).desc(), col(LogEntry.id).desc())
_COLUMNS: tuple[SQLColumnExpression[Any], ...] = (
    col(LogEntry.id),
    col(LogEntry.recorded_at),
    col(LogEntry.act),
    col(LogEntry.actor),
    col(LogEntry.subject),
    col(LogEntry.facts),
    col(LogEntry.detail_digest),
    col(LogDetail.text),
    col(ServiceUnit.name).label("unit"),
)
