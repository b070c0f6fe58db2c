"""Sealing: each day that is over gets its tree and its link of the chain (method §8)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import Engine, Executable, func, insert, select
from sqlmodel import Session, col

from survey.database import reading, writing
from survey.merkle import Scalar, root_of
from survey.models import Followup, LogEntry, Response, ServiceUnit
from survey.month import local_day, time_zone
from survey.seal_chain import append, hold_chain, last_sealed_day, link_on
from survey.seal_models import LeafKind, SealedLeaf, SealKind
from survey.seal_text import written
from survey.signing import SealKey

LOG_ZONE = "Asia/Jakarta"
"""A log entry belongs to the day that it was in Jakarta: units of several zones share one log."""

SETTLES = timedelta(hours=2)
"""How long after its end a day is sealed: what was under way at midnight is recorded by then."""

_SCANNED = 31
"""Days that one scan collects: rows have no index by day, for which each tap would pay."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A row's leaf, as a day's tree takes it in."""

    digest: bytes
    kind: LeafKind
    row_id: UUID


def seal_days(engine: Engine, key: SealKey, at: datetime) -> list[date]:
    """Seal all days that are over and have no seal yet; return them.

    Reading takes a while and holds nobody up; each day is then written in a transaction of its
    own. Days without a row are sealed too, so that none can be left out.

    Raises
    ------
    OtherKey
        If the chain expects another key.
    """
    sealed: list[date] = []
    while days := _next_days(engine, at):
        with reading(engine) as session:
            leaves = leaves_of(session, days[0], days[-1])
        for day in days:
            with writing(engine) as session:
                _seal_day(session, key, day, leaves.get(day, []), at)
        sealed += days
    return sealed


def leaves_of(session: Session, first: date, last: date) -> Mapping[date, list[Leaf]]:
    """Return the leaves of what was received from one day to another, both included."""
    leaves: defaultdict[date, list[Leaf]] = defaultdict(list)
    for kind, rows in _rows(first, last).items():
        for digest, row_id, when in session.execute(rows):
            leaves[day_of(when)].append(Leaf(digest, kind, row_id))
    return leaves


def day_of(when: date | datetime) -> date:
    """Return the day that a row is sealed in, from its day or its moment."""
    return local_day(when, time_zone(LOG_ZONE)) if isinstance(when, datetime) else when


def begins(day: date) -> datetime:
    """Return the moment at which a day of the log begins."""
    return datetime.combine(day, time(), time_zone(LOG_ZONE))


def last_full_day(session: Session, at: datetime) -> date:
    """Return the newest day that is over for every unit and for the log."""
    zones = {LOG_ZONE, *session.execute(select(col(ServiceUnit.time_zone)).distinct()).scalars()}
    return min(local_day(at - SETTLES, time_zone(zone)) for zone in zones) - timedelta(days=1)


def _next_days(engine: Engine, at: datetime) -> list[date]:
    with reading(engine) as session:
        until = last_full_day(session, at)
        last = last_sealed_day(session)
        first = _first_day(session) if last is None else last + timedelta(days=1)
    if first is None:
        return []
    return [first + timedelta(days=n) for n in range(min((until - first).days + 1, _SCANNED))]


def _first_day(session: Session) -> date | None:
    """Return the day of the oldest row."""
    oldest = (
        session.execute(select(func.min(column))).scalar()
        for column in (col(Response.received_on), col(LogEntry.recorded_at))
    )
    return min((day_of(when) for when in oldest if when is not None), default=None)


def _seal_day(
    session: Session, key: SealKey, day: date, leaves: Sequence[Leaf], at: datetime
) -> None:
    hold_chain(session)
    if link_on(session, SealKind.DAY, day.isoformat()):
        return  # another night's work was quicker
    # One count, as every path needs it, over ratings, follow-ups and acts together: how many
    # citizens rated on a quiet day would tell an officer that the one he served was among them.
    facts: dict[str, Scalar] = {
        "root": root_of(sorted(leaf.digest for leaf in leaves)).hex(),
        "count": len(leaves),
        "sealed_at": written(at),
    }
    append(session, key, SealKind.DAY, day.isoformat(), facts)
    if leaves:
        rows = [
            {"day": day, "leaf": leaf.digest, "kind": leaf.kind, "row_id": leaf.row_id}
            for leaf in leaves
        ]
        session.execute(insert(SealedLeaf), rows)


def _rows(first: date, last: date) -> Mapping[LeafKind, Executable]:
    recorded = col(LogEntry.recorded_at)
    begun = recorded >= begins(first), recorded < begins(last + timedelta(days=1))
    rows: dict[LeafKind, Executable] = {
        LeafKind.LOG: select(col(LogEntry.leaf), col(LogEntry.id), recorded).where(*begun)
    }
    for kind, table, id_ in (
        (LeafKind.RESPONSE, Response, col(Response.id)),
        (LeafKind.FOLLOWUP, Followup, col(Followup.response_id)),
    ):
        received = col(table.received_on)
        rows[kind] = select(col(table.leaf), id_, received).where(received.between(first, last))
    return rows
