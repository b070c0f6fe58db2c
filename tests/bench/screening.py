"""Screening: how many honest desk-months are touched, and which attacks are caught (method §7).

A desk-month is drawn with its queue: citizens arrive in the rhythm of a day, wait for the one
before, are served in two to twenty minutes, and some of them rate a minute or so later, a few as a
family. Everything is judged by the product's own rules, from times and counts; ratings are drawn
only for the control, which looks at them as the rules must not.
"""

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import numpy as np

from aggregation.method.desk_hours import ServedSpan, closed_hours, more_than_served
from survey.screening import Signal, bursts, is_straight_line

DESK_MONTHS, DAYS = 1500, 21
RUNS = 200
MORNING, AFTERNOON, FRIDAY_MORNING = (16, 24), (26, 32), (16, 23)
ARRIVALS = (1.6, 1.9, 2.0, 1.7, 1.3, 1.0, 0.8, 0.7)
"""Of the mean, hour by hour from 08.00; nobody is called during lunch."""
FAMILY, FOLLOWED_UP, EQUAL_NINE, MEDIAN_NINE = 0.06, 0.35, 0.3, 60
_START = datetime(2026, 10, 1, tzinfo=UTC)
_HALF_HOUR = 30

Random = np.random.Generator


@dataclass
class DeskMonth:
    """What happened at one desk: minutes since the month began, as the product would know them."""

    served: list[float] = field(default_factory=list)
    rated: list[float] = field(default_factory=list)
    nine_took: dict[float, float] = field(default_factory=dict)
    """Seconds over nine equal answers, by when the rating came."""
    staff: set[float] = field(default_factory=set)

    def add(self, times: Collection[float]) -> list[float]:
        """Let somebody invent ratings; return when."""
        self.rated = sorted([*self.rated, *times])
        return list(times)


def hours_of(day: int) -> tuple[tuple[int, int], ...]:
    """Return the half hours in which the desk serves on a working day."""
    return (FRIDAY_MORNING if day % 5 == 4 else MORNING, AFTERNOON)


def honest(random: Random) -> DeskMonth:
    """Draw a desk-month of a queue without anything wrong."""
    month, share, an_hour = DeskMonth(), random.uniform(0.1, 0.7), random.uniform(2, 7)
    for day in range(DAYS):
        for first, end in hours_of(day):
            free = begins = float(day * 1440 + first * _HALF_HOUR)
            for arrives in _arrivals(random, begins, (end - first) / 2, an_hour):
                free = max(free, arrives) + float(np.clip(random.lognormal(1.6, 0.5), 2, 20))
                if free > begins + (end - first) * _HALF_HOUR + 15:
                    break
                month.served.append(free)
                if random.random() < share:
                    people = int(random.integers(2, 4)) if random.random() < FAMILY else 1
                    opens = free + random.exponential(1.0)
                    month.rated += [opens + n * 0.25 for n in range(people)]
    month.rated.sort()
    for at in month.rated:
        if random.random() < FOLLOWED_UP * EQUAL_NINE:
            month.nine_took[at] = float(random.lognormal(np.log(MEDIAN_NINE), 0.45))
    return month


