from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlmodel import Session

from aggregation.access.models import StaffSession
from aggregation.access.staff_session import (
    ABSOLUTE,
    IDLE,
    end_session,
    last_seen,
    open_session,
    see,
)

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def test_a_session_runs_from_its_first_moment(session: Session) -> None:
    assert last_seen(session, open_session(session, NOON), NOON) == NOON


def test_a_session_that_lies_idle_ends(session: Session) -> None:
    key = open_session(session, NOON)
    assert last_seen(session, key, NOON + IDLE - A_SECOND) == NOON
    assert last_seen(session, key, NOON + IDLE) is None


def test_using_a_session_keeps_it_running(session: Session) -> None:
    key = open_session(session, NOON)
    see(session, key, NOON + IDLE - A_SECOND)
    assert last_seen(session, key, NOON + IDLE) == NOON + IDLE - A_SECOND


def test_no_use_keeps_a_session_beyond_twelve_hours(session: Session) -> None:
    key = open_session(session, NOON)
    see(session, key, NOON + ABSOLUTE - A_SECOND)
    assert last_seen(session, key, NOON + ABSOLUTE - A_SECOND) is not None
    assert last_seen(session, key, NOON + ABSOLUTE) is None


def test_an_ended_session_cannot_be_used_or_revived(session: Session) -> None:
    key = open_session(session, NOON)
    end_session(session, key, NOON)
    see(session, key, NOON + A_SECOND)
    assert last_seen(session, key, NOON + A_SECOND) is None


def test_ending_one_session_leaves_the_others_running(session: Session) -> None:
    mine, theirs = open_session(session, NOON), open_session(session, NOON)
    end_session(session, mine, NOON)
    assert last_seen(session, theirs, NOON) == NOON


def test_a_key_that_was_never_given_opens_nothing(session: Session) -> None:
    open_session(session, NOON)
    assert last_seen(session, "x", NOON) is None


def test_the_database_holds_no_key(session: Session) -> None:
    key = open_session(session, NOON)
    row = session.execute(select(StaffSession)).scalar_one()
    assert key.encode() not in row.digest
    assert len(row.digest) == 32
