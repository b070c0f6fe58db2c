"""A province: a thousand units on one PostgreSQL, plain and laid out by month.

Every unit has three years of months, each as busy as a small office's. A thousand units make ten
million responses and load for a quarter of an hour, so `make bench` takes fewer: `run(1000)` is the
size that is promised.
"""

import random
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Engine, func, select, text
from sqlmodel import col

from aggregation.closings import Closing
from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.rules.rule_book import only
from deploy.migrate import upgrade
from deploy.partition import partition
from survey.database import open_engine, reading, writing
from survey.desks import signed_code
from survey.models import Desk, Response
from survey.month import Month
from survey.settings import settings_from
from tests.bench.busy_month import AFTER, SEPTEMBER, load, set_up
from tests.bench.costs import Cost, clock, postgresql_server
from tests.bench.open_loop import spread
from tests.bench.served import rate, served
from tests.bench.unit_page import MONTHS, opened, release, repeat
from tests.staff_factories import member, staff

UNITS = 50
OF_MONTH = 278
"""Responses of a unit in a month: with 1,000 units and 36 months ten million."""
PAGES, WARM, RATINGS = 60, 100, 400
_PER_MILLION = 1_000_000
_READ = """
    SELECT relname FROM pg_stat_user_tables
    WHERE relname LIKE 'response%' AND coalesce(seq_scan, 0) + coalesce(idx_scan, 0) > 0
    ORDER BY relname"""


@dataclass(frozen=True, slots=True)
class Province:
    """Units with their responses on a server, and the CPU seconds that it has used."""

    engine: Engine
    url: str
    codes: Sequence[str]
    unit_ids: Sequence[int]
    server_cpu: Callable[[], float]

    def responses(self) -> int:
        """Return how many responses there are."""
        with reading(self.engine) as session:
            return int(session.execute(select(func.count()).select_from(Response)).scalar_one())

    def parts_read(self) -> list[str]:
        """Return the tables of responses that were read since this was asked last."""
        self.engine.dispose()  # a connection that ends hands in what it read
        time.sleep(1)
        with self.engine.connect() as connection:
            read = list(connection.execute(text(_READ)).scalars())
            connection.execute(text("SELECT pg_stat_reset()"))
            connection.commit()
        return read


def run(units: int = UNITS) -> Iterator[str]:
    """Measure both layouts and yield the lines to print."""
    for name, in_parts in (("by month", True), ("plain", False)):
        with postgresql_server() as (url, server_cpu):
            province = _province(url, units, server_cpu, in_parts=in_parts)
            yield (
                f"{name}: {province.responses():,} responses of {units:,} units in {MONTHS} "
                f"months, {_size(province.engine)}"
            )
            yield from (f"{name}: {line}" for line in _measured(province))
            if not in_parts:
                yield _laid_out(province)
            province.engine.dispose()


def _measured(province: Province) -> Iterator[str]:
    province.parts_read()
    yield _pages(province)
    yield f"  read: {', '.join(province.parts_read())}"
    yield _ratings(province)
    province.parts_read()
    yield _closes(province)
    yield f"  read: {', '.join(province.parts_read())}"


def _province(url: str, units: int, server_cpu: Callable[[], float], *, in_parts: bool) -> Province:
    """Make the units with a month each, copy it into all others, and release those before it."""
    upgrade(url)
    engine = open_engine(url)
    now = Month.of(datetime.now(UTC).date())
    if in_parts:
        partition(engine, now, since=now.shift(1 - MONTHS))
    codes = [f"U{number:04}" for number in range(units)]
    unit_ids = [set_up(engine, code) for code in codes]
    for unit_id in unit_ids:
        load(engine, unit_id, OF_MONTH, seed=unit_id)
    repeat(engine, MONTHS)
    open_months = (now.year - SEPTEMBER.year) * 12 + now.month - SEPTEMBER.month + 1
    for unit_id in unit_ids:
        release(engine, unit_id, MONTHS, newest=open_months)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
    return Province(engine, url, codes, unit_ids, server_cpu)


