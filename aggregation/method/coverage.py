"""Coverage: which part of the visits that were served was rated (method §5)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

_HALF_HOURS_A_DAY = 48


class ServedStretch(Protocol):
    """Half hours [starts, ends) of a desk that belong to exactly one officer."""

    @property
    def desk_id(self) -> int:
        """The desk."""

    @property
    def starts(self) -> int:
        """The first half hour, counted from 1970."""

    @property
    def ends(self) -> int:
        """The half hour after the last."""

    @property
    def officer_id(self) -> int:
        """Whose they are."""


@dataclass(frozen=True, slots=True)
class SlipSpan:
    """Numbered slips that were handed out at a desk in half hours [starts, ends) of one day."""

    desk_id: int
    starts: int
    ends: int
    slips: int


@dataclass(frozen=True, slots=True)
class KnownVisits:
    """What is known of the visits of a month.

    Attributes
    ----------
    queued
        Visits by desk and half hour, from queue files or the queue machine.
    spans
        Slips that were handed out. On a day of a desk of which the queue tells, the queue counts
        and the slips do not, because most visits would be in both.
    """

    queued: Mapping[tuple[int, int], int]
    spans: tuple[SlipSpan, ...] = ()

    @property
    def counting_spans(self) -> tuple[SlipSpan, ...]:
        """The slips of days and desks of which no queue tells."""
        told = {(desk, half_hour // _HALF_HOURS_A_DAY) for desk, half_hour in self.queued}
        return tuple(s for s in self.spans if (s.desk_id, _day(s.starts)) not in told)


@dataclass(frozen=True, slots=True)
class DeskVisits:
    """What is known of a desk's month: visits, and on how many days any are known."""

    visits: int
    days: int


def coverage(responses: int, visits: int | None) -> Fraction | None:
    """Return responses ÷ visits; None where visits are unknown or none were served.

    It may exceed 1 where fewer visits were written down than were served.

    Examples
    --------
    >>> coverage(30, 120)
    Fraction(1, 4)
    >>> coverage(30, None) is coverage(0, 0) is None
    True
    """
    return Fraction(responses, visits) if visits else None


def visits_by_officer(known: KnownVisits, stretches: Iterable[ServedStretch]) -> dict[int, int]:
    """Return the visits served in half hours that belong to each officer.

    A visit of the queue has its half hour. Slips of a span count for an officer only if the whole
    span is that officer's: nobody knows which of them were handed out before a change of shift, so
    otherwise they count for the desk alone.

    Returns
    -------
    dict
        Without the officers none of whose visits are known.

    Examples
    --------
    >>> @dataclass(frozen=True)
    ... class Stretch:
    ...     desk_id: int
    ...     starts: int
    ...     ends: int
    ...     officer_id: int
    >>> sari, budi = Stretch(3, 16, 24, officer_id=1), Stretch(3, 24, 30, officer_id=2)
    >>> visits_by_officer(KnownVisits({(3, 23): 5, (3, 24): 2}), [sari, budi])
    {1: 5, 2: 2}
    >>> spans = SlipSpan(3, 16, 24, slips=40), SlipSpan(3, 22, 26, slips=12)
    >>> visits_by_officer(KnownVisits({}, spans), [sari, budi])
    {1: 40}
    """
    owner = {
        (each.desk_id, half_hour): each.officer_id
        for each in stretches
        for half_hour in range(each.starts, each.ends)
    }
    found: Counter[int] = Counter()
    for place, visits in known.queued.items():
        if place in owner:
            found[owner[place]] += visits
    for span in known.counting_spans:
        owners = {owner.get((span.desk_id, at)) for at in range(span.starts, span.ends)}
        if len(owners) == 1 and (whole := owners.pop()) is not None:
            found[whole] += span.slips
    return dict(found)


def visits_by_desk(known: KnownVisits) -> dict[int, DeskVisits]:
    """Return the visits of each desk of which any are known."""
    visits: Counter[int] = Counter()
    days: defaultdict[int, set[int]] = defaultdict(set)
    for (desk_id, half_hour), count in known.queued.items():
        visits[desk_id] += count
        days[desk_id].add(_day(half_hour))
    for span in known.counting_spans:
        visits[span.desk_id] += span.slips
        days[span.desk_id].add(_day(span.starts))
    return {desk_id: DeskVisits(count, len(days[desk_id])) for desk_id, count in visits.items()}


def _day(half_hour: int) -> int:
    return half_hour // _HALF_HOURS_A_DAY
