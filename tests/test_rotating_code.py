"""The code on the tablet's screen: six letters of a key and a minute (docs/tablet.md)."""

import doctest
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import rotating_code
from kiosk.rotating_code import SECONDS, code_key, is_current, letters, step_of
from survey.spelling import ALPHABET
from tests.rotating_vectors import CODE_KEY, DEVICE, KEY, SECRET, VECTORS

NOON = datetime(2026, 10, 5, 5, 0, tzinfo=UTC)
OTHER = b"another tablet's key".ljust(32)


def by_hand(key: bytes, step: int) -> str:
    """Write the first thirty bits of the digest down and read them five by five."""
    digest = hmac.new(key, b"nilai code 1\n" + str(step).encode(), hashlib.sha256).digest()
    bits = "".join(f"{byte:08b}" for byte in digest)[:30]
    return "".join(ALPHABET[int(bits[at : at + 5], 2)] for at in range(0, 30, 5))


@pytest.mark.parametrize(("step", "expected"), VECTORS.items())
def test_a_key_and_a_minute_make_these_letters_for_ever(step: int, expected: str) -> None:
    """Tablets that are out there make them too: a change of the rule would shut all of them out."""
    assert letters(KEY, step) == expected == by_hand(KEY, step)


@given(key=st.binary(min_size=32, max_size=32), step=st.integers(0, 2**40))
def test_the_letters_are_the_first_thirty_bits_of_the_digest(key: bytes, step: int) -> None:
    assert letters(key, step) == by_hand(key, step)


def test_a_tablets_key_is_made_of_the_secret_and_the_tablet() -> None:
    assert code_key(SECRET, DEVICE).hex() == CODE_KEY
    assert len({code_key(SECRET, uuid4()) for _ in range(100)}) == 100
    assert code_key(SECRET + b"!", DEVICE).hex() != CODE_KEY


def test_a_step_is_a_whole_minute_since_1970() -> None:
    assert step_of(datetime(1970, 1, 1, tzinfo=UTC)) == 0
    assert step_of(NOON) == step_of(NOON + timedelta(seconds=59.999)) == 29_852_940
    assert step_of(NOON + timedelta(minutes=1)) == 29_852_941


@given(into=st.floats(0, SECONDS, exclude_max=True), step=st.integers(-5, 5))
def test_a_code_holds_for_its_own_minute_and_one_on_either_side(into: float, step: int) -> None:
    at = NOON + timedelta(seconds=into)
    assert is_current(letters(KEY, step_of(at) + step), [KEY], at) is (-1 <= step <= 1)


def test_of_all_codes_of_a_day_exactly_three_hold() -> None:
    steps = [
        step for step in range(-720, 720) if is_current(letters(KEY, STEP + step), [KEY], NOON)
    ]
    assert steps == [-1, 0, 1]


STEP = step_of(NOON)


def test_a_code_of_any_of_the_desks_tablets_holds() -> None:
    for key in (KEY, OTHER):
        assert is_current(letters(key, STEP), [KEY, OTHER], NOON)
        assert not is_current(letters(key, STEP), [], NOON)
    assert not is_current(letters(OTHER, STEP), [KEY], NOON)


@pytest.mark.parametrize("given", ["", "0", "0" * 5, "0" * 7, "ßßßßßß", "\ud800" * 6, "\0" * 6])
def test_what_is_no_code_is_not_current(given: str) -> None:
    assert not is_current(given, [KEY], NOON)


def test_the_worked_example_holds() -> None:
    assert doctest.testmod(rotating_code).failed == 0
