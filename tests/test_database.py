"""One transaction per request: it commits as a whole, or nothing of it stays."""

from pathlib import Path
from typing import Any

import pytest
from pysqlite3 import dbapi2
from sqlalchemy import Engine, func, select, text
from sqlmodel import Session

from survey.database import UnsafeDatabase, open_engine, reading, with_room, writing
from survey.models import ServiceUnit, table_of
from tests.durability.servers import crashing_server
from tests.factories import make_unit
from tests.postgres import binaries
from tests.record_factories import count_of

pytestmark = pytest.mark.every_database

UNIT = table_of(ServiceUnit)


class Interrupted(BaseException):
    """What stops a program without being an error, such as a key press."""


def test_a_block_that_ends_well_is_committed(engine: Engine) -> None:
    with writing(engine) as session:
        make_unit(session)
    assert count_of(engine, "service_unit") == 1


def fail(engine: Engine, reason: type[BaseException]) -> None:
    with writing(engine) as session:
        make_unit(session)
        raise reason


@pytest.mark.parametrize("reason", [ValueError, Interrupted])
def test_a_block_that_fails_leaves_nothing(engine: Engine, reason: type[BaseException]) -> None:
    with pytest.raises(reason):
        fail(engine, reason)
    assert count_of(engine, "service_unit") == 0


def test_connections_are_good_again_after_failures(engine: Engine) -> None:
    for _ in range(50):
        with pytest.raises(Interrupted):
            fail(engine, Interrupted)
    with writing(engine) as session:
        make_unit(session)
    assert count_of(engine, "service_unit") == 1


def test_a_reader_writes_nothing(engine: Engine) -> None:
    with reading(engine) as session:
        make_unit(session)
    assert count_of(engine, "service_unit") == 0


def test_room_for_whole_tables_is_given_back_even_after_a_failure(sqlite_engine: Engine) -> None:
    rooms = []

    def read(session: Session) -> None:
        with with_room(session):
            rooms.append(room_of(session))
            raise Interrupted

    with reading(sqlite_engine) as session:
        usual = room_of(session)
        with pytest.raises(Interrupted):
            read(session)
        assert [*rooms, room_of(session)] == [-65536, usual]


def room_of(session: Session) -> int:
    return int(session.execute(text("PRAGMA cache_size")).scalar_one())


def test_a_reader_sees_one_state_while_others_write(engine: Engine) -> None:
    with reading(engine) as session:
        before = units_in(session)
        with writing(engine) as other:
            make_unit(other)
        assert units_in(session) == before
    with reading(engine) as session:
        assert units_in(session) == before + 1


def test_a_reader_waits_for_no_writer(engine: Engine) -> None:
    with writing(engine) as session:
        make_unit(session)
        with reading(engine) as other:
            assert units_in(other) == 0


def units_in(session: Session) -> int:
    counted: int = session.execute(select(func.count()).select_from(UNIT)).scalar_one()
    return counted


# --- SQLite


def pragma(engine: Engine, name: str) -> Any:  # noqa: ANN401 - a pragma's value
    with engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def test_every_sqlite_connection_waits_for_the_disk_and_keeps_references(
    sqlite_engine: Engine,
) -> None:
    assert pragma(sqlite_engine, "synchronous") == 2  # FULL
    assert pragma(sqlite_engine, "foreign_keys") == 1
    assert pragma(sqlite_engine, "journal_mode") == "wal"
    assert pragma(sqlite_engine, "busy_timeout") == 10_000


def test_the_sqlite_library_has_no_wal_reset_fault() -> None:
    assert dbapi2.sqlite_version_info >= (3, 51, 3)


def test_a_sqlite_library_with_the_fault_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("survey.database.sqlite.sqlite_version_info", (3, 51, 2))
    with pytest.raises(UnsafeDatabase, match="corrupt"):
        open_engine(f"sqlite:///{tmp_path / 'nilai.db'}")


# --- PostgreSQL


on_postgresql = pytest.mark.parametrize("database_url", [*binaries()], indirect=True)


@on_postgresql
def test_a_postgresql_that_answers_before_its_disk_is_refused(
    new_engine: Engine, database_url: str
) -> None:
    with writing(new_engine) as session:
        name = new_engine.url.database
        session.execute(text(f"ALTER DATABASE {name} SET synchronous_commit = off"))
    with pytest.raises(UnsafeDatabase, match="synchronous_commit"):
        open_engine(database_url).connect()


def test_a_postgresql_that_does_not_wait_for_its_standby_is_refused() -> None:
    with crashing_server() as server:
        server.administer("ALTER SYSTEM SET synchronous_commit = local")
        server.crash()
        alone = open_engine(server.url("postgres"))
        alone.connect().close()
        alone.dispose()
        server.administer("ALTER SYSTEM SET synchronous_standby_names = 'db2'")
        server.crash()
        with pytest.raises(UnsafeDatabase, match="local"):
            open_engine(server.url("postgres")).connect()


def asked_of(engine: Engine) -> dict[str, str]:
    """Return what a connection was told beside its server's and database's name."""
    with engine.connect() as connection:
        driver: Any = connection.connection.driver_connection
        return dict(driver.info.get_parameters())


@on_postgresql
def test_a_machine_that_is_gone_is_noticed_unless_an_address_says_otherwise(
    new_engine: Engine, database_url: str
) -> None:
    assert asked_of(new_engine)["tcp_user_timeout"] == "20000"
    other = open_engine(f"{database_url}&tcp_user_timeout=7000&connect_timeout=9")
    asked = asked_of(other)
    assert (asked["tcp_user_timeout"], asked["connect_timeout"]) == ("7000", "9")
    assert asked["keepalives_idle"] == "10"
    other.dispose()


@on_postgresql
def test_times_come_back_in_utc_whatever_the_servers_zone(
    new_engine: Engine, database_url: str
) -> None:
    with writing(new_engine) as session:
        name = new_engine.url.database
        session.execute(text(f"ALTER DATABASE {name} SET timezone = 'Asia/Jayapura'"))
    other = open_engine(database_url)
    with other.connect() as connection:
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
    other.dispose()


@on_postgresql
@pytest.mark.parametrize("level", ["serializable", "repeatable read", "read committed"])
def test_a_writer_sees_what_it_waited_for_whatever_the_servers_default(
    new_engine: Engine, database_url: str, level: str
) -> None:
    with writing(new_engine) as session:
        name = new_engine.url.database
        session.execute(
            text(f"ALTER DATABASE {name} SET default_transaction_isolation = '{level}'")
        )
    other = open_engine(database_url)
    with writing(other) as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
    with reading(other) as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar() == "repeatable read"
    with writing(other) as session:
        assert session.execute(text("SHOW transaction_isolation")).scalar() == "read committed"
    other.dispose()
