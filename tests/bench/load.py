"""A hundred ratings a second, five times what a site can do, and a close meanwhile.

Citizens and site share the machine, so the citizens' part of it is missing from the capacity. What
is promised is promised for ten minutes: `run(600)`.
"""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import select

from aggregation.closings import Closing
from survey.database import reading
from survey.models import table_of
from survey.settings import HOME
from tests.bench.busy_month import load, set_up
from tests.bench.hall import ENGINES, Hall, hall_on
from tests.bench.open_loop import (
    PAGE,
    RECORDED,
    TAP,
    TURNED_AWAY,
    Visit,
    capacity,
    count,
    said,
    spread,
    times,
    visits,
)

RATE, SECONDS = 100, 60
OVERLOAD, OVERLOAD_SECONDS = 5, 60
CROWD, CAPACITY_SECONDS = 24, 20
CLOSED, CLOSE_RATE = 100_000, 50
"""Responses of the month that is closed, and ratings a second meanwhile."""


def run(seconds: int = SECONDS) -> Iterator[str]:
    """Measure both engines and yield the lines to print."""
    for name in ENGINES:
        with hall_on(name) as hall:
            yield f"{name}: {_steady(hall, seconds)}"
            yield from (f"{name}: {line}" for line in _overload(hall))
        with hall_on(name) as hall:
            yield f"{name}: {_close(hall)}"


def _steady(hall: Hall, seconds: int) -> str:
    """Let a hundred citizens a second come."""
    visits(hall.door, RATE, 5, seed=2)  # what a first visit builds is there
    before, cpu, memory = hall.stored(), hall.site.cpu_seconds(), hall.memory()
    ended = visits(hall.door, RATE, seconds)
    used = (hall.site.cpu_seconds() - cpu) / seconds
    stored, recorded = hall.stored() - before, count(ended)[RECORDED]
    return (
        f"{RATE} ratings a second, open loop, {seconds} s: {len(ended)} citizens, {said(ended)}; "
        f"stored − recorded = {stored - recorded}; {times(ended, RECORDED)} "
        f"(promised p99 ≤ 300 ms, 0 failed); {used:.0%} of a core, "
        f"memory {memory:.0f} → {hall.memory():.0f} MiB"
    )


def _overload(hall: Hall) -> Iterator[str]:
    """Let five times as many come as the site can serve."""
    used = time.process_time()
    most = capacity(hall.plain, CROWD, CAPACITY_SECONDS)
    alone = (time.process_time() - used) / CAPACITY_SECONDS
    before, used = hall.stored(), time.process_time()
    ended = visits(hall.plain, most * OVERLOAD, OVERLOAD_SECONDS)
    crowded = (time.process_time() - used) / OVERLOAD_SECONDS
    stored, recorded = hall.stored() - before, count(ended)[RECORDED]
    goodput = count(_in_time(ended))[RECORDED] / OVERLOAD_SECONDS
    yield f"capacity: {most:.0f} ratings a second ({CROWD} citizens who never pause)"
    yield (
        f"{most * OVERLOAD:.0f} citizens a second for {OVERLOAD_SECONDS} s: {said(ended)}; "
        f"goodput {goodput:.0f} a second = {goodput / most:.0%} of the capacity (promised ≥ 80 %); "
        f"stored − recorded = {stored - recorded}"
    )
    yield f"  recorded: {times(ended, RECORDED)}"
    for asked in (PAGE, TAP):
        of_it = [visit for visit in ended if visit.asked == asked]
        yield (
            f"  turned away at the {asked} with Retry-After: {count(of_it)[TURNED_AWAY]:,}, "
            f"{times(of_it, TURNED_AWAY)} (promised ≤ 1 s)"
        )
    yield f"  the proxy's own clock for those that it turned away: {spread(hall.turned_away())}"
    yield (
        f"  the citizens' own program took {crowded:.0%} of a core ({alone:.0%} while the capacity "
        f"was measured) and was late by {spread([visit.late for visit in ended])}"
    )
    after = visits(hall.plain, most / 4, 10, seed=3)
    yield f"  ten seconds at a quarter of it afterwards: {said(after)}, {times(after, RECORDED)}"


def _close(hall: Hall) -> str:
    """Close a large month while citizens rate."""
    unit_id = set_up(hall.engine)
    load(hall.engine, unit_id, CLOSED)
    closing = threading.Thread(target=lambda: took.append(_closed(hall)))
    took: list[float] = []
    closing.start()
    ended: list[Visit] = []
    while closing.is_alive() or not ended:
        ended += visits(hall.door, CLOSE_RATE, 5, seed=len(ended))
    closing.join()
    return (
        f"a month of {CLOSED:,} responses closed in {took[0]:.1f} s while {CLOSE_RATE} citizens "
        f"a second came: {said(ended)}; {times(ended, RECORDED)}"
    )


def _closed(hall: Hall) -> float:
    began = time.monotonic()
    nilai = Path(sys.executable).with_name("nilai")
    command = [str(nilai), "close", "2026-09", "--unit", "RAMAI"]
    subprocess.run(command, env={**hall.environment}, cwd=HOME, check=True, capture_output=True)
    took = time.monotonic() - began
    with reading(hall.engine) as session:
        session.execute(select(table_of(Closing))).one()  # what was timed was a closing
    return took


def _in_time(ended: Sequence[Visit]) -> list[Visit]:
    """Return the visits that ended while the load lasted."""
    return [visit for visit in ended if visit.at + visit.seconds <= OVERLOAD_SECONDS]
