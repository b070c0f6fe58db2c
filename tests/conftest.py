"""What tests share: fresh migrated databases of every kind, a browser, a quiet Hypothesis.

A run has one folder, shared by its workers, with one server of each kind and one migrated template
to copy. What is costly is made by the worker that needs it first, and taken down at the end.
Databases and sites are lent to a test and come back (`tests.databases`, `tests.sites`). A test that
migrates its database or sets it up otherwise asks for a new one with `database_url`.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any
from zlib import crc32

import hypothesis
import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from deploy.migrate import upgrade
from survey.database import open_engine, writing
from tests import browser, sites
from tests.databases import KeptDatabase, KeptFile, Shelf
from tests.postgres import Server, binaries
from tests.told_provider import Told, told_provider

RUNS = Path("/tmp")  # a unix socket's whole path has to stay below 108 characters
MEMORY = Path("/dev/shm")
"""SQLite's files lie here where it exists: what has to survive a power cut is tried elsewhere."""

DURABILITY = Path(__file__).with_name("durability")
RUN = "NILAI_TEST_RUN"
TEMPLATE = "template_nilai"
POSTGRES = binaries()

hypothesis.settings.register_profile(
    "house",
    deadline=None,
    derandomize="CI" in os.environ,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],  # a busy machine is
)
hypothesis.settings.load_profile("house")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-database", action="store_true", help="all tests on all databases")


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workerinput"):
        return
    _take_down_abandoned_runs()
    folder = RUNS / f"nilai-{os.getpid()}"
    folder.mkdir(mode=0o755)
    os.environ[RUN] = str(folder)  # workers inherit it


def pytest_unconfigure(config: pytest.Config) -> None:
    for shelf in _shelves.values():
        shelf.close()
    if not hasattr(config, "workerinput") and RUN in os.environ:
        _take_down(Path(os.environ.pop(RUN)))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let a test in a browser be tried once more (docs/decisions/0031), but none of durability.

    A use case runs on SQLite and on one PostgreSQL, the older or the newer as its name falls; what
    speaks to the database in words of its own (`every_database`), and in `make soak` all, on both.
    """
    if not config.option.every_database:
        dropped = {item for item in items if _is_for_the_other_postgres(item)}
        config.hook.pytest_deselected(items=list(dropped))
        items[:] = [item for item in items if item not in dropped]
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()) and DURABILITY not in item.path.parents:
            item.add_marker(pytest.mark.flaky(reruns=1))


def _is_for_the_other_postgres(item: pytest.Item) -> bool:
    given = item.callspec.params.values() if hasattr(item, "callspec") else ()
    kinds = {each for each in given if isinstance(each, str) and each in POSTGRES}
    if not kinds or item.get_closest_marker("every_database") or DURABILITY in item.path.parents:
        return False
    name = f"{item.path.name} {getattr(item, 'originalname', item.name)}"
    return sorted(POSTGRES)[crc32(name.encode()) % len(POSTGRES)] not in kinds


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say aloud what this machine could not show, and what was measured but is not promised."""
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties:
            if name in {"NOT RUN", "MEASURED"}:
                loud = name == "NOT RUN"
                terminalreporter.write_line(f"{name} {value}", yellow=loud, bold=loud)


@pytest.fixture(params=["sqlite", *POSTGRES])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Give the URL of a new database at the newest schema, once on each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{shutil.copyfile(_template(), tmp_path / 'nilai.db')}"
        return
    with _server(request.param).database(TEMPLATE) as url:
        yield url


@pytest.fixture
def new_engine(database_url: str) -> Iterator[Engine]:
    """Give an engine on the database of `database_url`."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()


@pytest.fixture(params=["sqlite", *POSTGRES])
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Give an engine on a database as good as new, once on each kind."""
    yield from _lent(request.param)


@pytest.fixture(scope="module", params=["sqlite", *POSTGRES])
def shared_engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """Give what `engine` gives to all tests of a module: each undoes what it did."""
    yield from _lent(request.param)


@pytest.fixture(params=["sqlite", *POSTGRES])
def shelf(request: pytest.FixtureRequest) -> Iterator[Shelf]:
    """Give an empty shelf of databases, once of each kind."""
    empty = Shelf(_shelves[request.param].make)
    yield empty
    empty.close()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """Give a session that commits when the test ends, once on each kind of database."""
    with writing(engine) as opened:
        yield opened


@pytest.fixture
def sqlite_engine() -> Iterator[Engine]:
    """Give an engine on an SQLite file as good as new, for what says nothing about the database."""
    yield from _lent("sqlite")


@pytest.fixture(scope="module")
def provider() -> Iterator[Told]:
    """Give a provider of identities on this machine."""
    with told_provider() as served:
        yield served


@pytest.fixture
def told(provider: Told) -> Told:
    """Give the provider as if nobody had told it or asked it anything yet."""
    return provider.anew()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium of this machine, not one that Playwright would download."""
    return {
        **browser_type_launch_args,
        "executable_path": browser.chromium(),
        "args": browser.arguments(),
    }


def _lent(kind: str) -> Iterator[Engine]:
    with _shelves[kind].lent() as engine:
        yield engine
        sites.take_back(engine)


def _file() -> KeptFile:
    folder = _in_memory() if MEMORY.is_dir() else _run()
    folder.mkdir(exist_ok=True)
    return KeptFile(_template(), folder / f"{os.getpid()}-{next(_numbers)}.db")


def _database(kind: str) -> KeptDatabase:
    return KeptDatabase(_server(kind).database(TEMPLATE))


_numbers = count(1)
_shelves = {"sqlite": Shelf(_file), **{kind: Shelf(partial(_database, kind)) for kind in POSTGRES}}


def _template() -> Path:
    template = _run() / "template.db"
    _once("sqlite", lambda: upgrade(f"sqlite:///{template}"))
    return template


def _server(kind: str) -> Server:
    server = Server(POSTGRES[kind], _run() / kind)
    _once(kind, lambda: _start(server))
    return server


def _start(server: Server) -> None:
    server.start()
    server.administer(f"CREATE DATABASE {TEMPLATE}")
    upgrade(server.url(TEMPLATE))


def _run() -> Path:
    return Path(os.environ[RUN])


def _in_memory() -> Path:
    return MEMORY / _run().name


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
    shutil.rmtree(MEMORY / folder.name, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)  # of an abandoned run another one may do it too


def _take_down_abandoned_runs() -> None:
    """Stop the servers of runs that were killed before they could do it themselves."""
    for folder in RUNS.glob("nilai-*[0-9]"):
        pid = folder.name.removeprefix("nilai-")
        with suppress(FileNotFoundError):  # another run may be faster
            ours = folder.stat().st_uid == os.geteuid()
            if ours and pid.isdecimal() and not _alive(int(pid)):
                _take_down(folder)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
