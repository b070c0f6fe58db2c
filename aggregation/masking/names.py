"""Names of people in a text: those of a roster however they are said, and whoever is addressed.

Many names are ordinary words too (Indah, Mulia, Cahaya). Such a word is a name after a word of
address or with a capital inside a sentence, never on its own in small letters.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from aggregation.masking.readable import folded
from aggregation.masking.spans import Kind, Span
from aggregation.masking.word_list import listed

_INTRODUCED = frozenset(
    {"bernama", "namanya", "nama", "dipanggil", "panggilannya", "alias", "inisial", "a.n", "an"}
)
_WHOSE = frozenset(
    {
        "saya",
        "aku",
        "ku",
        "dia",
        "beliau",
        "petugas",
        "petugasnya",
        "ibu",
        "bapak",
        "anak",
        "suami",
        "istri",
    }
)
_SERVING = frozenset(
    {"petugas", "pegawai", "operator", "satpam", "petugasnya", "staf", "staff", "security"}
)
_GLUED = ("pak", "bapak", "ibu", "mas", "mbak", "mba", "kak", "bang", "bu")
_STARTS = frozenset(".!?\n:")
_TOKEN = re.compile(r"[^\W\d_](?:[\w'’@$*]*[\w*])?")
_TOLD_BY = str.maketrans("01345@$", "oieasas")
_ENDINGS = ("nya", "lah", "kah", "pun", "ku", "mu", "in", "an")
_BEHIND = re.compile(
    r"(?:\s[A-Z](?:\.|(?!\w)))?(?:,\s?(?:[A-Z][A-Za-z]{0,3}\.){1,3}[A-Za-z]{0,4})*"
)
_DISTINCT = 3
_MISSPELT = 5
_PLAINLY_MISSPELT = 7


class _Token(NamedTuple):
    first: int
    end: int
    word: str
    is_capital: bool
    is_upper: bool
    """All of it in capitals, as offices write KTP."""
    starts_sentence: bool
    after: str
    """What stands between it and the token before."""


class _Told(NamedTuple):
    """What stands around a word and tells that it is a name."""

    addressed: bool
    introduced: bool
    capital: bool
    inside: bool
    """A capital that no sentence begins with."""
    serving: bool

    @property
    def as_a_name(self) -> bool:
        return self.addressed or self.introduced or self.inside or self.serving


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The names of a roster, apart from titles.

    Attributes
    ----------
    parts
        Each word of three letters or more of any name, in small plain letters.
    """

    parts: frozenset[str]

    @staticmethod
    def of(names: Iterable[str]) -> "KnownNames":
        """Take a roster's names, written with titles or without.

        Examples
        --------
        >>> sorted(KnownNames.of(["Hj. Sari Wulandari, S.Sos., M.Si"]).parts)
        ['sari', 'wulandari']
        """
        words = (
            word.strip(".")
            for name in names
            for word in re.split(r"[\s,/()]+", folded(name))
            if word.strip(".") not in listed("titles") and word not in listed("titles")
        )
        parts = (re.sub(r"[^a-z]", "", part) for word in words for part in word.split("."))
        return KnownNames(
            frozenset(p for p in parts if len(p) >= _DISTINCT and p not in listed("titles"))
        )


def name_spans(text: str, names: KnownNames) -> Iterator[Span]:
    """Yield where somebody is named; what of a name stands side by side is one."""
    tokens = _tokens(text)
    shouted = _is_shouted(tokens)
    named = [_is_named(tokens, at, names, shouted=shouted) for at in range(len(tokens))]
    _grow(tokens, named, names, shouted=shouted)
    at = 0
    while at < len(tokens):
        if not named[at]:
            at += 1
            continue
        first = at
        while at + 1 < len(tokens) and named[at + 1] and _is_beside(tokens[at + 1]):
            at += 1
        yield Span(_begin(text, tokens[first]), _end(text, tokens[at]), Kind.NAME)
        at += 1


def _tokens(text: str) -> list[_Token]:
    plain, before = folded(text), 0
    found: list[_Token] = []
    for match in _TOKEN.finditer(text):
        first, end = match.span()
        between = text[before:first]
        starts = not found or (
            bool(_STARTS & set(between)) and not _is_abbreviated(found[-1], between)
        )
        word = plain[first:end].translate(_TOLD_BY)
        found.append(
            _Token(
                first, end, word, text[first].isupper(), text[first:end].isupper(), starts, between
            )
        )
        before = end
    return found


def _is_abbreviated(token: _Token, between: str) -> bool:
    """Tell whether a full stop only ends a short word of address or a title: Bpk. Budi."""
    known = (
        token.word in listed("addresses")
        or token.word in listed("titles")
        or token.end - token.first == 1
    )
    return known and between.strip() == "."


def _is_shouted(tokens: Sequence[_Token]) -> bool:
    """Tell whether capitals say nothing in a text: all of its words begin with one."""
    capitals = sum(token.is_capital for token in tokens)
    return len(tokens) > 2 and capitals > 0.7 * len(tokens)  # noqa: PLR2004


