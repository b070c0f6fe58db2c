"""Words that insult, in Indonesian, a few languages of the regions and English, however spelled.

`insults.txt` holds one word or phrase a line. Letters told by digits, letters said several times,
stars for letters, letters set apart and the endings of everyday speech are seen through.
"""

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import product

from aggregation.masking.readable import folded
from aggregation.masking.spans import Kind, Span
from aggregation.masking.word_list import listed

_TOKEN = re.compile(r"[^\W_](?:[\w@$!*+#]*[\w@$*+#])?")
_APART = re.compile(r"(?<!\w)[^\W_](?:([ .\-_*/]{1,2})[^\W_])(?:\1[^\W_]){2,}(?!\w)")
_JOINED = re.compile(r"(?<!\w)[^\W\d_]{1,4}(?:[.\-_/][^\W\d_]{1,4})+(?!\w)")
_TWICE = re.compile(r"(.)\1+")
_TOLD_BY = {
    "0": "o", "1": "il", "3": "e", "4": "a", "5": "s", "6": "gb", "7": "t", "8": "b", "9": "g",
    "@": "a", "$": "s", "!": "i", "+": "t",
}  # fmt: skip
_ENDINGS = re.compile(
    r"(?:nya|lah|kah|mu|ku|kau|pun|lu|an|in|banget|bgt|amat|sekali|semua|loe|lo|deh|sih|2)$"
)
_BEGINNINGS = ("se", "ter", "ke", "si")
_MOST_SPELLINGS = 32
_STARRED = 3
"""A word whose letters are starred is known by so many letters or more in all."""


@cache
def _words() -> frozenset[str]:
    return frozenset(_once(line) for line in listed("insults") if " " not in line)


@cache
def _phrases() -> re.Pattern[str]:
    lines = sorted(line for line in listed("insults") if " " in line)
    spelled = (r"\W{1,3}".join(f"{part}+" for part in line.split()) for line in lines)
    return re.compile(rf"\b(?:{'|'.join(spelled)})(?:nya|lah|mu|kau)?\b")


def insult_spans(text: str) -> Iterator[Span]:
    """Yield where somebody is insulted."""
    plain = folded(text)
    for found in _phrases().finditer(plain):
        yield Span(*found.span(), Kind.INSULT)
    for pattern in (_APART, _JOINED):
        for found in pattern.finditer(plain):
            if _insults(re.sub(r"[\W_]", "", found[0])):
                yield Span(*found.span(), Kind.INSULT)
    for found in _TOKEN.finditer(plain):
        if _insults(found[0].strip("!")):
            yield Span(*found.span(), Kind.INSULT)


@lru_cache(maxsize=4096)
def _insults(token: str) -> bool:
    if len(token) > 40:  # noqa: PLR2004 - no word is; spelling it out would only cost time
        return False
    if "*" in token.strip("*") or "#" in token:
        return _is_starred(token)
    return any(_is_known(_once(spelled)) for spelled in _spelled(token.strip("*#")))


def _is_known(word: str) -> bool:
    return any(
        stem in _words()
        for begun in (word, *(word.removeprefix(b) for b in _BEGINNINGS if word.startswith(b)))
        for stem in (begun, _ENDINGS.sub("", begun))
        if len(stem) > 1
    )


def _spelled(token: str) -> Iterator[str]:
    choices = [_TOLD_BY.get(c, c) for c in token]
    for count, letters in enumerate(product(*choices)):
        if count == _MOST_SPELLINGS:
            return
        yield "".join(letters)


def _is_starred(token: str) -> bool:
    """Tell whether a word with stars for some letters may be read as an insult."""
    letters = re.sub(r"[^a-z]", "", token)
    if len(token) <= _STARRED or len(letters) < 2:  # noqa: PLR2004 - one letter says nothing
        return False
    wanted = re.compile(re.sub(r"[*#]+", lambda stars: f".{{1,{len(stars[0]) + 1}}}", token))
    return any(wanted.fullmatch(word) for word in _words())


def _once(word: str) -> str:
    """Write letters that are said several times once."""
    return _TWICE.sub(r"\1", word)
