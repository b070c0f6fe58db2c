"""What opens an inquiry: praise that is asked for selectively, and praise that is traded (§7).

Both depend on values, so they quarantine nothing and score nobody; a person looks. Each test is
exact where citizens are alike, so that what is stated is how often an honest office is asked: in at
most `FALSE_ALARM` of its months by each test, however many officers it has (Holm).
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import exp, inf, lgamma
from typing import TypeVar

FALSE_ALARM = 0.01
FEWEST_VISITS = 100
"""Served by an officer in a month, below which coverage says little."""
FAR_FEWER = 2
"""A coverage this many times lower than the neighbours' is far lower."""
FEWEST_TOGETHER = 20
"""Half hours in which both of a pair were rated, below which nothing is tested."""

_Subject = TypeVar("_Subject", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Invited:
    """How many of an officer's visitors answered in a month, and how many gave the best rating."""

    visits: int
    responses: int
    best: int

    def __add__(self, other: "Invited") -> "Invited":
        """Count two officers' visitors together."""
        return Invited(
            self.visits + other.visits,
            self.responses + other.responses,
            self.best + other.best,
        )


@dataclass(frozen=True, slots=True)
class RatedHalfHour:
    """One officer's half hour in which somebody rated: its day, and whether all gave the best."""

    day: int
    half_hour: int
    all_best: bool


def invitation_skew(officers: Mapping[int, Invited]) -> list[int]:
    """Return the officers whose citizens are far fewer, and far happier, than the neighbours'.

    Few alone may be shyness, happy alone may be merit. Only where the coverage is at most half of
    the neighbours' is it tested, by Fisher's exact test, one-sided, whether both the fewness and
    the happiness could be chance; the larger of the two p-values goes into Holm's procedure.
    """
    p_values: dict[int, float] = {}
    for officer, own in officers.items():
        others = sum((o for key, o in officers.items() if key != officer), Invited(0, 0, 0))
        if _is_far_fewer(own, others):
            p_values[officer] = max(
                _fewer_by_chance(own, others),
                at_least(own.best, own.responses, own.best + others.best, _answered(own, others)),
            )
    return holm(p_values, among=len(officers))


def trading(officers: Mapping[int, Iterable[RatedHalfHour]]) -> list[tuple[int, int]]:
    """Return the pairs of officers whose all-best half hours fall together more than by chance.

    Of each day on which both were rated in the same half hours it is fixed how many of those were
    all-best for the one and for the other; how often they fall together is then hypergeometric, and
    a month is the sum of its days. A day that is good or bad for everybody changes nothing.
    """
    marks = {
        officer: {(each.day, each.half_hour): each.all_best for each in rated}
        for officer, rated in officers.items()
    }
    pairs = list(combinations(sorted(marks), 2))
    p_values = {
        pair: p
        for pair in pairs
        if (p := _together_by_chance(marks[pair[0]], marks[pair[1]])) is not None
    }
    return holm(p_values, among=len(p_values))


def shared_half_hours(one: Iterable[RatedHalfHour], other: Iterable[RatedHalfHour]) -> int:
    """Return in how many half hours both were rated."""
    times = ({(each.day, each.half_hour) for each in rated} for rated in (one, other))
    return len(set.intersection(*times))


def holm(p_values: Mapping[_Subject, float], *, among: int) -> list[_Subject]:
    """Return the subjects that Holm's procedure picks at `FALSE_ALARM`.

    Parameters
    ----------
    among
        How many were looked at, those left untested included.
    """
    found = []
    for place, subject in enumerate(sorted(p_values, key=lambda each: p_values[each])):
        if p_values[subject] > FALSE_ALARM / (among - place):
            break
        found.append(subject)
    return found


def at_least(seen: int, drawn: int, marked: int, total: int) -> float:
    """Return how probably at least so many marked ones are among those drawn (hypergeometric).

    Examples
    --------
    Of ten, five are marked; three are drawn: all three are marked once in twelve times.

    >>> round(at_least(3, 3, 5, 10) * 12, 6)
    1.0
    """
    return sum(_chances(drawn, marked, total)[seen:])


def _is_far_fewer(own: Invited, others: Invited) -> bool:
    known = own.visits >= FEWEST_VISITS and others.visits >= FEWEST_VISITS
    return known and own.responses * others.visits * FAR_FEWER <= others.responses * own.visits


def _fewer_by_chance(own: Invited, others: Invited) -> float:
    """Return how probably so few of an officer's visitors answer, if all are as ready to."""
    silent = [max(0, each.visits - each.responses) for each in (own, others)]
    visits = own.visits + others.visits
    return at_least(silent[0], own.visits, sum(silent), visits)


def _answered(own: Invited, others: Invited) -> int:
    return own.responses + others.responses


def _together_by_chance(
    one: Mapping[tuple[int, int], bool], other: Mapping[tuple[int, int], bool]
) -> float | None:
    shared = one.keys() & other.keys()
    if len(shared) < FEWEST_TOGETHER:
        return None
    days: defaultdict[int, list[tuple[bool, bool]]] = defaultdict(list)
    for at in shared:
        days[at[0]].append((one[at], other[at]))
    chances, seen = [1.0], 0
    for marks in days.values():
        first, second = (sum(each[place] for each in marks) for place in (0, 1))
        chances = _sum_of(chances, _chances(first, second, len(marks)))
        seen += sum(both == (True, True) for both in marks)
    return sum(chances[seen:])


def _chances(drawn: int, marked: int, total: int) -> list[float]:
    """Return how probable each number of marked ones is, from none to as many as are drawn."""
    ways = _ways(total, drawn)
    return [
        exp(_ways(marked, n) + _ways(total - marked, drawn - n) - ways) for n in range(drawn + 1)
    ]


def _ways(total: int, chosen: int) -> float:
    """Return the logarithm of a binomial coefficient."""
    if chosen > total:
        return -inf
    return lgamma(total + 1) - lgamma(chosen + 1) - lgamma(total - chosen + 1)


def _sum_of(one: Sequence[float], other: Sequence[float]) -> list[float]:
    found = [0.0] * (len(one) + len(other) - 1)
    for i, p in enumerate(one):
        for j, q in enumerate(other):
            found[i + j] += p * q
    return found
