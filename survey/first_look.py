"""What intake itself can tell of a new response: bursts, staff's browsers, unread questions (§7).

Nothing is refused. Of a tap only its minute is kept, for as long as a burst lasts after it came in:
the next tap anywhere takes away what is older.
"""

import logging
from collections.abc import Collection, Iterator
from contextlib import contextmanager, nullcontext
from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    tuple_,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from survey.answers import Answers
from survey.channel import Channel
from survey.desks import NoDesk
from survey.findings import FINDING, note
from survey.ledger import Place
from survey.models import table_of
from survey.screening import (
    LOCAL,
    PHONES,
    Signal,
    burst_begins,
    is_straight_line,
    minute_of,
)
from survey.screening_models import RecentTap
from survey.submission import Submission, VisitProof

HALL = "hall"
"""A kind of desk that is many: eight taps in ten minutes are an ordinary morning there."""

_A_MINUTE = timedelta(minutes=1)  # a tap's own minute may just have begun
_TAP = table_of(RecentTap)
_LOG = logging.getLogger(__name__)


def look_at_response(
    connection: Connection,
    proof: VisitProof,
    place: Place,
    submission: Submission,
    *,
    received_at: datetime,
    today: date,
    seen: Collection[Signal] = (),
) -> None:
    """Note what is suspicious about a response that was stored just now.

    A sheet is not tapped, so it is not looked at. What a tablet sends may have waited: its taps are
    judged by when they were made, and whoever took the batch says what else it saw.

    Parameters
    ----------
    today
        The unit's own day.
    seen
        What the citizen's page could tell itself, such as a browser of the staff.
    """
    if proof.channel is Channel.PAPER or isinstance(proof.desk, NoDesk):
        return
    on_phone = proof.channel in PHONES
    signals = set(seen)
    if on_phone:
        signals |= _unread(submission.answers, submission.served_at, received_at)
    with _losing_no_rating(connection):
        note(connection, place.unit_id, place.month, ((place.id, s) for s in signals), today)
        if proof.desk.kind != HALL and submission.half_hour_known:
            tapped_at = received_at if on_phone else submission.served_at
            tap = _Tap(proof.desk.id, place, tapped_at, received_at)
            _look_for_burst(connection, tap, today)


def look_at_followup(
    connection: Connection,
    place: Place,
    followup: Submission,
    *,
    received_at: datetime,
    today: date,
) -> None:
    """Note what is suspicious about a follow-up that was stored just now."""
    signals = _unread(followup.answers, followup.served_at, received_at)
    if signals:
        with _losing_no_rating(connection):
            note(connection, place.unit_id, place.month, ((place.id, s) for s in signals), today)


def forget_taps(connection: Connection, at: datetime) -> None:
    """Take away when taps came in that can no longer belong to a burst."""
    connection.execute(_FORGET[connection.dialect.name], {"now": at})


def _unread(answers: Answers, shown_at: datetime, at: datetime) -> set[Signal]:
    alike = is_straight_line(tuple(answers.elements.values()), at - shown_at)
    return {Signal.STRAIGHT_LINE} if alike else set()


class _Tap(NamedTuple):
    desk_id: int
    place: Place
    at: datetime
    received_at: datetime


def _look_for_burst(connection: Connection, tap: _Tap, today: date) -> None:
    database, place, minute = connection.dialect.name, tap.place, minute_of(tap.at)
    row = {
        "desk_id": tap.desk_id,
        "at": minute,
        "response_id": place.id,
        "kept_until": minute_of(tap.received_at) + LOCAL.burst_time + _A_MINUTE,
        "unit_id": place.unit_id,
        "month": place.month,
    }
    lock = {"lock": _LOCKS + tap.desk_id} if database == "postgresql" else {}
    connection.execute(_KEEP[database], {**row, **lock})
    now = {
        "desk": tap.desk_id,
        "since": burst_begins(tap.at),
        "until": minute,
        "now": tap.received_at,
    }
    taps, some_are_old = connection.execute(_LOOK, now).one()
    if some_are_old:
        forget_taps(connection, tap.received_at)
    if taps == LOCAL.burst:
        connection.execute(_NOTE_BURST[database], {**now, "today": today})
    elif taps > LOCAL.burst:  # whoever came before was noted with the tap before this one
        note(connection, place.unit_id, place.month, [(place.id, Signal.BURST)], today)


@contextmanager
def _losing_no_rating(connection: Connection) -> Iterator[None]:
    """Let whatever goes wrong undo the screening, and nothing that was stored before it.

    SQLite takes back a statement that fails and goes on; PostgreSQL needs a savepoint for that.
    Where the database itself has gone, what was stored is gone too, and the citizen must hear so.
    """
    on_postgresql = connection.dialect.name == "postgresql"
    try:
        with connection.begin_nested() if on_postgresql else nullcontext():
            yield
    except SQLAlchemyError:
        if connection.invalidated:
            raise
        _LOG.exception("a response was stored without being screened")


# Taps at one desk are counted in turn, or the eighth and the ninth would each see seven. The lock
# is taken by the statement before the one that counts, which then sees what others committed.
_LOCKS = 0x6275_7273_7400_0000
_KEYS = [_TAP.c.desk_id, _TAP.c.at, _TAP.c.response_id]
_OLD = _TAP.c.kept_until <= bindparam("now")
_RECENT = (
    _TAP.c.desk_id == bindparam("desk"),
    _TAP.c.at.between(bindparam("since"), bindparam("until")),
    ~_OLD,
)
_VALUES = select(*(bindparam(column.name, type_=column.type) for column in _TAP.c))
_KEEP = {
    "sqlite": insert(_TAP),
    "postgresql": insert(_TAP).from_select(
        list(_TAP.c.keys()), _VALUES.select_from(text("pg_advisory_xact_lock(:lock)"))
    ),
}
_FORGET = {
    "sqlite": delete(_TAP).where(_OLD),
    # Whoever is deleting the same rows just now is not waited for.
    "postgresql": delete(_TAP).where(
        tuple_(*_KEYS).in_(select(*_KEYS).where(_OLD).with_for_update(skip_locked=True))
    ),
}
# No further than it takes to know: a mashed desk is not counted through at every tap.
_LOOK = select(func.count(), exists().where(_OLD)).select_from(
    select(_TAP.c.desk_id).where(*_RECENT).limit(LOCAL.burst + 1).subquery()
)
_BURST = select(
    _TAP.c.unit_id,
    _TAP.c.month,
    _TAP.c.response_id,
    literal(Signal.BURST.value),
    bindparam("today", type_=FINDING.c.found_on.type),
).where(*_RECENT)
_NOTE_BURST = {
    name: dialect.insert(FINDING)
    .from_select(["unit_id", "month", "response_id", "reason", "found_on"], _BURST)
    .on_conflict_do_nothing()
    for name, dialect in {"sqlite": sqlite, "postgresql": postgresql}.items()
}
