"""Receipts are not to be guessed, and nobody who has one is shut out."""

from datetime import UTC, datetime, timedelta

import pytest

from survey.guesses import AT_ONCE, PER_MINUTE, Guesses, TooManyGuesses
from survey.network import network_of

AT = datetime(2026, 10, 6, 3, 0, tzinfo=UTC)
KEY = b"k" * 32
HOME, OFFICE = "203.0.113.7", "198.51.100.1"


class Unknown(LookupError):
    pass


def wrong(guesses: Guesses, address: str = HOME, at: datetime = AT) -> None:
    with pytest.raises(Unknown), guesses.one(KEY, address, at):
        raise Unknown


def used_up(address: str = HOME) -> Guesses:
    guesses = Guesses()
    for _ in range(AT_ONCE):
        wrong(guesses, address)
    return guesses


def is_shut_out(guesses: Guesses, address: str = HOME, at: datetime = AT) -> bool:
    try:
        with guesses.one(KEY, address, at):
            return False
    except TooManyGuesses:
        return True


def test_whoever_tries_too_many_waits_and_is_told_how_long() -> None:
    guesses = used_up()
    with pytest.raises(TooManyGuesses) as wait, guesses.one(KEY, HOME, AT):
        pass
    assert wait.value.seconds == 60 / PER_MINUTE
    assert not is_shut_out(guesses, at=AT + timedelta(seconds=wait.value.seconds))


def test_other_networks_do_not_wait() -> None:
    assert not is_shut_out(used_up(), OFFICE)


def test_an_office_s_wi_fi_with_sixty_citizens_who_mistype_is_never_shut_out() -> None:
    guesses = Guesses()
    for _ in range(60):
        wrong(guesses, OFFICE)
        with guesses.one(KEY, OFFICE, AT):
            pass
    assert not is_shut_out(guesses, OFFICE)


def test_a_code_that_exists_costs_nothing() -> None:
    guesses = Guesses()
    for _ in range(3 * AT_ONCE):
        with guesses.one(KEY, OFFICE, AT):
            pass
    assert not is_shut_out(guesses, OFFICE)


def test_for_good_only_so_many_a_minute_get_through() -> None:
    guesses, tried = used_up(), 0
    for second in range(600):
        at = AT + timedelta(seconds=second)
        if not is_shut_out(guesses, at=at):
            wrong(guesses, at=at)
            tried += 1
    assert tried <= 10 * PER_MINUTE


def test_all_addresses_of_one_line_count_as_one_and_nothing_else_does() -> None:
    assert network_of("2001:db8:7:1::1") == network_of("2001:db8:7:ffff::9")
    assert network_of("2001:db8:8::1") != network_of("2001:db8:7::1")
    assert network_of(HOME) != network_of(OFFICE)
    assert network_of("unix") == "unix"


def kept(guesses: Guesses) -> str:
    return repr(vars(guesses))


def test_no_address_is_kept_and_yesterday_s_are_forgotten() -> None:
    guesses = used_up()
    assert HOME not in kept(guesses)
    before = kept(guesses)
    tomorrow = AT + timedelta(days=1)
    wrong(guesses, at=tomorrow)
    after = kept(guesses)
    digest = before.partition("OrderedDict")[2].partition("b'")[2][:20]
    assert digest not in after
    assert not is_shut_out(guesses, at=tomorrow)


def test_what_is_remembered_has_a_bound() -> None:
    guesses = Guesses(most_networks=50)
    for n in range(200):
        wrong(guesses, f"10.0.{n // 100}.{n % 100}")
    assert kept(guesses).count("_Left(") == 50
