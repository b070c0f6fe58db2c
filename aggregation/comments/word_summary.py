"""The words that citizens use most about each element (method §9).

Only words of five different comments or more are told: what one citizen wrote stays in the comment.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sqlalchemy import select
from sqlmodel import Session, col

from aggregation.comments.models import Comment, CommentTag
from survey.month import Month
from survey.questionnaire import Element

FEWEST_COMMENTS = 5
MOST_WORDS = 10

_STOP_WORDS = Path(__file__).with_name("stop_words.txt")
_MARK = re.compile(r"\[[a-z ]+\]")
_WORD = re.compile(r"[^\W\d_]{3,}")
_ENDING = re.compile(r"(?<=[^\W\d_]{4})(?:nya|lah|kah|pun|kan)$")


@dataclass(frozen=True, slots=True)
class WordCount:
    """A word without its ending, and how many comments use it."""

    word: str
    comments: int


@dataclass(frozen=True, slots=True)
class ElementWords:
    """What is said about an element; None is all comments, tagged or not."""

    element: Element | None
    comments: int
    words: tuple[WordCount, ...]


def frequent_words(texts: Iterable[str]) -> list[WordCount]:
    """Return the words that most comments share, the most frequent first.

    Examples
    --------
    >>> frequent_words(["Antreannya lama, antrean lama"] * 5 + ["Kursi kurang"] * 4)
    [WordCount(word='antrean', comments=5), WordCount(word='lama', comments=5)]
    """
    counts = Counter(word for text in texts for word in _words(text))
    often = [WordCount(word, count) for word, count in counts.items() if count >= FEWEST_COMMENTS]
    return sorted(often, key=lambda each: (-each.comments, each.word))[:MOST_WORDS]


def word_summary(session: Session, unit_id: int, month: Month | None) -> list[ElementWords]:
    """Return the frequent words of a unit's released comments: of all, then by element.

    Parameters
    ----------
    month
        Only comments of this month; of all months if there is none.
    """
    asked = select(col(Comment.id), col(Comment.text)).where(
        col(Comment.unit_id) == unit_id, col(Comment.text).is_not(None)
    )
    if month is not None:
        asked = asked.where(col(Comment.month) == month)
    texts: Mapping[object, str] = {key: text or "" for key, text in session.execute(asked)}
    tags = session.execute(
        select(col(CommentTag.element), col(CommentTag.comment_id))
        .join(Comment, col(Comment.id) == col(CommentTag.comment_id))
        .where(col(Comment.unit_id) == unit_id)
    ).all()
    said: dict[Element | None, list[str]] = {None: list(texts.values())}
    said |= {
        element: [texts[key] for tagged, key in tags if tagged == element and key in texts]
        for element in Element
    }
    return [
        ElementWords(element, len(about), tuple(frequent_words(about)))
        for element, about in said.items()
    ]


def _words(text: str) -> set[str]:
    plain = _MARK.sub(" ", text.lower())
    words = (word for word in _WORD.findall(plain) if word not in _stop_words())
    return {_ENDING.sub("", word) for word in words} - _stop_words()


@cache
def _stop_words() -> frozenset[str]:
    return frozenset(_STOP_WORDS.read_text(encoding="utf-8").split())
