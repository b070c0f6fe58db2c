"""What one cell of a sheet means: texts, codes and words, as offices write them.

Each reader takes the cell's text and gives a value, or raises `BadCell` with a sentence in
Indonesian that says what to write instead.
"""

import re
from collections.abc import Callable, Mapping
from typing import TypeVar

_Value = TypeVar("_Value")

_CODE = re.compile(r"[A-Z0-9][A-Z0-9._/-]*")
_LONGEST_CODE = 40
_LONGEST_QUOTE = 20
_DIGITS_OF_A_PERSON = 12


class BadCell(ValueError):
    """A cell does not say what its column asks for; the text says what to write, in Indonesian."""


def read_text(text: str, longest: int) -> str:
    """Return a text on one line, its blanks made single.

    Raises
    ------
    BadCell
        If it is longer than its column in the database, or holds signs that nobody can see.
    """
    found = " ".join(text.split())
    if len(found) > longest:
        message = f"terlalu panjang ({len(found)} huruf); paling banyak {longest}"
        raise BadCell(message)
    if not found.isprintable():
        message = "berisi tanda yang tidak terlihat; ketik ulang isinya"
        raise BadCell(message)
    return found


def read_code(text: str) -> str:
    """Return a code of up to 40 capitals, digits, dots, dashes and strokes.

    Raises
    ------
    BadCell
        If it holds anything else.
    """
    found = read_text(text, _LONGEST_CODE).upper()
    if not _CODE.fullmatch(found):
        message = f"“{quoted(text)}” bukan kode; pakai huruf, angka, titik, dan tanda hubung saja"
        raise BadCell(message)
    return found


def one_of(words: Mapping[str, _Value]) -> Callable[[str], _Value]:
    """Return the reader of a cell that holds one of some words.

    Parameters
    ----------
    words
        Word in capitals → value; blanks, dashes and case do not matter.
    """
    meanings = {_letters(word): value for word, value in words.items()}

    def read(text: str) -> _Value:
        if _letters(text) not in meanings:
            message = f"“{quoted(text)}” tidak dikenal; pakai {', '.join(words)}"
            raise BadCell(message)
        return meanings[_letters(text)]

    return read


def has_many_digits(text: str) -> bool:
    """Say whether a text may hold a number that names a person: 12 digits or more."""
    return sum(map(str.isdigit, text)) >= _DIGITS_OF_A_PERSON


def quoted(text: str) -> str:
    """Return what a cell holds for a sentence about it: shortened, and never somebody's number.

    Examples
    --------
    >>> quoted("19900228 202121 2 001"), quoted("Senin")
    ('deretan angka', 'Senin')
    """
    if has_many_digits(text):
        return "deretan angka"
    return text if len(text) <= _LONGEST_QUOTE else f"{text[:_LONGEST_QUOTE]}…"


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text)).upper()


yes_or_no = one_of({"YA": True, "TIDAK": False})
"""Reader of a cell that says yes or no."""
