"""Bring a database to the newest schema, or make the next schema change."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event, text

from survey.database import open_engine, writing

_PATIENCE = 600_000
MIGRATIONS = Path(__file__).parent / "migrations"


class NewerDatabase(RuntimeError):
    """The database was made by a newer version of the product."""


class NoWayBack(ValueError):
    """Not the number of a schema that the database had before; the text is that number."""


def upgrade(url: str) -> None:
    """Bring a database to the newest schema; all of it or, when something fails, nothing.

    Raises
    ------
    NewerDatabase
        If the database is ahead of this program.
    """
    engine = open_engine(url)
    if engine.dialect.name == "sqlite":
        use_write_ahead_log(url)
        event.listen(engine, "connect", _be_patient)
    try:
        with writing(engine) as session:
            connection = session.connection()
            _wait_for_others(connection)
            refuse_newer(schema_of(connection))
            command.upgrade(configuration(connection), "head")
    finally:
        engine.dispose()


def take_back(url: str, schema: str) -> None:
    """Bring a database back to an older schema; all of it or, when something fails, nothing.

    What only newer tables and columns hold is gone.

    Raises
    ------
    NewerDatabase
        If the database is ahead of this program, which then does not know the way.
    NoWayBack
        If the schema is not one that came before.
    """
    engine = open_engine(url)
    try:
        with writing(engine) as session:
            connection = session.connection()
            _wait_for_others(connection)
            now = schema_of(connection)
            refuse_newer(now)
            if schema not in _known() or now is None or schema > now:
                raise NoWayBack(schema)
            command.downgrade(configuration(connection), schema)
    finally:
        engine.dispose()


def is_current(connection: Connection) -> bool:
    """Tell whether a database has the newest schema."""
    return is_newest(schema_of(connection))


def schema_of(connection: Connection) -> str | None:
    """Return the number of a database's schema; None where it has none."""
    return MigrationContext.configure(connection).get_current_revision()


def is_newest(schema: str | None) -> bool:
    """Tell whether a schema is the newest one."""
    return schema == ScriptDirectory(str(MIGRATIONS)).get_current_head()


def refuse_newer(schema: str | None) -> None:
    """Refuse a schema of a newer version of the product.

    Raises
    ------
    NewerDatabase
        If this version does not know it.
    """
    if schema is not None and schema not in _known():
        message = (
            f"This database has schema {schema}, which this version does not know; upgrade it."
        )
        raise NewerDatabase(message)


def _known() -> set[str]:
    return {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection."""
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.attributes["connection"] = connection
    return configuration


def use_write_ahead_log(url: str) -> None:
    """Set the journal mode once: it stays with the file, and cannot change in a transaction."""
    engine = open_engine(url)
    with engine.connect() as connection:
        driver = connection.connection.driver_connection
        connection.rollback()
        if driver is not None:
            driver.execute("PRAGMA journal_mode=WAL")
    engine.dispose()


def _wait_for_others(connection: Connection) -> None:
    """Let one start at a time migrate; on SQLite the transaction itself is the lock."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL lock_timeout = 0"))
        connection.execute(text("SELECT pg_advisory_xact_lock(7201)"))
        connection.execute(text("SET LOCAL lock_timeout TO DEFAULT"))


def _be_patient(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    """Wait for another start's migration for as long as one of a large database takes."""
    connection.execute(f"PRAGMA busy_timeout={_PATIENCE}")
