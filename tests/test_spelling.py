"""Codes on posters and slips have one alphabet and one spelling."""

import secrets

from hypothesis import given
from hypothesis import strategies as st

from survey.spelling import ALPHABET, grouped, random_letters, spell, typed

codes = st.text(st.sampled_from(ALPHABET), min_size=1, max_size=26)


def test_the_alphabet_has_32_letters_and_none_that_look_alike() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set(ALPHABET) & set("ILOU")


@given(number=st.integers(0, 2**40 - 1))
def test_letters_carry_five_bits_each_the_first_bits_first(number: int) -> None:
    value = 0
    for letter in spell(number.to_bytes(5, "big"), 8):
        value = value * 32 + ALPHABET.index(letter)
    assert value == number


@given(data=st.binary(min_size=17, max_size=32), length=st.integers(1, 26))
def test_a_shorter_code_is_the_beginning_of_a_longer_one(data: bytes, length: int) -> None:
    assert spell(data, 26).startswith(spell(data, length))
    assert len(spell(data, length)) == length


@given(code=codes)
def test_a_printed_code_reads_back_however_it_is_typed(code: str) -> None:
    assert typed(grouped(code)) == code
    assert typed(grouped(code).lower().replace("-", " ")) == code
    assert typed(code.replace("0", "o").replace("1", "l")) == code


def test_codes_are_printed_in_groups_of_four() -> None:
    assert grouped("ABCDEFGHJKMN") == "ABCD-EFGH-JKMN"
    assert grouped("ABCDE") == "ABCD-E"


def test_random_letters_come_from_the_alphabet_and_never_again() -> None:
    drawn = {random_letters(12) for _ in range(1000)}
    assert len(drawn) == 1000
    assert set("".join(drawn)) == set(ALPHABET)
    assert len(spell(secrets.token_bytes(17), 26)) == 26
