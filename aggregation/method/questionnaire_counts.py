"""Counts of full SKM questionnaires: what is kept between tally and index (method §3).

They are integers, so they add: a longer period or a wider unit is the sum of its parts.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self, TypeVar

from survey.questionnaire import HIGHEST, LOWEST, RATINGS, Element

_Key = TypeVar("_Key")
_SIZE = len(Element)
_POSSIBLE_TOTALS = range(_SIZE * LOWEST, _SIZE * HIGHEST + 1)


class NotAFullQuestionnaire(ValueError):
    """An answer is missing, unknown or not 1 to 4; only full questionnaires enter the index."""


class CountsDisagree(ValueError):
    """The counts cannot come from one set of full questionnaires."""


@dataclass(frozen=True, slots=True)
class QuestionnaireCounts:
    """What a set of full questionnaires leaves behind, without any single sheet.

    Attributes
    ----------
    ratings
        (element, rating 1 to 4) → how often it was given.
    totals
        Sum of a sheet's nine ratings, 9 to 36 → how many sheets; for the interval.

    Raises
    ------
    CountsDisagree
        If the two mappings cannot come from the same full questionnaires.
    """

    ratings: Mapping[tuple[Element, int], int]
    totals: Mapping[int, int]

    def __post_init__(self) -> None:
        """Drop zero counts and refuse counts that contradict each other."""
        object.__setattr__(self, "ratings", _without_zeros(self.ratings))
        object.__setattr__(self, "totals", _without_zeros(self.totals))
        _check(self)

    @classmethod
    def of(cls, questionnaires: Iterable[Mapping[Element, int]]) -> Self:
        """Count full questionnaires.

        Raises
        ------
        NotAFullQuestionnaire
            If one lacks an element, has another one, or holds a value other than 1 to 4.
        """
        ratings: Counter[tuple[Element, int]] = Counter()
        totals: Counter[int] = Counter()
        for questionnaire in questionnaires:
            _require_full(questionnaire)
            ratings.update(questionnaire.items())
            totals[sum(questionnaire.values())] += 1
        return cls(ratings, totals)

    @property
    def n(self) -> int:
        """Number of full questionnaires."""
        return sum(self.totals.values())

    def rating_sum(self, element: Element) -> int:
        """Return S_e, the sum of the element's ratings."""
        return sum(rating * self.ratings.get((element, rating), 0) for rating in RATINGS)

    def __add__(self, other: Self) -> Self:
        """Pool two sets of questionnaires."""
        return type(self)(
            Counter(self.ratings) + Counter(other.ratings),
            Counter(self.totals) + Counter(other.totals),
        )

    def __sub__(self, other: Self) -> Self:
        """Return what is left of a set without some of its questionnaires.

        Raises
        ------
        CountsDisagree
            If they are not among them.
        """
        return type(self)(
            {key: n - other.ratings.get(key, 0) for key, n in self.ratings.items()},
            {key: n - other.totals.get(key, 0) for key, n in self.totals.items()},
        )


def _without_zeros(counts: Mapping[_Key, int]) -> Mapping[_Key, int]:
    return MappingProxyType({key: count for key, count in counts.items() if count})


def _require_full(questionnaire: Mapping[Element, int]) -> None:
    if set(questionnaire) != set(Element) or not set(questionnaire.values()) <= set(RATINGS):
        message = f"not nine elements rated 1 to 4: {dict(questionnaire)}"
        raise NotAFullQuestionnaire(message)


def _check(counts: QuestionnaireCounts) -> None:
    possible = {(element, rating) for element in Element for rating in RATINGS}
    if not (set(counts.ratings) <= possible and set(counts.totals) <= set(_POSSIBLE_TOTALS)):
        message = "a count stands under an unknown element, rating or total"
        raise CountsDisagree(message)
    if min([*counts.ratings.values(), *counts.totals.values()], default=0) < 0:
        message = "a count is negative"
        raise CountsDisagree(message)
    answered = {sum(counts.ratings.get((e, r), 0) for r in RATINGS) for e in Element}
    if answered != {counts.n}:
        message = f"{counts.n} questionnaires, but elements answered {sorted(answered)} times"
        raise CountsDisagree(message)
    if sum(map(counts.rating_sum, Element)) != sum(t * c for t, c in counts.totals.items()):
        message = "the sum of the ratings is not the sum of the totals"
        raise CountsDisagree(message)


NO_QUESTIONNAIRES = QuestionnaireCounts({}, {})
"""The empty set, to start a sum from."""
