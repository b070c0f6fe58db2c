"""A durable rating with the triggers of what is written once against one without them."""

import statistics
from collections.abc import Callable, Iterator
from datetime import timedelta

from sqlalchemy import Engine, text

from deploy.migrate import upgrade
from survey.database import open_engine, writing
from tests.bench.costs import Cost, clock, postgresql_server, sqlite_file
from tests.record_factories import FULL, NOON, Office, an_office, more_about, visit
from tests.tampering import take_triggers_away

ROUNDS = 9
RATINGS = 40
PROMISED = 1.10
APART = timedelta(hours=1)
"""Between two visits: nothing about them is suspicious."""


def run(rounds: int = ROUNDS, ratings: int = RATINGS) -> list[str]:
    """Measure on both engines and return the lines to print."""
    lines = []
    for name, database in (("SQLite", sqlite_file), ("PostgreSQL", postgresql_server)):
        with database() as (guarded, guarded_cpu), database() as (bare, bare_cpu):
            sides = [(_office(guarded), guarded_cpu), (_office(bare), bare_cpu)]
            with writing(sides[1][0].engine) as session:
                take_triggers_away(session.connection())
            lines += [f"{name}: {line}" for line in _compared(sides, rounds, ratings)]
            for office, _ in sides:
                office.engine.dispose()
    return lines


def _office(url: str) -> Office:
    upgrade(url)
    return an_office(open_engine(url), services=["KK"])


def _compared(
    sides: list[tuple[Office, Callable[[], float]]], rounds: int, ratings: int
) -> Iterator[str]:
    """Rate on both sides in turn; who goes first changes from round to round."""
    for office, cpu in sides:
        _rate(office, cpu, ratings)
    pairs = [_pair(sides, ratings, first=number % 2) for number in range(rounds)]
    for what in ("cpu", "wall"):
        guarded, bare = (
            [getattr(side, what) for side in each] for each in zip(*pairs, strict=True)
        )
        ratios = sorted(mine / other for mine, other in zip(guarded, bare, strict=True))
        yield (
            f"{what} of a rating and its follow-up with triggers {_each(guarded, ratings):.2f} ms, "
            f"without {_each(bare, ratings):.2f} ms; ratio pair by pair median "
            f"{statistics.median(ratios):.3f} ({ratios[0]:.2f} to {ratios[-1]:.2f}), {rounds} "
            f"rounds of {ratings}; promised ≤ {PROMISED:.2f}"
        )
    guarded_by, bare_by = (_triggers(office.engine) for office, _ in sides)
    yield f"  {guarded_by} triggers against {bare_by}"


def _pair(
    sides: list[tuple[Office, Callable[[], float]]], ratings: int, first: int
) -> tuple[Cost, Cost]:
    found = {place: _rate(*sides[place], ratings) for place in (first, 1 - first)}
    return found[0], found[1]


def _rate(office: Office, server_cpu: Callable[[], float], ratings: int) -> Cost:
    """Record taps with their follow-ups, each in a durable transaction of its own."""
    taps = [visit(1 + number % 4, served_at=NOON + number * APART) for number in range(ratings)]
    with clock(server_cpu) as cost:
        for tap in taps:
            office.send(tap, tap.served_at)
            office.add(more_about(tap, **FULL), tap.served_at)
    return cost[0]


def _each(costs: list[float], ratings: int) -> float:
    return statistics.median(costs) / ratings * 1000


def _triggers(engine: Engine) -> int:
    """Return how many of the product's triggers are on."""
    count = {
        "sqlite": "SELECT count(*) FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'",
    }[engine.dialect.name]
    with engine.connect() as connection:
        found: int = connection.execute(text(count)).scalar_one()
    return found
