"""A comment as it can be read: one spelling of each letter, no marks that hide or turn text."""

import re
import unicodedata

LONGEST = 1000
"""Characters of a comment; the citizen's form takes no more."""

_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})
_KEPT = "\n\t"
_STRUCK = re.compile("[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]")
"""Accents that no letter has taken in: they strike a word through, or hide it."""
_BLANKS = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*\n\s*")

_LOOK_ALIKE = str.maketrans(
    "аеіојкмнорстухвгԁһӏьѕіαβερτικνοχυ",
    "aeiojkmhopctyxbrdhlbsiaBepTikvoxu".lower(),
)
"""Letters of other scripts that pass for Latin ones."""


def readable(text: str) -> str:
    """Return a comment as anybody may read it; nothing where nothing can be read.

    Compatibility letters become plain ones, marks that turn the direction, join or are not seen
    go, and so do accents piled upon letters; at most 1000 characters stay.

    Examples
    --------
    >>> readable(f"Lama{chr(0x200B)} sekali{chr(0x202E)} di sini")
    'Lama sekali di sini'
    >>> readable(chr(0x200F) * 10_000)
    ''
    """
    plain = unicodedata.normalize("NFKC", text)
    seen = "".join(c for c in plain if c in _KEPT or unicodedata.category(c) not in _HIDDEN)
    lines = _LINES.sub("\n\n", _BLANKS.sub(" ", _STRUCK.sub("", seen)))
    return lines.strip()[:LONGEST].strip()


def says_something(text: str) -> bool:
    """Tell whether there is a letter, a digit or a picture in a text."""
    return any(unicodedata.category(c)[0] in "LNS" for c in text)


def folded(text: str) -> str:
    """Return a text in small plain letters, one character for each of its own.

    Examples
    --------
    >>> folded("Sàri Сари")
    'sari capи'
    """
    return "".join(map(_folded, text)).translate(_LOOK_ALIKE)


def _folded(letter: str) -> str:
    return (unicodedata.normalize("NFD", letter)[0].lower() or letter)[0]
