"""A hundred ratings a second, five times what a site can do, and a close meanwhile.

Citizens and site share the machine, so the citizens' part of it is missing from the capacity. What
is promised is promised for ten minutes: `run(600)`.
"""

import math
import os
import ssl
import statistics
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, text

from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.desks import signed_code
from survey.models import ServiceUnit
from survey.set_up import add_desk
from survey.settings import HOME, settings_from
from tests.bench.busy_month import load, set_up
from tests.bench.costs import postgresql_server, sqlite_file
from tests.bench.open_loop import FAILED, RECORDED, TURNED_AWAY, Door, Visit, capacity, visits
from tests.bench.served import Served, served
from tests.proxy import NAME, proxy_before, proxy_folder

RATE, SECONDS = 100, 60
DESKS = 60
OVERLOAD, OVERLOAD_SECONDS = 5, 60
CROWD, CAPACITY_SECONDS = 24, 20
CLOSED, CLOSE_RATE = 100_000, 50
"""Responses of the month that is closed, and ratings a second meanwhile."""
_ENGINES = {"SQLite": (sqlite_file, ""), "PostgreSQL": (postgresql_server, "--workers 2")}
_WITHOUT_TLS = {"listen 443 ssl http2": "listen 443"}
_MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class Hall:
    """A site that is served on a database, behind the shipped proxy.

    Attributes
    ----------
    door, plain
        The way in with TLS, and without: of 1,300 handshakes a second the citizens, who are on the
        same machine, would need more of it than the site.
    """

    site: Served
    door: Door
    plain: Door
    engine: Engine
    environment: Mapping[str, str]

    def stored(self) -> int:
        """Return how many responses of the hall's desks there are."""
        with reading(self.engine) as session:
            counted = text("SELECT count(*) FROM response WHERE channel = 'desk_qr'")
            return int(session.execute(counted).scalar_one())

    def memory(self) -> float:
        """Return the MiB that the server's processes hold, each page counted where it is used."""
        return sum(_proportional(pid) for pid in self.site.pids()) / _MIB


def run(seconds: int = SECONDS) -> Iterator[str]:
    """Measure both engines and yield the lines to print."""
    for name, (database, options) in _ENGINES.items():
        with _hall(database, options) as hall:
            yield f"{name}: {_steady(hall, seconds)}"
            yield from (f"{name}: {line}" for line in _overload(hall))
        with _hall(database, options) as hall:
            yield f"{name}: {_close(hall)}"


def _steady(hall: Hall, seconds: int) -> str:
    """Let a hundred citizens a second come."""
    visits(hall.door, RATE, 5, seed=2)  # what a first visit builds is there
    before, cpu, memory = hall.stored(), hall.site.cpu_seconds(), hall.memory()
    ended = visits(hall.door, RATE, seconds)
    used = (hall.site.cpu_seconds() - cpu) / seconds
    stored, recorded = hall.stored() - before, _count(ended)[RECORDED]
    return (
        f"{RATE} ratings a second, open loop, {seconds} s: {len(ended)} citizens, {_said(ended)}; "
        f"stored − recorded = {stored - recorded}; {_times(ended, RECORDED)} "
        f"(promised p99 ≤ 300 ms, 0 failed); {used:.0%} of a core, "
        f"memory {memory:.0f} → {hall.memory():.0f} MiB"
    )


def _overload(hall: Hall) -> Iterator[str]:
    """Let five times as many come as the site can serve."""
    most = capacity(hall.plain, CROWD, CAPACITY_SECONDS)
    before = hall.stored()
    ended = visits(hall.plain, most * OVERLOAD, OVERLOAD_SECONDS)
    stored, recorded = hall.stored() - before, _count(ended)[RECORDED]
    goodput = _count(_in_time(ended))[RECORDED] / OVERLOAD_SECONDS
    yield f"capacity: {most:.0f} ratings a second ({CROWD} citizens who never pause)"
    yield (
        f"{most * OVERLOAD:.0f} citizens a second for {OVERLOAD_SECONDS} s: {_said(ended)}; "
        f"goodput {goodput:.0f} a second = {goodput / most:.0%} of the capacity (promised ≥ 80 %); "
        f"stored − recorded = {stored - recorded}"
    )
    yield (
        f"  recorded: {_times(ended, RECORDED)}; "
        f"turned away with Retry-After: {_times(ended, TURNED_AWAY)} (promised ≤ 1 s)"
    )
    after = visits(hall.plain, most / 4, 10, seed=3)
    yield f"  ten seconds at a quarter of it afterwards: {_said(after)}, {_times(after, RECORDED)}"


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
        f"a second came: {_said(ended)}; {_times(ended, RECORDED)}"
    )


