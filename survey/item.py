"""One response as a tablet sends it: read strictly, every wrong field named (method §8).

A tablet may have waited offline with a clock that was reset, so its time of service is only
required to be a time; whoever takes the item corrects it (method §4.4).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from survey.answers import Answers, InvalidAnswers, Problem, check_answers
from survey.settings import KNOWN_LANGUAGES

REQUIRED = ("id", "sequence", "served_at", "language", "ratings")
OPTIONAL = ("service", "comment", "profile", "answered_in")

FIRST_YEAR, LAST_YEAR = 1970, 2099
"""Years that a tablet's clock may show: a clock without power begins at 1970."""

GREATEST_SEQUENCE = 2**53 - 1
"""The greatest whole number that a browser counts without a mistake."""

LONGEST_SESSION = 24 * 60 * 60
"""Seconds that one citizen may take for the questions."""

LONGEST_SENT_COMMENT = 4000
"""Characters of a comment before it is cleaned, so that cleaning stays cheap."""

_ONE_SPELLING = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?"
    r"(Z|[+-][0-9]{2}:[0-9]{2})"
)


@dataclass(frozen=True, slots=True)
class TabletItem:
    """A response as the tablet kept it.

    Attributes
    ----------
    id
        128 random bits, made by the tablet.
    sequence
        The tablet's running number, from 0.
    served_at
        The time on the tablet's clock, in UTC.
    language
        The language the citizen read.
    answered_in
        Seconds from showing the nine questions to sending the answers, if they were shown.
    """

    id: UUID
    sequence: int
    served_at: datetime
    language: str
    answers: Answers
    answered_in: int | None = None


def read_item(data: object) -> TabletItem:
    """Return what a decoded JSON value says, if it is a response and nothing else.

    Raises
    ------
    InvalidAnswers
        With every problem found, whatever the value is.
    """
    if not isinstance(data, dict):
        raise InvalidAnswers([Problem("item", "not_an_object")])
    problems = [
        *(Problem(str(name)[:40], "unknown") for name in data if name not in _FIELDS),
        *(Problem(name, "missing") for name in REQUIRED if name not in data),
    ]
    read: dict[str, Any] = {}
    for name, (reader, reason) in _READERS.items():
        read[name] = reader(data.get(name))
        left_out = name in OPTIONAL and data.get(name) is None
        if read[name] is None and name in data and not left_out:
            problems.append(Problem(name, reason))
    try:
        answers = _answers(data)
    except InvalidAnswers as invalid:
        raise InvalidAnswers([*problems, *invalid.problems]) from invalid
    if problems:
        raise InvalidAnswers(problems)
    return TabletItem(answers=answers, **read)


def _answers(data: Mapping[str, object]) -> Answers:
    ratings, profile = data.get("ratings", {}), data.get("profile", {})
    comment = data.get("comment")
    problems = [
        Problem(name, "not_an_object")
        for name, value in (("ratings", ratings), ("profile", profile))
        if not isinstance(value, dict)
    ]
    if isinstance(comment, str) and len(comment) > LONGEST_SENT_COMMENT:
        problems.append(Problem("comment", "too_long"))
    if problems:
        raise InvalidAnswers(problems)
    return check_answers(
        ratings,  # type: ignore[arg-type]
        data.get("service"),
        comment,
        profile,  # type: ignore[arg-type]
    )


def read_id(value: object) -> UUID | None:
    """Return an id in its one spelling; None for anything else."""
    known = isinstance(value, str) and _ONE_SPELLING.fullmatch(value)
    return UUID(known[0]) if known else None


def read_sequence(value: object) -> int | None:
    """Return a running number, 0 to `GREATEST_SEQUENCE`; None for anything else."""
    return value if type(value) is int and 0 <= value <= GREATEST_SEQUENCE else None


def read_instant(value: object) -> datetime | None:
    """Return the UTC time that a text writes; None for anything that no tablet's clock shows."""
    if not (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return None
    try:
        instant = datetime.fromisoformat(value).astimezone(UTC)
    except (ValueError, OverflowError):  # a 30 February, a minute 61, the year 0 or before it
        return None
    return instant if FIRST_YEAR <= instant.year <= LAST_YEAR else None


def _seconds(value: object) -> int | None:
    return value if type(value) is int and 0 <= value <= LONGEST_SESSION else None


def _language(value: object) -> str | None:
    return value if isinstance(value, str) and value in KNOWN_LANGUAGES else None


_FIELDS = frozenset(REQUIRED + OPTIONAL)
_READERS: Mapping[str, tuple[Callable[[object], object], str]] = {
    "id": (read_id, "not_an_id"),
    "sequence": (read_sequence, "not_a_number"),
    "served_at": (read_instant, "not_a_time"),
    "language": (_language, "unknown"),
    "answered_in": (_seconds, "not_a_number"),
}
