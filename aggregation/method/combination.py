"""Combinations of one response's answers to the rule's elements (method §5).

Counts per element do not determine Σx, so the tally keeps counts per combination: a text with
one character per element in rule order, ``1`` to ``4``, or ``-`` for an element not answered.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from aggregation.method.rule import Rule
from survey.questionnaire import RATINGS

BLANK = "-"
_CHARACTERS = frozenset(map(str, RATINGS)) | {BLANK}

CombinationCounts = Mapping[str, int]
"""How many responses gave each combination; counts of several months simply add."""


class NotACombination(ValueError):
    """The text does not hold one rating or blank per element of the rule."""


def voice(combination: str, rule: Rule) -> Fraction | None:
    """Return x_r, the weighted mean of what the response answered, 1 to 4.

    Returns
    -------
    Fraction or None
        None if it answered none of the officer's elements: then it says nothing of the officer.

    Raises
    ------
    NotACombination
        If the text does not fit the rule.

    Examples
    --------
    >>> voice("43-2", Rule())
    Fraction(27, 8)
    """
    _require(combination, rule)
    answered = [
        (element.weight, int(rating))
        for element, rating in zip(rule.elements, combination, strict=True)
        if rating != BLANK
    ]
    if not answered:
        return None
    return Fraction(sum(w * r for w, r in answered), sum(w for w, _ in answered))


def voices(counts: CombinationCounts, rule: Rule) -> dict[Fraction, int]:
    """Return how many responses hold each x_r, leaving out those that answered nothing."""
    held: Counter[Fraction] = Counter()
    for combination, count in counts.items():
        value = voice(combination, rule)
        if value is not None:
            held[value] += count
    return dict(held)


def pool(tallies: Iterable[CombinationCounts]) -> dict[str, int]:
    """Add the counts of several tallies: the months of a window, or officers of a unit."""
    pooled: Counter[str] = Counter()
    for tally in tallies:
        pooled.update(tally)
    return dict(sorted(pooled.items()))


def projected(
    counts: CombinationCounts, spelled: Sequence[str], codes: Sequence[str]
) -> dict[str, int]:
    """Return counts by combination of some of the elements that they were counted by.

    Parameters
    ----------
    spelled
        The elements that the combinations spell, in order.
    codes
        Those that are asked for, in the order they shall have; each is among `spelled`.

    Examples
    --------
    >>> projected({"43-2": 5, "41-2": 1}, ["A", "B", "C", "D"], ["D", "A"])
    {'24': 6}
    """
    if tuple(spelled) == tuple(codes):
        return dict(counts)
    places = [spelled.index(code) for code in codes]
    found: Counter[str] = Counter()
    for combination, count in counts.items():
        found["".join(combination[place] for place in places)] += count
    return dict(found)


def rating_counts(counts: CombinationCounts, rule: Rule) -> dict[str, tuple[int, int, int, int]]:
    """Return, for each officer element, how often 1, 2, 3 and 4 were given."""
    given: Counter[tuple[str, str]] = Counter()
    for combination, count in counts.items():
        _require(combination, rule)
        for code, rating in zip(rule.codes, combination, strict=True):
            given[code, rating] += count
    return {
        code: (given[code, "1"], given[code, "2"], given[code, "3"], given[code, "4"])
        for code in rule.codes
    }


def _require(combination: str, rule: Rule) -> None:
    if len(combination) != len(rule.elements) or not _CHARACTERS.issuperset(combination):
        message = f"“{combination}” is no combination of {', '.join(rule.codes)}"
        raise NotACombination(message)
