"""Closing one month of a million responses against one GROUP BY on the same keys."""

import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, delete, func, insert, select, text
from sqlmodel import Session

from aggregation.closings import Closing, ElementTally, FrozenDuty, OfficerFigure, Tally, TotalTally
from aggregation.duties.recorded_duties import duties_of
from aggregation.duties.roster import who_served
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.months.sweep import DESK_HALF_HOUR, with_followup_and_officer
from aggregation.rules.rule_book import only
from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.models import ClosedMonth, Followup, Response, table_of
from survey.questionnaire import Element
from tests.bench.busy_month import AFTER, SEPTEMBER, load, set_up
from tests.postgres import DURABLE, Server, binaries
from tests.tampering import tampering

RESPONSES = 1_000_000
ROUNDS = 3
_TICK = os.sysconf("SC_CLK_TCK")
_FIGURES = (OfficerFigure, TotalTally, ElementTally, Tally, FrozenDuty, Closing, ClosedMonth)
_OFFICER_ELEMENTS = ("perilaku", "kompetensi", "waktu")
_NINE = tuple(element.lower() for element in Element)


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """Seconds of CPU, the database server's with it, and of the clock on the wall."""

    cpu: float
    wall: float


def run(responses: int = RESPONSES) -> list[str]:
    """Measure on both engines and return the lines to print."""
    lines: list[str] = []
    for name, database in (("SQLite", _sqlite), ("PostgreSQL", _postgresql)):
        with database() as (url, server_cpu):
            upgrade(url)
            engine = open_engine(url)
            unit_id = set_up(engine)
            load(engine, unit_id, responses)
            lines += [f"{name}: {line}" for line in _measured(engine, unit_id, server_cpu)]
            engine.dispose()
    return lines


def _measured(engine: Engine, unit_id: int, server_cpu: Callable[[], float]) -> Iterator[str]:
    """Close and group in turn; the medians of the rounds, and their ratios."""
    _warm(engine)
    narrow, wide, closing = zip(
        *(
            (
                _grouped(engine, unit_id, _OFFICER_ELEMENTS, server_cpu),
                _grouped(engine, unit_id, _NINE, server_cpu),
                _closed(engine, unit_id, server_cpu),
            )
            for _ in range(ROUNDS)
        ),
        strict=True,
    )
    ours, bare, less = _median(closing), _median(wide), _median(narrow)
    yield (
        f"closing {ours.cpu:.2f} s CPU, one GROUP BY on the same keys {bare.cpu:.2f} s; "
        f"ratio {ours.cpu / bare.cpu:.2f} (wall {ours.wall / bare.wall:.2f}); promised ≤ 1.5; "
        f"medians of {ROUNDS} rounds"
    )
    yield (
        f"  one GROUP BY that knows the officer's elements only, so gives no index: "
        f"{less.cpu:.2f} s CPU, ratio {ours.cpu / less.cpu:.2f}"
    )


def _warm(engine: Engine) -> None:
    """Bring both tables into memory, and PostgreSQL's knowledge of them up to date."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        for table in (Response, Followup):
            connection.execute(select(func.sum(func.length(table_of(table).c.leaf)))).one()


def _closed(engine: Engine, unit_id: int, server_cpu: Callable[[], float]) -> Cost:
    """Close the month, durably; then take the figures away again for the next round."""
    with _clock(server_cpu) as cost, writing(engine) as session:
        close_month(
            session, unit_id, SEPTEMBER, closed_by="bench", at=AFTER, rules=only(DEFAULT_RULE)
        )
    with tampering(engine) as session:
        for table in _FIGURES:
            session.execute(delete(table))
    return cost[0]


def _grouped(
    engine: Engine, unit_id: int, elements: tuple[str, ...], server_cpu: Callable[[], float]
) -> Cost:
    """Run one GROUP BY over the same join and fetch its rows; nothing is stored."""
    response, followup = table_of(Response), table_of(Followup)
    keys = (
        DESK_HALF_HOUR.c.officer_id,
        response.c.desk_id,
        func.coalesce(response.c.service_id, followup.c.service_id).label("known_service"),
        response.c.channel,
        response.c.late,
        response.c.overall,
        *(followup.c[element] for element in elements),
    )
    query = (
        select(*keys, func.count())
        .select_from(with_followup_and_officer())
        .where(response.c.unit_id == unit_id, response.c.month == SEPTEMBER)
        .group_by(*("known_service" if key.name == "known_service" else key for key in keys))
    )
    with reading(engine) as session:
        _fill_half_hours(session, unit_id)
        with _clock(server_cpu) as cost:
            session.connection().execute(query).all()
        DESK_HALF_HOUR.drop(session.connection())
    return cost[0]


def _fill_half_hours(session: Session, unit_id: int) -> None:
    DESK_HALF_HOUR.create(session.connection())
    served = [
        {
            "desk_id": stretch.desk_id,
            "half_hour": half_hour,
            "officer_id": stretch.officer_id,
            "outage": False,
        }
        for stretch in who_served(duties_of(session, unit_id, SEPTEMBER), SEPTEMBER)
        for half_hour in range(stretch.starts, stretch.ends)
    ]
    session.connection().execute(insert(DESK_HALF_HOUR), served)


@contextmanager
def _clock(server_cpu: Callable[[], float]) -> Iterator[list[Cost]]:
    """Measure the block; its cost is there when it has ended."""
    cost: list[Cost] = []
    cpu, wall = _own_cpu() + server_cpu(), time.perf_counter()
    yield cost
    cost.append(Cost(_own_cpu() + server_cpu() - cpu, time.perf_counter() - wall))


def _median(costs: tuple[Cost, ...]) -> Cost:
    return Cost(
        statistics.median(cost.cpu for cost in costs),
        statistics.median(cost.wall for cost in costs),
    )


@contextmanager
def _sqlite() -> Iterator[tuple[str, Callable[[], float]]]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/nilai.db", lambda: 0.0


@contextmanager
def _postgresql() -> Iterator[tuple[str, Callable[[], float]]]:
    """Start a server with its own durable defaults; everything else of it as it ships."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Server(binaries()["postgres"], folder / "pg")
        server.start(DURABLE)
        try:
            server.administer("CREATE DATABASE busy")
            yield server.url("busy"), lambda: _server_cpu(folder / "pg")
        finally:
            server.stop()


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _server_cpu(folder: Path) -> float:
    """Return the CPU seconds of a PostgreSQL server and all its processes, ended ones too."""
    leader = int((folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
    children = Path(f"/proc/{leader}/task/{leader}/children").read_text(encoding="ascii")
    return _cpu_of(leader, ended=True) + sum(_cpu_of(int(pid)) for pid in children.split())


def _cpu_of(pid: int, *, ended: bool = False) -> float:
    """Return a process's CPU seconds, with those of children that have ended if asked for."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11 : 15 if ended else 13])) / _TICK