def _pages(province: Province) -> str:
    """Open the pages of units that are drawn, each for the first time and once more."""
    client = member(staff(province.engine), province.engine)
    drawn = random.Random(1).sample(province.codes, min(PAGES, len(province.codes)))
    opened(client, drawn[0])  # what a first page builds is there
    first = [opened(client, code)[0] / 1000 for code in drawn]
    again = [opened(client, code)[0] / 1000 for code in drawn]
    return (
        f"a unit's page, {len(drawn)} units: first look {spread(first)}; "
        f"once more {spread(again)} (promised p95 ≤ 300 ms)"
    )


def _ratings(province: Province) -> str:
    """Rate at desks all over the province, one after the other."""
    environment = {"NILAI_DATABASE_URL": province.url, "NILAI_SECRET_KEY": "x" * 48}
    key = settings_from(environment).key("desk")
    with reading(province.engine) as session:
        desks = list(session.execute(select(col(Desk.public_key))).scalars())
    drawn = random.Random(2).choices(desks, k=WARM + RATINGS)
    before = province.responses()
    with served("deploy.public:application()", environment) as site:
        connection, times = site.connect(), list[float]()
        for number, desk in enumerate(drawn):
            if number == WARM:
                times.clear()
                used = site.cpu_seconds() + province.server_cpu()
            began, path = time.perf_counter(), f"/l/{signed_code(desk, key)}"
            rate(connection, path)
            times.append(time.perf_counter() - began)
        used = site.cpu_seconds() + province.server_cpu() - used
        connection.close()
    if province.responses() - before != len(drawn):
        message = "ratings are missing"
        raise RuntimeError(message)
    return (
        f"a rating (page and submission), {RATINGS} at drawn desks: {spread(times)}, "
        f"{used / RATINGS * 1000:.2f} ms of CPU with the database's"
    )


def _closes(province: Province) -> str:
    """Close September of every unit, one after the other, each in a transaction of its own.

    Its window has two months more; there the copied responses are nobody's.
    """
    rules, costs = only(DEFAULT_RULE), list[Cost]()
    for unit_id in province.unit_ids:
        with clock(province.server_cpu) as cost, writing(province.engine) as session:
            close_month(session, unit_id, SEPTEMBER, closed_by="bench", at=AFTER, rules=rules)
        costs += cost
    with reading(province.engine) as session:
        closings = select(func.count(), func.sum(col(Closing.responses)))
        in_time = col(Response.late).is_(False)
        given = select(func.count()).where(col(Response.month) == SEPTEMBER, in_time)
        closed = session.execute(closings.where(col(Closing.month) == SEPTEMBER)).one()
        counted = session.execute(given).scalar_one()
    if tuple(closed) != (len(costs), counted):
        message = f"closed were {closed}, given {counted}"
        raise RuntimeError(message)
    return (
        f"September of {len(costs):,} units closed in {sum(each.wall for each in costs):.0f} s, "
        f"one {spread([each.wall for each in costs])}, "
        f"{statistics.mean(each.cpu for each in costs) * 1000:.0f} ms of CPU with the database's "
        f"(promised: within minutes)"
    )


def _laid_out(province: Province) -> str:
    """Lay the plain tables out by month."""
    responses = province.responses()
    began = time.perf_counter()
    partition(province.engine, Month.of(datetime.now(UTC).date()))
    took = time.perf_counter() - began
    return (
        f"`nilai partition` on it afterwards: {took:.1f} s, "
        f"{took / responses * _PER_MILLION:.1f} s for a million responses"
    )


def _size(engine: Engine) -> str:
    with engine.connect() as connection:
        asked = text("SELECT pg_size_pretty(pg_database_size(current_database()))")
        return str(connection.execute(asked).scalar_one())
