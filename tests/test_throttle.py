"""Failures slow signing in down, and lock nobody out."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlmodel import Session, col

from aggregation.access.models import FailedSignIn
from aggregation.access.throttle import (
    KEPT_FOR,
    OF_ACCOUNT,
    OF_CODES,
    OF_PLACE,
    OWN,
    Corners,
    Slowing,
    attempt,
    corners,
    succeeded,
)
from survey.database import writing
from tests.factories import KEYS
from tests.sign_in_factories import all_at_once

NOON = datetime(2026, 11, 3, 5, 0, tzinfo=UTC)
KEY = KEYS.key("sign-in corners")
EMAIL = "rina@contoh.example"
HOME, ELSEWHERE = "192.0.2.1", "198.51.100.7"
ALL = [OWN, OF_ACCOUNT, OF_PLACE, OF_CODES]
Throttle = Callable[[Session, Corners, datetime], int]


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def where(
    place: str = HOME, account: str = EMAIL, *, at: datetime = NOON, browser: str = ""
) -> Corners:
    return corners(KEY, at, account, place, browser=browser)


def fail(session: Session, corner: Corners, times: int) -> datetime:
    """Fail so often, waiting each time as long as is told; return when the last one was."""
    at = NOON
    for _ in range(times):
        while wait := attempt(session, corner, at):
            at += timedelta(seconds=wait)
    return at


@given(slowing=st.sampled_from(ALL), failures=st.integers(0, 10**6))
def test_a_wait_grows_with_failures_and_never_beyond_its_bound(
    slowing: Slowing, failures: int
) -> None:
    wait = slowing.seconds(failures)
    assert 0 <= wait <= slowing.seconds(failures + 1) <= slowing.longest
    assert (wait == 0) == (failures < slowing.free)


def test_three_attempts_cost_nothing_then_each_costs_more(session: Session) -> None:
    waits, at = [], NOON
    for _ in range(12):
        waits.append(attempt(session, where(), at))
        if waits[-1]:
            at += timedelta(seconds=waits[-1])
            assert attempt(session, where(), at) == 0
    assert waits == [0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_an_attempt_that_comes_too_early_is_refused_and_not_counted(session: Session) -> None:
    fail(session, where(), 3)
    for _ in range(50):
        assert attempt(session, where(), NOON) == 1
    assert attempt(session, where(), after(1)) == 0
    assert attempt(session, where(), after(1)) == 2


def test_the_wait_is_told_in_whole_seconds_that_are_enough(session: Session) -> None:
    last = fail(session, where(), 4)
    assert attempt(session, where(), last + timedelta(seconds=0.5)) == 2
    assert attempt(session, where(), last + timedelta(seconds=2.5)) == 0


def test_a_clock_set_back_makes_no_wait_longer(session: Session) -> None:
    fail(session, where(), 4)
    assert attempt(session, where(), NOON - timedelta(hours=1)) == 2


def test_signing_in_forgets_ones_own_failures(session: Session) -> None:
    last = fail(session, where(), 5)
    succeeded(session, where())
    for _ in range(3):
        assert attempt(session, where(), last) == 0


def test_signing_in_leaves_the_failures_of_others_as_they_are(session: Session) -> None:
    fail_from_many_places(session, OF_ACCOUNT.free + 2)
    before = failures(session)
    mine = where("192.0.2.200")
    attempt(session, mine, NOON)
    assert attempt(session, mine, after(60)) == 0
    succeeded(session, mine)
    assert failures(session) == before


def test_failures_for_one_account_slow_no_other_from_elsewhere(session: Session) -> None:
    fail(session, where(ELSEWHERE), 30)
    assert attempt(session, where(HOME, "budi@contoh.example"), NOON) == 0


def fail_from_many_places(session: Session, times: int) -> None:
    for i in range(times):
        fail(session, where(f"203.0.113.{i}"), 1)


def test_guessing_one_account_from_many_places_is_slowed_too(session: Session) -> None:
    fail_from_many_places(session, OF_ACCOUNT.free + 3)
    newcomer = where("192.0.2.200")
    wait = attempt(session, newcomer, NOON)
    assert wait == 8
    assert attempt(session, newcomer, after(wait)) == 0


def test_guessing_many_accounts_from_one_place_is_slowed_too(session: Session) -> None:
    waits = [attempt(session, where(HOME, f"{i}@x.example"), NOON) for i in range(130)]
    assert set(waits[: OF_PLACE.free]) == {0}
    assert set(waits[OF_PLACE.free :]) == {1}  # whoever asks first waits, and is not counted


def test_all_addresses_of_one_ipv6_line_are_one_place(session: Session) -> None:
    fail(session, where("2001:db8::1"), 3)
    assert attempt(session, where("2001:db8::ffff:1"), NOON) == 1
    assert attempt(session, where("2001:db8:0:1::1"), NOON) == 1
    assert attempt(session, where("2001:db8:1::1"), NOON) == 0


def test_addresses_of_ipv4_written_as_ipv6_are_places_of_their_own(session: Session) -> None:
    fail(session, where(f"::ffff:{HOME}"), 3)
    assert attempt(session, where(HOME), NOON) == 1
    assert attempt(session, where(f"::ffff:{ELSEWHERE}"), NOON) == 0


@pytest.mark.parametrize("place", ["", "unknown", "1.2.3.4:80", "fe80::1%eth0"])
def test_whatever_a_proxy_calls_a_place_is_a_place(session: Session, place: str) -> None:
    fail(session, where(place), 3)
    assert attempt(session, where(place), NOON) == 1


# An attacker who never gives up.


@pytest.fixture
def one_session(sqlite_engine: Engine) -> Iterator[Session]:
    """Give a session on one kind of database: an attack of an hour is long enough once."""
    with writing(sqlite_engine) as session:
        yield session


def guesses_in_an_hour(session: Session, throttle: Throttle, place: str = ELSEWHERE) -> int:
    """Return how many passwords somebody tries who comes back as soon as he may, or each second."""
    guesses, at = 0, NOON
    while at < after(3600):
        wait = throttle(session, where(place, at=at), at)
        guesses += not wait
        at += timedelta(seconds=max(wait, 1))
    return guesses


def test_an_hour_of_guessing_tries_few_passwords(one_session: Session) -> None:
    assert guesses_in_an_hour(one_session, attempt) < 75


def test_a_throttle_that_counts_nothing_is_noticed(one_session: Session) -> None:
    assert guesses_in_an_hour(one_session, lambda *_: 0) > 3000


def longest_wait_of_the_owner(
    session: Session, owner: Callable[[datetime], Corners], attackers: Sequence[str]
) -> int:
    """Return how long the owner waits who comes every three minutes of an hour under attack."""
    free_at, waits = dict.fromkeys(attackers, NOON), [0]
    for second in range(0, 3600, 10):
        at = after(second)
        for place in attackers:
            if free_at[place] <= at:
                wait = attempt(session, where(place, at=at), at)
                free_at[place] = at + timedelta(seconds=max(wait, 1))
        if second % 190 == 0:
            waits.append(owners_wait(session, owner, at))
    return max(waits)


def owners_wait(session: Session, owner: Callable[[datetime], Corners], at: datetime) -> int:
    """Return how long the owner waits until he is in, doing what he is told."""
    whole = 0
    while wait := attempt(session, owner(at), at):
        whole, at = whole + wait, at + timedelta(seconds=wait)
    succeeded(session, owner(at))
    return whole


MANY = [f"198.51.100.{i}" for i in range(8)]


def test_an_attack_does_not_keep_the_owners_own_browser_waiting(one_session: Session) -> None:
    def known(at: datetime) -> Corners:
        return where(at=at, browser="the browser at her desk")

    assert longest_wait_of_the_owner(one_session, known, MANY) == 0


def test_an_attack_keeps_the_owner_waiting_half_a_minute_at_most(one_session: Session) -> None:
    def unknown(at: datetime) -> Corners:
        return where(at=at)

    assert 0 < longest_wait_of_the_owner(one_session, unknown, MANY) <= OF_ACCOUNT.longest


def test_a_throttle_that_makes_the_owner_pay_for_the_attack_is_noticed(
    one_session: Session,
) -> None:
    def mistaken(at: datetime) -> Corners:
        return where(MANY[0], at=at)

    last = fail(one_session, where(MANY[0]), 12)
    assert owners_wait(one_session, mistaken, last) > OF_ACCOUNT.longest


def tried_at_once(engine: Engine, throttle: Throttle) -> int:
    def one() -> object:
        with writing(engine) as session:
            return throttle(session, where(), NOON)

    return all_at_once(16, one).count(0)


def test_many_attempts_at_the_same_moment_are_no_way_around(engine: Engine) -> None:
    assert tried_at_once(engine, attempt) == OWN.free


def test_a_way_around_is_noticed(engine: Engine) -> None:
    assert tried_at_once(engine, lambda *_: 0) > OWN.free


# What is kept (method §9).


def failures(session: Session) -> int:
    return session.scalars(select(func.sum(col(FailedSignIn.failures)))).one() or 0


def test_a_corner_names_neither_account_nor_place(session: Session) -> None:
    attempt(session, where(), NOON)
    kept = b"".join(session.scalars(select(col(FailedSignIn.corner))))
    assert EMAIL.encode() not in kept
    assert HOME.encode() not in kept


def test_a_corner_has_another_digest_every_day(session: Session) -> None:
    today, tomorrow = where(), where(at=NOON + timedelta(days=1))
    assert today.own != tomorrow.own
    assert not set(today.shared) & set(tomorrow.shared)
    assert where(at=after(60)) == today
    fail(session, today, 6)
    assert attempt(session, tomorrow, NOON + timedelta(days=1)) == 0


def test_nothing_is_kept_beyond_two_days(session: Session) -> None:
    fail(session, where(), 5)
    later = NOON + KEPT_FOR + timedelta(minutes=1)
    attempt(session, where(ELSEWHERE, "other", at=later), later)
    assert failures(session) == 3


def test_codes_and_passwords_are_counted_apart(session: Session) -> None:
    fail(session, where(), 3)
    assert attempt(session, corners(KEY, NOON, EMAIL, HOME, codes=True), NOON) == 0
