"""The database that a backup is tried in goes away again, whoever is at work in it."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import ProgrammingError

from deploy.migrate import upgrade
from deploy.postgres_copy import dump, trial_name, tried
from deploy.postgres_programs import programs_for
from survey.database import open_engine
from tests.durability.servers import crashing_server
from tests.postgres import QUICK, Server

OWNER = "nilai_owner"
SLOW_AUTOVACUUM = {
    "autovacuum": "on",
    "autovacuum_naptime": "1",
    "autovacuum_vacuum_cost_limit": "1",
    "autovacuum_vacuum_cost_delay": "100",
}
"""It comes at once, and then takes a minute for what a server does in a blink."""

MUCH = "CREATE TABLE much AS SELECT n FROM generate_series(1, 200000) AS n"


@pytest.fixture
def server() -> Iterator[Server]:
    with crashing_server({**QUICK, **SLOW_AUTOVACUUM}) as made:
        made.administer(f"CREATE ROLE {OWNER} LOGIN CREATEDB")
        made.administer(f"ALTER DATABASE nilai OWNER TO {OWNER}")
        yield made


@pytest.fixture
def owners(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """Give the database as its owner enters it, who is no superuser, as in a city."""
    monkeypatch.setenv("PATH", f"{server.programs}:/usr/bin:/bin")
    url = server.url("nilai").replace("postgres@", f"{OWNER}@")
    upgrade(url)
    engine = open_engine(url)
    yield engine
    engine.dispose()


def rows(engine: Engine, question: str, database: str) -> int:
    with engine.connect() as connection:
        return len(connection.execute(text(question), {"database": database}).all())


def wait_for_autovacuum(server: Server, database: str) -> None:
    there = "SELECT 1 FROM pg_stat_activity WHERE datname = :database AND query LIKE 'autovacuum:%'"
    engine, until = open_engine(server.url("nilai")), time.monotonic() + 60
    while not rows(engine, there, database):
        assert time.monotonic() < until, "autovacuum did not come"
        time.sleep(0.05)
    engine.dispose()


def test_autovacuum_holds_no_backup_up(server: Server, owners: Engine, tmp_path: Path) -> None:
    programs, draft, name = programs_for(owners), tmp_path / "draft", trial_name(owners)
    dump(programs, draft)
    with tried(programs, draft) as copy:
        with copy.begin() as connection:
            connection.execute(text(MUCH))
        wait_for_autovacuum(server, name)
        may_not = pytest.raises(ProgrammingError, match="permission denied")  # the control
        with may_not, owners.connect().execution_options(isolation_level="AUTOCOMMIT") as owner:
            owner.execute(text(f'DROP DATABASE "{name}" WITH (FORCE)'))
    assert rows(owners, "SELECT 1 FROM pg_database WHERE datname = :database", name) == 0


def test_what_a_kill_left_behind_gives_way(owners: Engine, tmp_path: Path) -> None:
    programs, draft, name = programs_for(owners), tmp_path / "draft", trial_name(owners)
    dump(programs, draft)
    with owners.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    left = open_engine(owners.url.set(database=name).render_as_string(hide_password=False))
    with left.connect() as session:
        session.execute(text("SELECT 1"))
        with tried(programs, draft) as copy:
            assert rows(copy, "SELECT 1 WHERE current_database() = :database", name) == 1
        session.invalidate()
    left.dispose()
