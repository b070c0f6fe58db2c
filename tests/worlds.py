"""Made-up worlds that many tests begin with: made once per process, and copied for each test."""

import shutil
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from survey.database import reading, writing
from survey.models import ServiceUnit

World = TypeVar("World")

_made: dict[Callable[[Session], Any], tuple[Path, Any]] = {}
_numbers = count(1)


def as_made(engine: Engine, make: Callable[[Session], World]) -> World:
    """Let an empty SQLite file hold what `make` writes, and return what it returned.

    What `make` returns is shared by all tests: keys and names, nothing that a test changes. Who is
    not at the beginning of a test, or wants another kind of database, calls `make` itself.
    """
    assert engine.dialect.name == "sqlite"
    with reading(engine) as session:
        assert session.exec(select(col(ServiceUnit.id))).first() is None, "there is a world already"
    file = Path(engine.url.database or "")
    if make not in _made:
        with writing(engine) as session:
            world = make(session)
        engine.dispose()  # the last connection to go writes all of the log into the file
        copy = file.with_name(f"{file.stem}-world-{next(_numbers)}.db")
        _made[make] = Path(shutil.copyfile(file, copy)), world
        return world
    copy, world = _made[make]
    engine.dispose()
    for suffix in ("-wal", "-shm"):
        Path(f"{file}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(copy, file)
    return world