def _is_named(tokens: Sequence[_Token], at: int, names: KnownNames, *, shouted: bool) -> bool:
    token, before = tokens[at], tokens[at - 1].word if at else ""
    told = _Told(
        addressed=before in listed("addresses") and _is_beside(token),
        introduced=_is_introduced(tokens, at),
        capital=token.is_capital and not shouted,
        inside=token.is_capital and not shouted and not token.starts_sentence,
        serving=before in _SERVING and token.is_capital,
    )
    if token.word in listed("addresses") and not told.inside:
        return False
    part = _part(token.word, names)
    if part is not None:
        return part not in listed("ordinary_words") or told.as_a_name
    if token.word in listed("ordinary_words") or token.word in _SERVING:
        return False
    return _is_glued(token.word, names) or _is_like_a_name(token, names, told)


def _is_like_a_name(token: _Token, names: KnownNames, told: _Told) -> bool:
    """Tell whether a word nobody knows is a name misspelt, cut short, or somebody else's."""
    if _is_misspelt(token.word, names):
        return told.as_a_name or len(token.word) >= _PLAINLY_MISSPELT
    if not (told.addressed or told.introduced):
        return False
    is_capital = told.capital and not _is_abbreviation(token)
    return is_capital or "*" in token.word or (told.addressed and _is_short_for(token.word, names))


def _is_introduced(tokens: Sequence[_Token], at: int) -> bool:
    """Tell whether a name follows: "namanya Joko", "nama saya Joko"."""
    if at == 0 or not _is_near(tokens[at]):
        return False
    if at > 1 and tokens[at - 1].word in _WHOSE:
        return tokens[at - 2].word in _INTRODUCED and _is_near(tokens[at - 1])
    return tokens[at - 1].word in _INTRODUCED


def _grow(tokens: Sequence[_Token], named: list[bool], names: KnownNames, *, shouted: bool) -> None:
    """Take in the words beside a name that belong to it, ordinary ones too: Indah Permata Sari."""
    for at in range(1, len(tokens)):
        if named[at - 1] and _is_beside(tokens[at]):
            capital = tokens[at].is_capital and tokens[at - 1].is_capital and not shouted
            goes_on = capital and _may_follow(tokens[at])
            named[at] = named[at] or goes_on or _part(tokens[at].word, names) is not None
    for at in range(len(tokens) - 2, -1, -1):
        if named[at + 1] and _is_beside(tokens[at + 1]) and not named[at]:
            known = _part(tokens[at].word, names) is not None
            named[at] = known and tokens[at].word not in listed("addresses")


def _may_follow(token: _Token) -> bool:
    """Tell whether a word with a capital may go on with the name before it."""
    if token.word in listed("addresses") or token.is_upper or _is_abbreviation(token):
        return False
    return token.word not in listed("ordinary_words") or token.word in listed("name_words")


def _part(word: str, names: KnownNames) -> str | None:
    """Return the part of a name that a word is; endings and letters said again are seen through."""
    for spelled in (word, re.sub(r"(.)\1+", r"\1", word), re.sub(r"(.)\1{2,}", r"\1", word)):
        if spelled in names.parts:
            return spelled
        for ending in _ENDINGS:
            stem = spelled.removesuffix(ending)
            if stem != spelled and len(stem) > _DISTINCT and stem in names.parts:
                return stem
    return None


def _is_glued(word: str, names: KnownNames) -> bool:
    """Tell whether a word of address runs into a name: busari, paksuryanto."""
    return word not in listed("ordinary_words") and any(
        word.startswith(each) and word.removeprefix(each) in names.parts for each in _GLUED
    )


def _is_short_for(word: str, names: KnownNames) -> bool:
    return len(word) >= _DISTINCT and any(
        len(part) > len(word) and (part.startswith(word) or part.endswith(word))
        for part in names.parts
    )


def _is_misspelt(word: str, names: KnownNames) -> bool:
    return len(word) >= _MISSPELT - 1 and any(
        len(part) >= _MISSPELT and _is_one_off(word, part) for part in names.parts
    )


def _is_one_off(word: str, part: str) -> bool:
    """Tell whether one letter is wrong, missing, too many, or two have changed places."""
    if abs(len(word) - len(part)) > 1 or word == part:
        return False
    same = 0
    while same < min(len(word), len(part)) and word[same] == part[same]:
        same += 1
    rest, wanted = word[same:], part[same:]
    return (
        rest[1:] == wanted[1:]
        or rest[1:] == wanted
        or rest == wanted[1:]
        or (rest[:2] == wanted[1::-1] and rest[2:] == wanted[2:])
    )


def _is_abbreviation(token: _Token) -> bool:
    """Tell whether a word is one of those that offices shorten; KTP names nobody."""
    return token.end - token.first < _DISTINCT


def _is_beside(token: _Token) -> bool:
    return token.after.strip() in {"", ".", "-", "_", "'"} and "\n" not in token.after


def _is_near(token: _Token) -> bool:
    return token.after.strip() in {"", ":", "=", '"', "'", "“"}


def _begin(text: str, token: _Token) -> int:
    """Take an initial in front of a name in: S. Wulandari."""
    initial = re.search(r"(?<!\w)[A-Z]\.\s?$", text[: token.first])
    return initial.start() if initial else token.first


def _end(text: str, token: _Token) -> int:
    """Take an initial and the degrees behind a name in: Sari W., S.Sos."""
    behind = _BEHIND.match(text, token.end)
    return behind.end() if behind and text[token.first].isupper() else token.end
