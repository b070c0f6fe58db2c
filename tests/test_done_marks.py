"""Marks of what was done last: made when it ended well, and never in the way of what they mark."""

import os
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine

from deploy.done_marks import BACKUP, NIGHT, mark_of, marked
from deploy.nightly import mailing_of, run_night
from deploy.nilai import main
from deploy.unit_night import TASKS, Task
from survey.command import Installation
from survey.database import writing
from survey.settings import Settings
from tests.alert_factories import at, made_unit
from tests.factories import settings
from tests.seal_factories import new_key_file

NIGHT_OF = at(4, 2, 30)


@pytest.fixture
def marks(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "marks"


@pytest.fixture
def given(tmp_path: Path, marks: Path) -> Settings:
    key = str(new_key_file(tmp_path))
    return settings(NILAI_SEAL_KEY_FILE=key, NILAI_MARKS_FOLDER=str(marks))


def made(folder: Path) -> set[str]:
    return {step for step in (*NIGHT, BACKUP) if mark_of(folder, step)}


def a_night(engine: Engine, given: Settings, *tasks: Task, only: str | None = None) -> list[str]:
    installation = Installation(given, engine)
    return run_night(
        installation, mailing_of(given), NIGHT_OF, only=only, tasks=tasks, probe_now=list
    )


def test_a_night_that_went_well_marks_all_its_parts(
    sqlite_engine: Engine, given: Settings, marks: Path
) -> None:
    assert a_night(sqlite_engine, given, *TASKS) == []
    assert made(marks) == set(NIGHT)


def test_a_part_that_failed_is_not_marked(
    sqlite_engine: Engine, given: Settings, marks: Path
) -> None:
    def fails(_engine: Engine, _unit_id: int, _at: object) -> str:
        raise RuntimeError

    with writing(sqlite_engine) as session:
        made_unit(session)
    given.seal_key_file.path.unlink()  # type: ignore[union-attr]
    assert len(a_night(sqlite_engine, given, Task("gagal", fails))) == 2
    assert made(marks) == set(NIGHT) - {"release", "seal"}


def test_a_night_of_one_unit_marks_nothing(
    sqlite_engine: Engine, given: Settings, marks: Path
) -> None:
    with writing(sqlite_engine) as session:
        code = made_unit(session).code
    a_night(sqlite_engine, given, *TASKS, only=code)
    assert made(marks) == set()


def test_a_backup_is_marked_when_it_has_its_name(
    sqlite_engine: Engine, given: Settings, marks: Path, tmp_path: Path
) -> None:
    to = [str(tmp_path / "nilai.backup")]
    installation = Installation(given, sqlite_engine)
    first = CliRunner().invoke(main, ["backup", *to], obj=installation)
    mark = mark_of(marks, BACKUP)
    assert (first.exit_code, mark is not None) == (0, True)
    refused = CliRunner().invoke(main, ["backup", *to], obj=installation)
    assert (refused.exit_code, mark_of(marks, BACKUP)) == (1, mark)


def test_a_mark_that_cannot_be_written_holds_nothing_up(tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("a file where the folder should be")
    with marked(taken, BACKUP):
        done = True
    assert done
    assert mark_of(taken, BACKUP) is None


def test_a_mark_may_be_read_by_the_users_of_other_services(marks: Path) -> None:
    before = os.umask(0o077)  # as in the shipped units
    try:
        with marked(marks, BACKUP):
            pass
    finally:
        os.umask(before)
    assert (marks / f"{BACKUP}.json").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"at": "x", "seconds": 1}', "\udcff"])
def test_what_is_no_mark_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "seal.json").write_text(content, errors="surrogateescape")
    assert mark_of(tmp_path, "seal") is None
