"""Every right on the database: no trigger and no foreign key stands in the way, and a way back."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

from sqlalchemy import URL, Engine, Table, delete, event, insert, select
from sqlmodel import Session, SQLModel

from survey.database import open_engine, reading, writing
from tests.tampering import untriggered


@contextmanager
def every_right(engine: Engine) -> Iterator[Session]:
    """Give a session that may change anything, as nothing stops who owns the database."""
    attacked = _unbound(engine.url) if engine.dialect.name == "sqlite" else engine
    try:
        with writing(attacked) as session, untriggered(session):
            yield session
    finally:
        if attacked is not engine:
            attacked.dispose()


class Kept:
    """What all tables hold, to be put back after an attack or into another empty database."""

    def __init__(self, engine: Engine) -> None:
        self._rows = dict(_rows(engine, SQLModel.metadata.tables.values()))

    def put_back(self, engine: Engine, tables: Collection[Table] | None = None) -> None:
        """Undo what was done to these tables, or to any."""
        now = dict(_rows(engine, self._rows if tables is None else tables))
        with every_right(engine) as session:
            for table, rows in now.items():
                if rows != self._rows[table]:
                    session.execute(delete(table))
                    if self._rows[table]:
                        session.execute(insert(table), self._rows[table])


def _rows(
    engine: Engine, tables: Collection[Table]
) -> Iterator[tuple[Table, Sequence[Mapping[str, Any]]]]:
    with reading(engine) as session:
        for table in tables:
            yield table, [dict(row) for row in session.execute(select(table)).mappings()]


@lru_cache(8)
def _unbound(url: URL) -> Engine:
    """Return an engine on an SQLite file that asks for no foreign key."""
    attacker = open_engine(url.render_as_string(hide_password=False))
    event.listen(attacker, "connect", lambda raw, _: raw.execute("PRAGMA foreign_keys=OFF"))
    return attacker
