from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update
from sqlmodel import Session, col

from aggregation.access.models import Account, StaffSession
from aggregation.access.staff_session import (
    ABSOLUTE,
    IDLE,
    end_named_session,
    end_session,
    end_sessions_of,
    name_of,
    open_session,
    running,
    see,
    sessions_of,
)
from tests.staff_factories import make_account

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


def opened(session: Session, account_id: int | None = None, device: str = "") -> str:
    return open_session(session, account_id or make_account(session), NOON, device=device)


def runs(session: Session, key: str, at: datetime = NOON) -> bool:
    return running(session, key, at) is not None


def test_a_session_runs_from_its_first_moment_for_its_account(session: Session) -> None:
    account_id = make_account(session)
    found = running(session, opened(session, account_id), NOON)
    assert found is not None
    assert (found.account_id, found.seen_at, found.verified_at) == (account_id, NOON, None)


def test_a_session_that_lies_idle_ends(session: Session) -> None:
    key = opened(session)
    assert runs(session, key, NOON + IDLE - A_SECOND)
    assert not runs(session, key, NOON + IDLE)


def test_using_a_session_keeps_it_running(session: Session) -> None:
    key = opened(session)
    see(session, key, NOON + IDLE - A_SECOND)
    assert runs(session, key, NOON + IDLE)


def test_no_use_keeps_a_session_beyond_twelve_hours(session: Session) -> None:
    key = opened(session)
    see(session, key, NOON + ABSOLUTE - A_SECOND)
    assert runs(session, key, NOON + ABSOLUTE - A_SECOND)
    assert not runs(session, key, NOON + ABSOLUTE)


def test_a_second_factor_given_in_one_session_is_given_in_no_other(session: Session) -> None:
    account_id = make_account(session)
    here = open_session(session, account_id, NOON, verified=True)
    there = opened(session, account_id)
    verified = [running(session, key, NOON + A_SECOND) for key in (here, there)]
    assert [each and each.verified_at for each in verified] == [NOON, None]


def mine(session: Session, key: str) -> None:
    end_session(session, key, NOON)


def by_name(session: Session, key: str) -> None:
    account_id = session.scalars(select(col(StaffSession.account_id))).one()
    end_named_session(session, account_id, name_of(key), NOON)


def all_of_them(session: Session, _key: str) -> None:
    end_sessions_of(session, session.scalars(select(col(StaffSession.account_id))).one(), NOON)


def switch_off(session: Session, _key: str) -> None:
    session.execute(update(Account).values(active=False))


WAYS = (mine, by_name, all_of_them, switch_off)


def survives(session: Session, end: Callable[[Session, str], None]) -> bool:
    key = opened(session)
    end(session, key)
    see(session, key, NOON + A_SECOND)
    return runs(session, key, NOON + A_SECOND)


@pytest.mark.parametrize("end", WAYS)
def test_an_ended_session_cannot_be_used_or_revived(
    session: Session, end: Callable[[Session, str], None]
) -> None:
    assert not survives(session, end)


def test_a_session_that_survives_its_ending_is_noticed(session: Session) -> None:
    assert survives(session, lambda _session, _key: None)


def test_ending_one_session_leaves_the_others_running(session: Session) -> None:
    here, there = opened(session), opened(session)
    end_session(session, here, NOON)
    assert runs(session, there)


def test_all_but_this_one_are_ended_and_those_of_others_stay(session: Session) -> None:
    account_id = make_account(session)
    here, there, foreign = opened(session, account_id), opened(session, account_id), opened(session)
    end_sessions_of(session, account_id, NOON, but=here)
    assert [runs(session, key) for key in (here, there, foreign)] == [True, False, True]


def test_another_accounts_session_is_not_ended_by_its_name(session: Session) -> None:
    key = opened(session)
    end_named_session(session, make_account(session), name_of(key), NOON)
    assert runs(session, key)


def test_the_list_shows_what_runs_the_last_used_first(session: Session) -> None:
    account_id = make_account(session)
    opened(session, account_id, "Firefox, Linux")
    used = opened(session, account_id, "Chrome, Android")
    end_session(session, opened(session, account_id, "Edge, Windows"), NOON)
    see(session, used, NOON + A_SECOND)
    listed = sessions_of(session, account_id, NOON + A_SECOND)
    assert [each.device for each in listed] == ["Chrome, Android", "Firefox, Linux"]
    assert listed[0].name == name_of(used)


def test_a_key_that_was_never_given_opens_nothing(session: Session) -> None:
    opened(session)
    assert not runs(session, "x")


def test_the_name_in_the_list_opens_nothing(session: Session) -> None:
    assert not runs(session, name_of(opened(session)))


def test_the_database_holds_no_key(session: Session) -> None:
    key = opened(session)
    row = session.execute(select(StaffSession)).scalar_one()
    assert key.encode() not in row.digest
    assert len(row.digest) == 32


def test_a_key_has_at_least_128_bits(session: Session) -> None:
    account_id = make_account(session)
    keys = {open_session(session, account_id, NOON) for _ in range(200)}
    assert len(keys) == 200
    assert min(len(urlsafe_b64decode(f"{key}==")) for key in keys) * 8 >= 128
