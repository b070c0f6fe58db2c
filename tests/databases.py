"""Databases for tests: each as good as new, lent to one test at a time and cleaned afterwards.

Making one is dear: PostgreSQL copies its template in a quarter of a second, and a new engine
compiles every statement anew. So a process keeps the engines and the databases it has made.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sqlalchemy import Connection, Engine
from sqlalchemy.pool import Pool

from survey.database import open_engine

_MOST_TESTS = 100
"""After so many the rows that were deleted, and no vacuum took away, begin to cost."""

_SCHEMA = """
    SELECT {}, (SELECT count(*) FROM pg_db_role_setting), (SELECT version_num FROM alembic_version)
""".format(
    ", ".join(
        f"(SELECT (count(*), max(xmin::text::bigint))::text FROM {catalog})"
        for catalog in (
            "pg_attribute",
            "pg_class",
            "pg_constraint",
            "pg_index",
            "pg_namespace",
            "pg_proc",
            "pg_trigger",
            "pg_type",
        )
    )
)
"""What every change of the schema changes: the catalogs' rows and who wrote the newest of each."""

_TABLES = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND relname <> 'alembic_version'
"""


class Kept(Protocol):
    """A database that outlives the test it is lent to."""

    base: Engine

    def make_ready(self) -> None:
        """Make it as good as new for the next test."""

    def clean(self) -> bool:
        """Clean up after a test; tell whether it can be lent again."""

    def close(self) -> None:
        """Give back what it holds."""


class KeptFile:
    """An SQLite file, written anew from the template for each test."""

    def __init__(self, template: Path, file: Path) -> None:
        self._template, self._file = template, file
        self.base = open_engine(f"sqlite:///{file}")
        self._untouched: Pool = self.base.pool

    def make_ready(self) -> None:
        # What a test listens for on connections dies with its pool.
        self.base.pool = self._untouched.recreate()
        shutil.copyfile(self._template, self._file)

    def clean(self) -> bool:
        self.base.dispose()
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)
        return True

    def close(self) -> None:
        self.base.dispose()


class KeptDatabase:
    """A database of a server, emptied after each test; one whose schema was changed is dropped."""

    def __init__(self, made: AbstractContextManager[str]) -> None:
        self._stack = ExitStack()
        self.base = open_engine(self._stack.enter_context(made))
        self._stack.callback(self.base.dispose)
        self._tests = 0
        self._listeners = _listeners(self.base)
        with self.base.begin() as connection:
            self._schema = _schema(connection)
            self._empty = "; ".join(f"DELETE FROM {each}" for [each] in _asked(connection, _TABLES))

    def make_ready(self) -> None:
        self._tests += 1

    def clean(self) -> bool:
        if self._tests >= _MOST_TESTS or _listeners(self.base) != self._listeners:
            return False
        if self.base.pool.checkedout():  # type: ignore[attr-defined]
            return False
        with self.base.begin() as connection:
            if _schema(connection) != self._schema:
                return False
            # Without triggers, and so without asking each foreign key.
            connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
            connection.exec_driver_sql(self._empty)
            _asked(connection, "SELECT setval(seqrelid, seqstart, false) FROM pg_sequence")
        return True

    def close(self) -> None:
        self._stack.close()


@dataclass
class Shelf:
    """The databases of one kind that a process keeps.

    Attributes
    ----------
    make
        Makes one more, when all are lent.
    """

    make: Callable[[], Kept]
    _idle: list[Kept] = field(default_factory=list)

    @contextmanager
    def lent(self) -> Iterator[Engine]:
        """Give an engine of its own on a database that is as good as new."""
        kept = self._idle.pop() if self._idle else self.make()
        kept.make_ready()
        # What a test listens for on its engine is not heard on the next one's; statements stay
        # compiled, because both speak through the same dialect.
        compiled = kept.base.get_execution_options().get("compiled_cache")
        if compiled is None:
            kept.base.update_execution_options(compiled_cache={})
        try:
            yield kept.base.execution_options()
        finally:
            if kept.clean():
                self._idle.append(kept)
            else:
                kept.close()

    def close(self) -> None:
        while self._idle:
            self._idle.pop().close()


def _schema(connection: Connection) -> list[Any]:
    return _asked(connection, _SCHEMA)


def _asked(connection: Connection, question: str) -> list[Any]:
    return list(connection.exec_driver_sql(question).all())


def _listeners(engine: Engine) -> int:
    return len(engine.pool.dispatch.connect)
