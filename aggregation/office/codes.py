"""Codes and names that are free: suggested from a name, so that nobody has to invent one."""

import re
import unicodedata
from collections.abc import Collection
from itertools import chain, count
from string import ascii_uppercase

LONGEST_CODE = 40
_LONGEST_SUGGESTION = 30
_CODE = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_NOT_IN_A_CODE = re.compile(r"[^A-Z0-9]+")


class NotACode(ValueError):
    """The text is no code: letters, digits and single dashes between them, up to 40."""


class CodeInUse(ValueError):
    """Something else has that code.

    Attributes
    ----------
    free
        A code like it that nothing has.
    """

    def __init__(self, code: str, free: str) -> None:
        super().__init__(code)
        self.free = free


def read_new_code(text: str) -> str:
    """Return a code as it is kept, in capitals.

    Raises
    ------
    NotACode
        If it holds anything but letters, digits and dashes.
    """
    code = text.strip().upper()
    if len(code) > LONGEST_CODE or not _CODE.fullmatch(code):
        raise NotACode(text)
    return code


def chosen_code(text: str, name: str, taken: Collection[str]) -> str:
    """Return the code that was typed, or one suggested from the name if none was.

    Raises
    ------
    NotACode
        If what was typed is none.
    CodeInUse
        If it is taken, with one that is free.
    """
    if not text.strip():
        return free_code(name, taken)
    code = read_new_code(text)
    if code in taken:
        raise CodeInUse(code, free_code(code, taken))
    return code


def free_code(name: str, taken: Collection[str]) -> str:
    """Return a code like a name that nothing has.

    Examples
    --------
    >>> free_code("Disdukcapil Kota Contoh", ())
    'DISDUKCAPIL-KOTA-CONTOH'
    >>> free_code("Akta kelahiran & kematian (baru)", {"AKTA-KELAHIRAN-KEMATIAN-BARU"})
    'AKTA-KELAHIRAN-KEMATIAN-BARU-2'
    >>> free_code("…", ())
    'X'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = _NOT_IN_A_CODE.sub("-", plain).strip("-")
    stem = words[:_LONGEST_SUGGESTION].strip("-") or "X"
    if len(words) > _LONGEST_SUGGESTION and "-" in stem and words[_LONGEST_SUGGESTION] != "-":
        stem = stem.rpartition("-")[0]
    numbered = (f"{stem}-{number}" for number in count(2))
    return next(code for code in chain([stem], numbered) if code not in taken)


def free_name(name: str, taken: Collection[str]) -> str:
    """Return a name like one that is taken, and that nothing has.

    Parameters
    ----------
    taken
        In small letters: names that differ only in capitals would be mistaken for each other.

    Examples
    --------
    >>> free_name("Loket 5", {"loket 5"})
    'Loket 5B'
    >>> free_name("Loket 5", {"loket 5", "loket 5b"})
    'Loket 5C'
    >>> free_name("Ruang tunggu", {"ruang tunggu"})
    'Ruang tunggu 2'
    """
    lettered = (name + letter for letter in ascii_uppercase[1:] if name[-1:].isdigit())
    numbered = (f"{name} {number}" for number in count(2))
    return next(each for each in chain(lettered, numbered) if each.lower() not in taken)
