"""A unit's page with years of responses stored, and with twelve times less history.

Each month is as large as the others, so what grows is history alone: the ratio of the two tells
whether a page pays for it. `run(10_000_000)` is the size that is promised; it loads for long.
"""

import json
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from sqlalchemy import Engine, insert, text
from werkzeug.test import Client

from aggregation.closings import Closing
from aggregation.method.cuts import Cut
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.rule_text import canonical_json
from aggregation.months.models import CutCount, Release, ReleasedCell
from deploy.migrate import upgrade
from survey.database import open_engine, writing
from survey.models import ClosedMonth, Followup, Response, table_of
from survey.month import Month
from survey.questionnaire import Element
from tests.bench.busy_month import SEPTEMBER, load, set_up
from tests.bench.costs import Database, postgresql_server, sqlite_file
from tests.release_factories import counts_text, made_counts
from tests.staff_factories import member, staff

RESPONSES = 1_000_000
MONTHS, LESS = 36, 12
ROUNDS = 40
_SIZES = {Cut.WHOLE: ["*"], Cut.SERVICE: [str(n) for n in range(1, 11)],
          Cut.DESK: [str(n) for n in range(1, 7)],
          Cut.CHANNEL: ["kiosk", "kiosk_qr", "ticket", "desk_qr"],
          Cut.TIME: [f"{day}-{slot}" for day in range(1, 6) for slot in (1, 2)]}  # fmt: skip
_NEW_ID = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "gen_random_uuid()"}


def run(responses: int = RESPONSES) -> Iterator[str]:
    """Measure on both engines and yield the lines to print."""
    of_month = responses // MONTHS
    for name, database in (("SQLite", sqlite_file), ("PostgreSQL", postgresql_server)):
        much, little = (
            _measured(database, of_month, months) for months in (MONTHS, MONTHS // LESS)
        )
        yield f"{name}, {responses:,} responses in {MONTHS} months: {much.said()}"
        yield f"  with {LESS} times less history: {little.said()}"
        yield (
            f"  ratio of the medians {much.middle / little.middle:.2f} on the clock, "
            f"{much.cpu / little.cpu:.2f} of CPU; promised p95 ≤ 300 ms, flat in history"
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of a page: median and p95 on the clock, median of the process's own CPU."""

    middle: float
    p95: float
    cpu: float

    def said(self) -> str:
        """Write it as one line."""
        return f"p50 {self.middle:.0f} ms, p95 {self.p95:.0f} ms, own CPU {self.cpu:.0f} ms"


def _measured(database: Database, of_month: int, months: int) -> Cost:
    """Return the cost of the newest month's page."""
    with database() as (url, _):
        upgrade(url)
        engine = open_engine(url)
        unit_id = set_up(engine)
        load(engine, unit_id, of_month)
        repeat(engine, months)
        release(engine, unit_id, months)
        client = member(staff(engine), engine)
        times = [opened(client) for _ in range(ROUNDS + 3)][3:]
        engine.dispose()
    walls, cpus = zip(*times, strict=True)
    return Cost(
        statistics.median(walls), statistics.quantiles(walls, n=20)[-1], statistics.median(cpus)
    )


def opened(client: Client, code: str = "RAMAI") -> tuple[float, float]:
    """Open a unit's page; return the milliseconds on the clock and of the process's own CPU."""
    begun, cpu = time.perf_counter(), time.process_time()
    answer = client.get(f"/staff/unit/{code}")
    if answer.status_code != HTTPStatus.OK:
        message = f"the page answered {answer.status_code}"
        raise RuntimeError(message)
    return (time.perf_counter() - begun) * 1000, (time.process_time() - cpu) * 1000


def repeat(engine: Engine, months: int) -> None:
    """Copy the loaded month into the running one and those before it, one transaction each."""
    now = Month.of(datetime.now(UTC).date())
    others = [now.shift(-back) for back in range(months) if now.shift(-back) != SEPTEMBER]
    connection = engine.raw_connection()
    driver: Any = connection.driver_connection
    if engine.dialect.name == "sqlite":
        driver.execute("PRAGMA foreign_keys=OFF")
        driver.execute("PRAGMA synchronous=OFF")
        driver.execute("PRAGMA cache_size=-2000000")  # ids are random: the whole tree is touched
    else:
        driver.execute("SET session_replication_role = replica")
    for month in others:
        driver.execute("BEGIN")
        for statement in _copies(month, _NEW_ID[engine.dialect.name]):
            driver.execute(statement)
        driver.execute("COMMIT")
    connection.close()
    engine.dispose()  # what was set for loading goes with the connection
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as analysed:
        analysed.execute(text("ANALYZE"))


def _copies(month: Month, new: str) -> Iterator[str]:
    """Yield what copies the loaded month's rows into another, each under a new id."""
    loaded = SEPTEMBER.number
    yield (
        f"CREATE TEMPORARY TABLE anew AS SELECT id AS old, {new} AS id "
        f"FROM response WHERE month = {loaded}"
    )
    yield "CREATE INDEX ix_anew ON anew (old)"
    for table, key in ((table_of(Response), "id"), (table_of(Followup), "response_id")):
        changed = {key: "anew.id", "month": str(month.number)}
        names = [column.name for column in table.columns]
        given = ", ".join(changed.get(name, f"t.{name}") for name in names)
        yield (
            f"INSERT INTO {table} ({', '.join(names)}) SELECT {given} FROM {table} t "
            f"JOIN anew ON anew.old = t.{key} WHERE t.month = {loaded} ORDER BY anew.id"
        )
    yield "DROP TABLE anew"


def release(engine: Engine, unit_id: int, months: int, newest: int = 1) -> None:
    """Close and release every month up to so many before this one, with all cuts that are read."""
    now, at = Month.of(datetime.now(UTC).date()), datetime.now(UTC)
    cell = counts_text(made_counts(2_000))
    importance = json.dumps(dict.fromkeys((element.value for element in Element), "0.50"))
    with writing(engine) as session:
        for back in range(newest, months):
            month, release_id, closing_id = now.shift(-back), uuid4(), uuid4()
            basis = {cut.value: {str(month): str(closing_id)} for cut in Cut}
            session.execute(
                insert(ClosedMonth), {"unit_id": unit_id, "month": month, "closed_at": at}
            )
            session.execute(insert(Closing), {
                "id": closing_id, "unit_id": unit_id, "month": month, "revision": 0,
                "closed_at": at, "closed_by": "bench", "responses": 5_000,
                "rule_version": DEFAULT_RULE.version, "elements": " ".join(DEFAULT_RULE.codes),
                "rule_document": canonical_json(DEFAULT_RULE), "method_version": "1",
                "figures_digest": bytes(32),
            })  # fmt: skip
            session.execute(insert(Release), {
                "id": release_id, "unit_id": unit_id, "period": str(month), "number": 0,
                "released_at": at, "responses": 5_000, "basis": json.dumps(basis),
                "importance": importance,
            })  # fmt: skip
            cells = [
                {"unit_id": unit_id, "cut": cut.value, "cell": name, "n": 2_000, "counts": cell}
                for cut, names in _SIZES.items() for name in names
            ]  # fmt: skip
            for table, key in (
                (ReleasedCell, {"release_id": release_id}),
                (CutCount, {"closing_id": closing_id}),
            ):
                session.execute(insert(table), [{**key, **each} for each in cells])
