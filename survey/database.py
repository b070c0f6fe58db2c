"""The engine, and one session per request or command (one transaction each).

SQLite runs through pysqlite3, whose library is new enough: versions before 3.51.3 can
corrupt a WAL file when two connections write and checkpoint together.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import Any

from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlmodel import Session

from survey.meter import WAITED, Meter, meter_of, options_with
from survey.month import Month

SAFE_SQLITE = (3, 51, 3)
_WRITES = "nilai_writes"
_POOL = 16
# A machine that is gone says nothing: without these a connection to it hangs for a quarter of an
# hour, and one that is idle for two. An address may say other times, and a socket needs none.
_NOTICED_GONE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


class UnsafeDatabase(RuntimeError):
    """The database cannot keep the promise that nothing recorded is lost."""

    for_operators = True


def open_engine(url: str) -> Engine:
    """Return the engine of a database, set up so that a commit is on the disk.

    Raises
    ------
    UnsafeDatabase
        If the SQLite library has the WAL-reset fault, or PostgreSQL answers before its disk does.
    """
    return _open_sqlite(url) if url.startswith("sqlite") else _open_postgresql(url)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Give a session that reads one consistent state and writes nothing."""
    with Session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
        yield session
        session.rollback()


@contextmanager
def looking_up(engine: Engine) -> Iterator[Connection]:
    """Give what `reading` gives, without the session: desks are looked up by the thousand."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        yield connection


@contextmanager
def with_room(session: Session) -> Iterator[None]:
    """Let a session that reads whole tables keep more of them in memory, for as long as it does."""
    if session.get_bind().dialect.name == "postgresql":
        # All of a stream is read, so the plan that is quickest to its end is the best one.
        session.execute(text("SET LOCAL cursor_tuple_fraction = 1"))
        session.execute(text("SET LOCAL work_mem = '64MB'"))
        yield
        return
    usual = session.execute(text("PRAGMA cache_size")).scalar_one()
    session.execute(text("PRAGMA cache_size = -65536"))
    try:
        yield
    finally:  # the connection goes back to the pool, where others would keep the room
        session.execute(text(f"PRAGMA cache_size = {usual}"))
        session.execute(text("PRAGMA shrink_memory"))


@contextmanager
def writing(engine: Engine) -> Iterator[Session]:
    """Give a session that commits when the block ends well, and undoes all of it otherwise."""
    with Session(engine) as session:
        asked = perf_counter()
        session.connection(execution_options={_WRITES: True})
        meter_of(engine).add_time(WAITED, seconds=perf_counter() - asked)
        yield session
        session.commit()


@contextmanager
def recording(engine: Engine) -> Iterator[Connection]:
    """Give what `writing` gives, without the session: taps are recorded by the thousand."""
    asked = perf_counter()
    with engine.connect().execution_options(**{_WRITES: True}) as connection, connection.begin():
        meter_of(engine).add_time(WAITED, seconds=perf_counter() - asked)
        yield connection


def hold_month(connection: Connection, unit_id: int, month: Month, *, alone: bool = False) -> None:
    """Keep a unit's month from being closed until the transaction ends (method §8).

    Intake holds it together with others; the close holds it alone. SQLite has one writer at a
    time, so there the transaction itself is the lock.
    """
    if connection.dialect.name == "postgresql":
        name = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        connection.execute(
            text(f"SELECT {name}(:unit, :month)"), {"unit": unit_id, "month": month.number}
        )


def wait_for_what_was_seen(connection: Connection) -> None:
    """Let this transaction's commit wait until whatever it has read is kept wherever it must be.

    PostgreSQL shows a row that its standby has not got once whoever wrote it was cut off while
    waiting. To say that such a row is recorded needs the same wait as to record it: something
    goes into the log behind it, and a commit waits for all that lies before.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_logical_emit_message(true, 'nilai', '')"))


def _open_sqlite(url: str) -> Engine:
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        message = (
            f"SQLite {sqlite.sqlite_version} can corrupt its file; "
            "install the locked requirements, which bring a safe one."
        )
        raise UnsafeDatabase(message)
    Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url,
        module=sqlite,
        pool_size=_POOL,
        max_overflow=_POOL,
        pool_use_lifo=True,
        hide_parameters=True,
        execution_options=options_with(Meter()),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401
    connection.isolation_level = None  # BEGIN is ours: see _begin_sqlite
    for pragma in (
        "foreign_keys=ON",
        "synchronous=FULL",
        "busy_timeout=10000",
        "temp_store=MEMORY",
        # What is erased is gone, also where a page that was full left a copy behind (method §9).
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails as locked when another one wrote in
    # between; a writer therefore takes the lock at once.
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _open_postgresql(url: str) -> Engine:
    address = make_url(url)
    engine = create_engine(
        address,
        # A month's lock is worth nothing to a transaction that cannot see the close it waited for.
        isolation_level="READ COMMITTED",
        pool_size=_POOL,
        max_overflow=_POOL,
        hide_parameters=True,  # an error must not write a citizen's words into a log
        execution_options=options_with(Meter()),
        connect_args={
            **{name: time for name, time in _NOTICED_GONE.items() if name not in address.query},
            "options": "-c timezone=UTC -c statement_timeout=600000 -c lock_timeout=10000 "
            "-c idle_in_transaction_session_timeout=60000",
        },
    )
    event.listen(engine, "connect", _check_postgresql)
    return engine


def _check_postgresql(connection: Any, _record: object) -> None:  # noqa: ANN401
    waits, standbys = connection.execute(
        "SELECT current_setting('synchronous_commit'), current_setting('synchronous_standby_names')"
    ).fetchone()
    connection.rollback()
    # `local` waits for the own disk: enough for who has one server, and not for who has a standby.
    if waits == "off" or (waits == "local" and standbys):
        message = f"PostgreSQL has synchronous_commit {waits}; set it to on before starting."
        raise UnsafeDatabase(message)