def _arrivals(random: Random, begins: float, hours: float, an_hour: float) -> list[float]:
    """Draw when citizens come, in the rhythm of the day; half an hour before closing none does."""
    first = int(begins % 1440 // 60) - 8
    found: list[float] = []
    for hour in range(int(hours + 0.5)):
        length = min(1.0, hours - 0.5 - hour)
        if length > 0:
            count = random.poisson(an_hour * ARRIVALS[first + hour] * length)
            found += list(begins + 60 * (hour + length * random.random(count)))
    return sorted(found)


_OPEN = frozenset(
    day * 48 + slot
    for day in range(DAYS)
    for first, end in hours_of(day)
    for slot in range(first, end)
)


def held(month: DeskMonth, *, visits_known: bool) -> dict[Signal, set[int]]:
    """Return the places of the ratings that each rule sets aside."""
    half_hours = [int(at // _HALF_HOUR) for at in month.rated]
    visits = Counter(int(at // _HALF_HOUR) for at in month.served) if visits_known else Counter()
    spans = [ServedSpan(at, at + 1, count) for at, count in visits.items()]
    closed = closed_hours(half_hours, _OPEN)
    beyond = more_than_served(Counter(half_hours), spans)
    return {
        Signal.BURST: bursts([_START + timedelta(minutes=at) for at in month.rated]),
        Signal.STAFF_BROWSER: {n for n, at in enumerate(month.rated) if at in month.staff},
        Signal.STRAIGHT_LINE: {
            n
            for n, at in enumerate(month.rated)
            if at in month.nine_took
            and is_straight_line([1] * 9, timedelta(seconds=month.nine_took[at]))
        },
        Signal.CLOSED_HOURS: {n for n, at in enumerate(half_hours) if at in closed},
        Signal.MORE_THAN_SERVED: {n for n, at in enumerate(half_hours) if at in beyond},
    }


def run() -> Iterator[str]:
    """Yield the lines to print."""
    yield from _false_alarms(np.random.default_rng(1))
    yield _honest_crowd(np.random.default_rng(2))
    for number, (name, attack, known) in enumerate(ATTACKS):
        random = np.random.default_rng(100 + number)
        shares = [_caught(random, attack, visits_known=known) for _ in range(RUNS)]
        whole = sum(share == 1 for share in shares) / RUNS
        yield f"{name}: {np.mean(shares):.1%} of them held, all of them in {whole:.1%} of runs"
    yield _control(np.random.default_rng(3))


def _false_alarms(random: Random) -> Iterator[str]:
    touched: Counter[Signal] = Counter()
    touched_at_all = responses = set_aside = 0
    for _ in range(DESK_MONTHS):
        month = honest(random)
        found = held(month, visits_known=True)
        touched.update(signal for signal, places in found.items() if places)
        every = set().union(*found.values())
        touched_at_all += bool(every)
        responses += len(month.rated)
        set_aside += len(every)
    yield (
        f"{DESK_MONTHS} honest desk-months, {responses} ratings: "
        f"{touched_at_all / DESK_MONTHS:.2%} touched, {set_aside / responses:.3%} of ratings held"
    )
    for signal in (s for s in Signal if s in held(DeskMonth(), visits_known=True)):
        yield f"  {signal}: {touched[signal] / DESK_MONTHS:.2%} of desk-months; promised ≤ 1 %"


def _honest_crowd(random: Random) -> str:
    runs = 1000
    crowds = [np.sort(random.uniform(600, 610, 60)) for _ in range(runs)]
    flagged = sum(
        bool(bursts([_START + timedelta(minutes=float(at)) for at in crowd[desk::10]]))
        for crowd in crowds
        for desk in range(10)
    )
    return f"sixty at ten desks in ten minutes, no attack: {flagged / runs / 10:.2%} of desks held"


def _caught(random: Random, attack: "Attack", *, visits_known: bool) -> float:
    month = honest(random)
    times = set(attack(random, month))
    found = set().union(*held(month, visits_known=visits_known).values())
    invented = [place for place, at in enumerate(month.rated) if at in times]
    return sum(place in found for place in invented) / len(invented)


Attack = Callable[[Random, DeskMonth], list[float]]


def _at(random: Random, first: float, end: float) -> float:
    """Return a moment of some day between two times of it, in hours."""
    return float(random.integers(DAYS)) * 1440 + 60 * random.uniform(first, end)


def _burst(random: Random, month: DeskMonth, count: int, minutes: float) -> list[float]:
    begins = _at(random, 8.5, 14)
    return month.add([begins + float(m) for m in random.uniform(0, minutes, count)])


def _drip(random: Random, month: DeskMonth) -> list[float]:
    day = float(random.integers(DAYS)) * 1440
    return month.add([day + 60 * h + float(random.uniform(0, 30)) for h in (8, 8.5, 9, 9.5, 10)])


def _staff(random: Random, month: DeskMonth) -> list[float]:
    times = month.add([_at(random, 8.5, 14) for _ in range(10)])
    month.staff = set(times)
    return times


def _lunch(random: Random, month: DeskMonth) -> list[float]:
    begins = float(random.integers(DAYS)) * 1440 + 12 * 60
    return month.add([begins + 7 * n + float(random.uniform(0, 3)) for n in range(8)])


def _after_hours(random: Random, month: DeskMonth) -> list[float]:
    return month.add([_at(random, 17, 21) for _ in range(6)])


def _more(random: Random, month: DeskMonth) -> list[float]:
    quiet = [at for at in month.served if at % 1440 > 14 * 60]
    begins = float(random.choice(quiet)) // _HALF_HOUR * _HALF_HOUR
    return month.add([begins + 3 * n + float(random.uniform(0, 2)) for n in range(7)])


def _straight(random: Random, month: DeskMonth) -> list[float]:
    times = month.add([_at(random, 8.5, 14) for _ in range(5)])
    month.nine_took |= {at: float(random.uniform(4, 9.5)) for at in times}
    return times


ATTACKS: tuple[tuple[str, Attack, bool], ...] = (
    ("ten invented 4s within five minutes", lambda r, m: _burst(r, m, 10, 5), False),
    ("fifteen mashed 1s within three minutes", lambda r, m: _burst(r, m, 15, 3), False),
    ("ten from a browser of the staff, through the month", _staff, False),
    ("six after hours", _after_hours, False),
    ("five sheets of nine equal answers at a gallop", _straight, False),
    ("seven invented in a quiet half hour, visits known", _more, True),
    ("eight through the lunch break, visits known", _lunch, True),
    ("eight through the lunch break, visits unknown", _lunch, False),
    ("two an hour for a morning, visits known", _drip, True),
    ("two an hour for a morning, visits unknown", _drip, False),
)


def _control(random: Random) -> str:
    """Turn all ratings over under a rule that looks at them: who is held changes."""
    differ = 0
    for _ in range(200):
        month = honest(random)
        ratings = random.choice([1, 2, 3, 4], len(month.rated), p=[0.03, 0.07, 0.3, 0.6])
        both = [
            {n for n in range(8, len(given)) if (given[n - 8 : n] == 4).all()}
            for given in (ratings, 5 - ratings)
        ]
        differ += both[0] != both[1]
    return (
        f"control, a rule that holds the eighth praise in a row: turning all ratings over changes "
        f"{differ / 200:.0%} of desk-months; the rules in force are given no rating to turn"
    )
