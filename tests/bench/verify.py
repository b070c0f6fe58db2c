"""`nilai verify` of a sealed and closed month of a million responses, half with a follow-up.

Every row is hashed anew, each leaf looked for in its day's seal, each day's root computed, the
month counted again; the month's rows spread over its days.
"""

import time
from collections.abc import Iterator
from datetime import timedelta

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, text

from aggregation.method.rule import DEFAULT_RULE
from aggregation.months.month_close import close_month
from aggregation.proof.month_seals import seal_months
from aggregation.proof.verify import verify
from aggregation.rules.rule_book import only
from deploy.migrate import upgrade
from survey.database import open_engine, writing
from survey.sealing import seal_days
from survey.signing import signing_key
from tests.bench.busy_month import AFTER, SEPTEMBER, load, set_up
from tests.bench.costs import postgresql_server, sqlite_file

RESPONSES = 1_000_000
HALF = 0.5
NIGHT = AFTER + timedelta(days=1, hours=17)
MILLION = 1_000_000
PROMISED_SECONDS = 60


def run(responses: int = RESPONSES) -> Iterator[str]:
    """Measure on both engines and yield the lines to print."""
    for name, database in (("SQLite", sqlite_file), ("PostgreSQL", postgresql_server)):
        with database() as (url, _):
            upgrade(url)
            engine = open_engine(url)
            sealing = _sealed(engine, responses)
            begun, cpu = time.perf_counter(), time.process_time()
            verified = verify(engine, NIGHT)
            seconds, own = time.perf_counter() - begun, time.process_time() - cpu
            engine.dispose()
        if verified.differences:
            message = f"{len(verified.differences)} differences: {verified.differences[0]}"
            raise RuntimeError(message)
        yield (
            f"{name}: {responses:,} responses, {verified.rows:,} rows in {seconds:.1f} s, "
            f"{seconds / verified.rows * MILLION:.1f} s for a million rows, own CPU {own:.1f} s; "
            f"promised ≤ {PROMISED_SECONDS} s for a million; sealing took {sealing:.1f} s"
        )


def _sealed(engine: Engine, responses: int) -> float:
    """Load a month, close it, seal its days and itself; return how long the sealing took."""
    unit_id = set_up(engine)
    load(engine, unit_id, responses, followed_up=HALF)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as analysed:
        analysed.execute(text("ANALYZE"))
    rules = only(DEFAULT_RULE)
    with writing(engine) as session:
        close_month(session, unit_id, SEPTEMBER, closed_by="bench", at=AFTER, rules=rules)
    key = signing_key(Ed25519PrivateKey.generate())
    begun = time.perf_counter()
    seal_days(engine, key, NIGHT)
    seal_months(engine, key, NIGHT)
    return time.perf_counter() - begun
