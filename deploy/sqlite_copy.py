"""A copy of an SQLite database, made while others write to it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from deploy.copy_check import Held, WrongCopy, counted
from survey.database import open_engine, reading

MAGIC = b"SQLite format 3\0"


def file_of(engine: Engine) -> Path:
    """Return the file of an SQLite database."""
    return Path(str(engine.url.database))


def copy_file(engine: Engine, draft: Path) -> Held:
    """Write a whole copy into an empty file: one state, which no writer waits for."""
    with reading(engine) as session:
        least = counted(session)
    raw = engine.raw_connection()
    try:
        raw.cursor().execute("VACUUM INTO ?", (os.fspath(draft),))
    finally:
        raw.close()
    with reading(engine) as session:
        return Held(least, counted(session))


@contextmanager
def opened_file(file: Path) -> Iterator[Engine]:
    """Open a copy to look into it.

    Raises
    ------
    WrongCopy
        If it is damaged.
    """
    engine = open_engine(f"sqlite:///{file}")
    try:
        _require_whole(engine)
        yield engine
    finally:
        engine.dispose()


def _require_whole(engine: Engine) -> None:
    try:
        with reading(engine) as session:
            said = session.execute(text("PRAGMA integrity_check(1)")).scalar_one()
            lost = session.execute(text("PRAGMA foreign_key_check")).first()
    except DatabaseError as error:
        message = "berkasnya rusak"
        raise WrongCopy(message) from error
    if said != "ok" or lost is not None:
        message = "berkasnya rusak"
        raise WrongCopy(message)
