"""A backup that is killed at any moment leaves no half file under its name (quality).

A child process backs up and is killed at a moment of its work: when its draft appears, when a third
of it is written, when all is written and being checked, when the name is there. After each kill the
name belongs to nobody or to a whole backup, and the next backup clears what was left behind.
"""

import multiprocessing
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from deploy.backup import backup
from deploy.copy_check import WrongCopy
from deploy.sqlite_copy import copy_file, opened_file
from survey.database import open_engine, writing
from tests.record_factories import count_of
from tests.seal_factories import NIGHT, rated_days

Moment = Callable[[list[Path]], bool]
Make = Callable[[str, Path], None]

NAME = "nilai.backup"
BALLAST = 12
"""Megabytes: so much that a copy takes a while to be written."""

_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload([__name__])


def shipped(url: str, file: Path) -> None:
    backup(open_engine(url), file, NIGHT, replace=True)


def careless(url: str, file: Path) -> None:
    """Copy to the name itself, as a script of an afternoon would."""
    file.unlink(missing_ok=True)
    copy_file(open_engine(url), file)


def written(share: float) -> Moment:
    """Say that so much of a new file is written, under whatever name."""
    return lambda new: any(each.stat().st_size >= share * BALLAST * 2**20 for each in new)


def named(new: list[Path]) -> bool:
    return any(each.name == NAME for each in new)


def past(seconds: float) -> Moment:
    until = time.monotonic() + seconds
    return lambda _: time.monotonic() >= until


MOMENTS: dict[str, Moment] = {
    "a draft appears": bool,
    "a third is written": written(1 / 3),
    "all is written": written(1),
    "the name is there": named,
}


@pytest.fixture
def heavy(sqlite_engine: Engine) -> Engine:
    """Give an office whose database takes a while to be copied."""
    rated_days(sqlite_engine)
    with writing(sqlite_engine) as session:
        session.execute(text("CREATE TABLE ballast (load BLOB)"))
        for _ in range(BALLAST):
            session.execute(text("INSERT INTO ballast VALUES (randomblob(1048576))"))
    return sqlite_engine


def killed(make: Make, engine: Engine, folder: Path, moment: Moment) -> None:
    """Let a backup begin in a folder, and kill it at a moment or when it is done before."""
    old = {each.stat().st_ino for each in folder.iterdir()}
    child = _PROCESSES.Process(target=make, args=(str(engine.url), folder / NAME))
    child.start()
    while child.is_alive() and not moment(files_beside(folder, old)):
        time.sleep(0.0005)
    child.kill()
    child.join()


def files_beside(folder: Path, old: set[int]) -> list[Path]:
    """Return files that appeared; one may be renamed while it is looked at."""
    with suppress(FileNotFoundError):
        return [each for each in folder.iterdir() if each.stat().st_ino not in old]
    return []


def is_half(file: Path, responses: int) -> bool:
    """Tell whether a file is there and is no whole backup."""
    if not file.exists():
        return False
    try:
        with opened_file(file) as copy:
            return count_of(copy, "response") != responses
    except (WrongCopy, DatabaseError):
        return True


@pytest.mark.parametrize("moment", MOMENTS.values(), ids=MOMENTS)
def test_no_half_file_has_the_name(heavy: Engine, tmp_path: Path, moment: Moment) -> None:
    responses = count_of(heavy, "response")
    killed(shipped, heavy, tmp_path, moment)
    assert not is_half(tmp_path / NAME, responses)
    shipped(str(heavy.url), tmp_path / NAME)
    assert [each.name for each in tmp_path.iterdir()] == [NAME]
    assert not is_half(tmp_path / NAME, responses)


def test_an_older_backup_stays_whole_when_the_next_one_is_killed(
    heavy: Engine, tmp_path: Path
) -> None:
    shipped(str(heavy.url), tmp_path / NAME)
    before = (tmp_path / NAME).read_bytes()
    killed(shipped, heavy, tmp_path, written(1 / 3))
    assert (tmp_path / NAME).read_bytes() == before


def test_a_copy_under_the_name_itself_is_caught(heavy: Engine, tmp_path: Path) -> None:
    killed(careless, heavy, tmp_path, written(1 / 3))
    assert is_half(tmp_path / NAME, count_of(heavy, "response"))


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_hundred_kills_at_any_moment_leave_no_half_file(heavy: Engine, tmp_path: Path) -> None:
    responses, chance = count_of(heavy, "response"), Random(1)
    begun = time.monotonic()
    shipped(str(heavy.url), tmp_path / NAME)
    took = time.monotonic() - begun
    for _ in range(100):
        killed(shipped, heavy, tmp_path, past(chance.uniform(0, 1.2 * took)))
        assert not is_half(tmp_path / NAME, responses)