def _closed(hall: Hall) -> float:
    began = time.monotonic()
    command = [sys.executable, "-m", "deploy.nilai", "close", "2026-09", "--unit", "RAMAI"]
    subprocess.run(command, env={**hall.environment}, cwd=HOME, check=True, capture_output=True)
    return time.monotonic() - began


@contextmanager
def _hall(
    database: Callable[[], AbstractContextManager[tuple[str, Callable[[], float]]]], options: str
) -> Iterator[Hall]:
    """Serve a hall of desks on a database of its own."""
    with database() as (url, _), proxy_folder() as folder:
        environment = {
            "NILAI_DATABASE_URL": url,
            "NILAI_SECRET_KEY": "x" * 48,
            "NILAI_PUBLIC_URL": f"https://{NAME}",
            "NILAI_TRUSTED_PROXIES": "1",
            "GUNICORN_CMD_ARGS": options,
            "PATH": os.environ["PATH"],
        }
        upgrade(url)
        engine = open_engine(url)
        paths = _desks(engine, environment)
        with served("deploy.public:application()", environment) as site:
            behind = {"unix:/run/nilai/public.sock": f"127.0.0.1:{site.port}"}
            trust = ssl.create_default_context(cafile=folder / "fullchain.pem")
            with (
                proxy_before(folder, behind, "tls") as tls,
                proxy_before(folder, {**behind, **_WITHOUT_TLS}, "plain") as plain,
            ):
                safe = Door(tls.https, NAME, paths, trust)
                yield Hall(site, safe, Door(plain.https, NAME, paths), engine, environment)
        engine.dispose()


def _desks(engine: Engine, environment: Mapping[str, str]) -> list[str]:
    key = settings_from(environment).key("desk")
    with writing(engine) as session:
        unit = ServiceUnit(code="UJI", name="Disdukcapil Kota Contoh", time_zone="Asia/Jakarta")
        session.add(unit)
        session.flush()
        desks = [add_desk(session, unit.id or 0, f"L{n}", f"Loket {n}") for n in range(DESKS)]
        return [f"/l/{signed_code(desk.public_key, key)}" for desk in desks]


def _in_time(ended: Sequence[Visit]) -> list[Visit]:
    """Return the visits that ended while the load lasted."""
    return [visit for visit in ended if visit.at + visit.seconds <= OVERLOAD_SECONDS]


def _count(ended: Sequence[Visit]) -> Counter[str]:
    return Counter(visit.outcome for visit in ended)


def _said(ended: Sequence[Visit]) -> str:
    counted = _count(ended)
    why = Counter(visit.said for visit in ended if visit.outcome == FAILED)
    return ", ".join(
        f"{counted[outcome]:,} {outcome}" for outcome in (RECORDED, TURNED_AWAY, FAILED)
    ) + (f" {dict(why)}" if why else "")


def _times(ended: Sequence[Visit], outcome: str) -> str:
    """Write how long visits took that ended so, from the moment they were to begin."""
    times = sorted(visit.seconds * 1000 for visit in ended if visit.outcome == outcome)
    if not times:
        return "none"
    p95, p99 = (times[math.ceil(len(times) * part) - 1] for part in (0.95, 0.99))
    return (
        f"p50 {statistics.median(times):.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, "
        f"longest {times[-1]:.0f} ms"
    )


def _proportional(pid: int) -> int:
    rolled = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    return next(int(line.split()[1]) for line in rolled.splitlines() if line[:4] == "Pss:") * 1024
