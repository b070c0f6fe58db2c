"""What tests share: fresh migrated databases of every kind, a browser, a quiet Hypothesis.

A run has one folder, shared by its workers, with one server of each kind and one migrated template
to copy. What is costly is made by the worker that needs it first, and taken down at the end.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from deploy.migrate import upgrade
from survey.database import open_engine, writing
from tests import browser
from tests.postgres import Server, binaries

RUNS = Path("/tmp")  # a unix socket's whole path has to stay below 108 characters
RUN = "NILAI_TEST_RUN"
TEMPLATE = "template_nilai"
POSTGRES = binaries()

hypothesis.settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
hypothesis.settings.load_profile("house")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    _take_down_abandoned_runs()
    folder = RUNS / f"nilai-{os.getpid()}"
    folder.mkdir(mode=0o755)
    os.environ[RUN] = str(folder)  # workers inherit it


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and RUN in os.environ:
        _take_down(Path(os.environ.pop(RUN)))


@pytest.fixture(params=["sqlite", *POSTGRES])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a fresh database at the newest schema, once on each kind."""
    if request.param == "sqlite":
        yield _fresh_sqlite(tmp_path)
        return
    server = Server(POSTGRES[request.param], _run() / request.param)
    _once(request.param, lambda: _start(server))
    with server.database(TEMPLATE) as url:
        yield url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Give an engine on a fresh database, once on each kind."""
    yield from _opened(database_url)


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a session that commits when the test ends, once on each kind of database."""
    with writing(engine) as opened:
        yield opened


@pytest.fixture
def sqlite_engine(tmp_path: Path) -> Iterator[Engine]:
    """Give an engine on a fresh SQLite file, for tests that say nothing about the database."""
    yield from _opened(_fresh_sqlite(tmp_path))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium of this machine, not one that Playwright would download."""
    return {
        **browser_type_launch_args,
        "executable_path": browser.chromium(),
        "args": browser.arguments(),
    }


def _fresh_sqlite(folder: Path) -> str:
    template = _run() / "template.db"
    _once("sqlite", lambda: upgrade(f"sqlite:///{template}"))
    shutil.copyfile(template, folder / "nilai.db")
    return f"sqlite:///{folder / 'nilai.db'}"


def _opened(url: str) -> Iterator[Engine]:
    engine = open_engine(url)
    yield engine
    engine.dispose()


def _start(server: Server) -> None:
    server.start()
    server.administer(f"CREATE DATABASE {TEMPLATE}")
    upgrade(server.url(TEMPLATE))


def _run() -> Path:
    return Path(os.environ[RUN])


def _once(name: str, make: Callable[[], None]) -> None:
    """Make something that all workers share; the others wait for the first."""
    made = _run() / f"{name}.made"
    with (_run() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            make()
            made.touch()


def _take_down(folder: Path) -> None:
    for kind, programs in POSTGRES.items():
        Server(programs, folder / kind).stop()
    shutil.rmtree(folder)


def _take_down_abandoned_runs() -> None:
    """Stop the servers of runs that were killed before they could do it themselves."""
    for folder in RUNS.glob("nilai-*[0-9]"):
        pid = folder.name.removeprefix("nilai-")
        ours = folder.stat().st_uid == os.geteuid()
        if ours and pid.isdecimal() and not _alive(int(pid)):
            _take_down(folder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
