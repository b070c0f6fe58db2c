"""A copy of a PostgreSQL database as one file, and the same file restored to look into it."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg.errors import InsufficientPrivilege
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from deploy.copy_check import Held, WrongCopy, counted
from deploy.postgres_programs import ProgramFailed, Programs
from survey.database import open_engine, reading

MAGIC = b"PGDMP"
RESTORED = ("--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction")
"""As whoever restores it, all of it or nothing; `nilai roles` gives the rights anew."""

_LOCK = 7203
_LONGEST_NAME = 63


class MayNotTry(RuntimeError):
    """The role may not make the database that the copy is restored into."""


class BackupRuns(RuntimeError):
    """Another backup of the same database is being tried just now."""


def dump(programs: Programs, draft: Path) -> Held:
    """Write one state of the database to a file; nobody waits for it."""
    with reading(programs.engine) as session:
        # It is idle while the program reads, longer than a transaction may be otherwise.
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        snapshot: str = session.execute(text("SELECT pg_export_snapshot()")).scalar_one()
        held = counted(session)
        wanted = ("--format=custom", f"--snapshot={snapshot}", f"--file={draft}")
        programs.run_on_database("pg_dump", *wanted)
    return Held(held, held)


@contextmanager
def tried(programs: Programs, draft: Path) -> Iterator[Engine]:
    """Restore a copy into a database of its own, which is dropped afterwards.

    What a kill leaves behind has the same name and is dropped by the next one.

    Raises
    ------
    MayNotTry
        If the role may not make databases.
    BackupRuns
        If another backup of the same database is being tried.
    WrongCopy
        If the copy cannot be restored.
    """
    name = trial_name(programs.engine)
    # Outside of transactions: a database is made and dropped in none.
    with programs.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if not connection.execute(text(f"SELECT pg_try_advisory_lock({_LOCK})")).scalar():
            raise BackupRuns
        try:
            _make(connection, name)
            yield from _restored(programs, draft, name)
        finally:
            _drop(connection, name)
            connection.execute(text(f"SELECT pg_advisory_unlock({_LOCK})"))


def trial_name(engine: Engine) -> str:
    """Return the name of the database that copies are tried in."""
    own = str(engine.url.database)
    mark = hashlib.sha256(own.encode()).hexdigest()[:8]
    return f"nilai_trial_{mark}_{own}".replace('"', "")[:_LONGEST_NAME]


def schema_in(programs: Programs, file: Path) -> str:
    """Return the number of the schema that a file holds; empty where it is no backup of ours."""
    try:
        said = programs.run(
            "pg_restore", "--data-only", "--table=alembic_version", "--file=-", str(file)
        )
    except ProgramFailed:
        return ""
    lines = iter(said.splitlines())
    begun = any(line.startswith("COPY ") for line in lines)
    return next(lines, "") if begun else ""


def restore_into(programs: Programs, file: Path, database: str | None = None) -> None:
    """Restore a file into an empty database, all of it or nothing.

    Raises
    ------
    WrongCopy
        If it cannot be restored.
    """
    try:
        programs.run_on_database("pg_restore", *RESTORED, str(file), database=database)
    except ProgramFailed as error:
        raise WrongCopy(str(error)) from error


def _make(connection: Connection, name: str) -> None:
    try:
        _drop(connection, name)
        connection.execute(text(f'CREATE DATABASE "{name}" TEMPLATE template0'))
    except ProgrammingError as error:
        if isinstance(error.orig, InsufficientPrivilege):
            raise MayNotTry from error
        raise


def _drop(connection: Connection, name: str) -> None:
    """Drop a database, and end our own sessions in it.

    WITH (FORCE) would end them too, but refuses a role that is no superuser whenever autovacuum is
    at work in there, which it is soon after much was restored. Without it the server ends
    autovacuum by itself.
    """
    ours = "FROM pg_stat_activity WHERE datname = :name AND usename = current_user"
    connection.execute(text(f"SELECT pg_terminate_backend(pid) {ours}"), {"name": name})
    connection.execute(text(f'DROP DATABASE IF EXISTS "{name}"'))


def _restored(programs: Programs, draft: Path, name: str) -> Iterator[Engine]:
    restore_into(programs, draft, name)
    url = programs.engine.url.set(database=name)
    engine = open_engine(url.render_as_string(hide_password=False))
    try:
        yield engine
    finally:
        engine.dispose()
