"""What one citizen answered, checked before anything else looks at it (method §1, §2)."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from survey.profile import OPTIONS, ProfileField
from survey.questionnaire import HIGHEST, LOWEST, OVERALL, Element

LONGEST_COMMENT = 1000
"""Characters of a comment, after line ends are made one character."""

SERVICE_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.-]{0,39}")
_ITEM_CODES = frozenset((OVERALL, *Element))
_KEPT_CONTROLS = "\n\t"
_NO_LETTERS = "\ufffe\uffff"  # spreadsheets and other XML cannot hold them


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an answer: which field, and why, as a stable word."""

    field: str
    reason: str


class InvalidAnswers(ValueError):
    """Some answers cannot be taken; nothing was kept.

    Attributes
    ----------
    problems
        Each wrong field with its reason.
    """

    def __init__(self, problems: Sequence[Problem]) -> None:
        """Carry the problems."""
        super().__init__("; ".join(f"{p.field}: {p.reason}" for p in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Answers:
    """The checked answers of one submission; absent is absent, never 0.

    Attributes
    ----------
    ratings
        Item code (``KESELURUHAN`` or an element) to 1, 2, 3 or 4.
    service
        Code of the service received, if told.
    comment
        Free text of 1 to 1000 characters, if given.
    profile
        Optional profile fields, by code.
    """

    ratings: Mapping[str, int] = field(default_factory=dict)
    service: str | None = None
    comment: str | None = None
    profile: Mapping[ProfileField, str] = field(default_factory=dict)

    @property
    def overall(self) -> int | None:
        """The quick item's rating, 1 to 4, if given."""
        return self.ratings.get(OVERALL)

    @property
    def elements(self) -> dict[Element, int]:
        """The ratings of the nine elements that were answered."""
        return {e: self.ratings[e] for e in Element if e in self.ratings}

    @property
    def beyond_the_tap(self) -> bool:
        """Whether there is anything that belongs to the follow-up record."""
        return bool(self.elements or self.comment or self.profile)


def check_answers(
    ratings: Mapping[str, object],
    service: object = None,
    comment: object = None,
    profile: Mapping[str, object] = MappingProxyType({}),
) -> Answers:
    """Return the answers as checked values.

    Ratings must be whole numbers 1 to 4 (``True`` is not 1, ``4.0`` is not 4), every code known.

    Raises
    ------
    InvalidAnswers
        With every problem found, not only the first.
    """
    problems = [*_rating_problems(ratings), *_profile_problems(profile)]
    if service is not None and not (isinstance(service, str) and SERVICE_CODE.fullmatch(service)):
        problems.append(Problem("service", "unknown"))
    text = _clean(comment) if comment is None or isinstance(comment, str) else None
    if comment is not None and not isinstance(comment, str):
        problems.append(Problem("comment", "not_text"))
    if text is not None and len(text) > LONGEST_COMMENT:
        problems.append(Problem("comment", "too_long"))
    if problems:
        raise InvalidAnswers(problems)
    return Answers(
        ratings={code: ratings[code] for code in ratings},  # type: ignore[misc]
        service=service,  # type: ignore[arg-type]
        comment=text or None,
        profile={ProfileField(name): str(code) for name, code in profile.items()},
    )


def rating_of(text: str) -> int | None:
    """Read one rating as a form sends it: exactly one ASCII digit 1 to 4, otherwise none."""
    return int(text) if text in {"1", "2", "3", "4"} else None


def _rating_problems(ratings: Mapping[str, object]) -> list[Problem]:
    unknown = [Problem(str(code)[:40], "unknown") for code in ratings if code not in _ITEM_CODES]
    wrong = [
        Problem(code, "not_1_to_4")
        for code, value in ratings.items()
        if code in _ITEM_CODES and not (type(value) is int and LOWEST <= value <= HIGHEST)
    ]
    return unknown + wrong


def _profile_problems(profile: Mapping[str, object]) -> list[Problem]:
    unknown = [Problem(str(name)[:40], "unknown") for name in profile if name not in OPTIONS]
    wrong = [
        Problem(name, "unknown")
        for name, code in profile.items()
        if name in OPTIONS and not (isinstance(code, str) and code in OPTIONS[ProfileField(name)])
    ]
    return unknown + wrong


def _clean(text: str | None) -> str | None:
    """Return a comment that any database and any printer can hold.

    Line ends become one character; controls, lone surrogates and what is no letter at all go;
    composed letters stay one.
    """
    if text is None:
        return None
    one_line_end = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c
        for c in one_line_end
        if c in _KEPT_CONTROLS
        or (unicodedata.category(c) not in {"Cc", "Cs"} and c not in _NO_LETTERS)
    )
    return unicodedata.normalize("NFC", kept).strip()
