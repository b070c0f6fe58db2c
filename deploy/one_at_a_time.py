"""Letting one process at a time do something, whatever the database is."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text


@contextmanager
def one_at_a_time(engine: Engine, what: str) -> Iterator[None]:
    """Wait until nobody else does it; a process that dies gives its turn back.

    The turn is held beside the database, not in a transaction that writes: taps go on, and what is
    done may write in transactions of its own.
    """
    if engine.dialect.name == "sqlite":
        with Path(f"{engine.url.database}.{what}").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        return
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": what})
        yield
