"""A backup is one file that was restored and checked; it goes back into an empty place only."""

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, text, update
from sqlmodel import col

from deploy.backup import Differences, backup
from deploy.copy_check import Held, OldSchema, WrongCopy, check_copy, counted
from deploy.migrate import NewerDatabase
from deploy.nilai import main
from deploy.postgres_copy import MayNotTry, dump, trial_name
from deploy.postgres_programs import NoProgram, programs_for
from deploy.restore import NotABackup, OtherDatabase, PlaceTaken, kind_of, restore, wrong_keys
from deploy.sqlite_copy import copy_file
from deploy.whole_file import FileThere
from survey.command import Installation
from survey.database import open_engine, reading, writing
from survey.models import Response
from survey.sealing import seal_days
from tests.factories import KEYS
from tests.postgres import binaries
from tests.record_factories import Office, an_office, count_of, everything_in, visit
from tests.seal_factories import NIGHT, new_key, rate_days
from tests.tampering import tampering

pytestmark = pytest.mark.every_database

on_postgres = pytest.mark.parametrize("engine", ["postgres"], indirect=True)


@pytest.fixture(autouse=True)
def _own_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the programs of the tests' own server be found, as an operator would on PATH."""
    monkeypatch.setenv("PATH", f"{binaries()['postgres']}:/usr/bin:/bin")


def sealed_office(engine: Engine) -> Office:
    office = an_office(engine, services=["KK"])
    rate_days(office, days=2)
    seal_days(engine, new_key(), NIGHT)
    return office


@contextmanager
def empty_place(engine: Engine, folder: Path) -> Iterator[Engine]:
    """Give an engine that leads to where no database is yet, of the same kind."""
    if engine.dialect.name == "sqlite":
        place = open_engine(f"sqlite:///{folder / 'elsewhere.db'}")
        yield place
        place.dispose()
        return
    name = f"{engine.url.database}_elsewhere"
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template0"))
        place = open_engine(engine.url.set(database=name).render_as_string(hide_password=False))
        try:
            yield place
        finally:
            place.dispose()
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def test_what_is_backed_up_comes_back_row_by_row(engine: Engine, tmp_path: Path) -> None:
    sealed_office(engine)
    file = tmp_path / "nilai.backup"
    done = backup(engine, file, NIGHT)
    assert done.responses == 8
    assert done.verified is not None
    assert list(done.verified.differences) == []
    assert [each.name for each in tmp_path.iterdir()] == ["nilai.backup"]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with empty_place(engine, tmp_path) as place:
        again = restore(place, file, NIGHT)
        assert again.verified is not None
        assert list(again.verified.differences) == []
        assert everything_in(place) == everything_in(engine)
        with pytest.raises(Exception, match="written once"), writing(place) as session:
            session.execute(update(Response).values(overall=1))
        with pytest.raises(PlaceTaken):
            restore(place, file, NIGHT)


def test_a_backup_gives_way_to_another_only_when_asked(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "nilai.backup"
    backup(sqlite_engine, file, NIGHT)
    before = file.read_bytes()
    an_office(sqlite_engine)
    with pytest.raises(FileThere):
        backup(sqlite_engine, file, NIGHT)
    assert file.read_bytes() == before
    backup(sqlite_engine, file, NIGHT, replace=True)
    assert file.read_bytes() != before
    with pytest.raises(FileThere):
        backup(sqlite_engine, Path(str(sqlite_engine.url.database)), NIGHT, replace=True)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
def test_citizens_rate_on_while_it_is_made(engine: Engine, tmp_path: Path) -> None:
    office = sealed_office(engine)
    over, sent = Event(), []

    def rate() -> None:
        while not over.is_set():
            sent.append(office.send(visit(4, served_at=NIGHT), NIGHT))

    citizen = Thread(target=rate)
    citizen.start()
    try:
        done = [backup(engine, tmp_path / f"{n}.backup", NIGHT) for n in range(2)]
    finally:
        over.set()
        citizen.join()
    assert 8 <= done[0].responses < done[1].responses
    assert count_of(engine, "response") == 8 + len(sent)
    assert [list(each.verified.differences) for each in done if each.verified] == [[], []]


def test_a_tampered_record_replaces_no_backup(sqlite_engine: Engine, tmp_path: Path) -> None:
    sealed_office(sqlite_engine)
    file = tmp_path / "nilai.backup"
    backup(sqlite_engine, file, NIGHT)
    before = file.read_bytes()
    with tampering(sqlite_engine) as session:
        session.execute(update(Response).values(overall=1).where(col(Response.overall) == 4))
    with pytest.raises(Differences):
        backup(sqlite_engine, file, NIGHT, replace=True)
    assert file.read_bytes() == before
    kept = backup(sqlite_engine, tmp_path / "tampered.backup", NIGHT, with_differences=True)
    assert kept.verified is not None
    assert kept.verified.differences
    assert sorted(each.name for each in tmp_path.iterdir()) == ["nilai.backup", "tampered.backup"]


def test_a_copy_that_lacks_rows_is_found(sqlite_engine: Engine) -> None:
    sealed_office(sqlite_engine)
    with reading(sqlite_engine) as session:
        held = counted(session)
    more = {**held, "response": held["response"] + 1}
    check_copy(sqlite_engine, Held(held, more), NIGHT)
    with pytest.raises(WrongCopy, match="response"):
        check_copy(sqlite_engine, Held(more, more), NIGHT)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
def test_a_damaged_file_is_not_restored(engine: Engine, tmp_path: Path) -> None:
    sealed_office(engine)
    file = tmp_path / "nilai.backup"
    backup(engine, file, NIGHT)
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2])
    with empty_place(engine, tmp_path) as place:
        with pytest.raises((WrongCopy, NotABackup)):
            restore(place, file, NIGHT)
        file.write_bytes(whole)
        restore(place, file, NIGHT)


def test_only_a_backup_of_the_same_kind_is_restored(sqlite_engine: Engine, tmp_path: Path) -> None:
    dumped, text_file = tmp_path / "dump", tmp_path / "text"
    dumped.write_bytes(b"PGDMP" + bytes(90))
    text_file.write_text("SELECT 1;")
    assert kind_of(dumped) == "postgresql"
    with empty_place(sqlite_engine, tmp_path) as place:
        with pytest.raises(OtherDatabase, match="postgresql"):
            restore(place, dumped, NIGHT)
        with pytest.raises(NotABackup):
            restore(place, text_file, NIGHT)


def test_a_stale_log_beside_the_place_is_no_empty_place(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    file = tmp_path / "nilai.backup"
    backup(sqlite_engine, file, NIGHT)
    (tmp_path / "elsewhere.db-wal").write_bytes(b"of another file")
    with empty_place(sqlite_engine, tmp_path) as place, pytest.raises(PlaceTaken, match="-wal"):
        restore(place, file, NIGHT)


@pytest.mark.parametrize("engine", ["sqlite", "postgres"], indirect=True)
@pytest.mark.parametrize("number", ["0005", "9999"])
def test_the_schema_of_a_backup_is_asked_first(engine: Engine, tmp_path: Path, number: str) -> None:
    file = tmp_path / "nilai.backup"
    with other_schema(engine, number):
        with pytest.raises(OldSchema):
            backup(engine, file, NIGHT)
        copied(engine, file)
    with empty_place(engine, tmp_path) as place:
        if number == "0005":
            assert restore(place, file, NIGHT).verified is None  # `nilai migrate` comes first
        else:
            with pytest.raises(NewerDatabase):
                restore(place, file, NIGHT)


@contextmanager
def other_schema(engine: Engine, number: str) -> Iterator[None]:
    """Let a database say for a while that it has another schema."""
    change = text("UPDATE alembic_version SET version_num = :number")
    with writing(engine) as session:
        newest = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
        session.execute(change, {"number": number})
    try:
        yield
    finally:
        with writing(engine) as session:
            session.execute(change, {"number": newest})


def copied(engine: Engine, file: Path) -> None:
    """Copy a database as a backup does, and look at nothing."""
    if engine.dialect.name == "sqlite":
        copy_file(engine, file)
    else:
        dump(programs_for(engine), file)


@on_postgres
def test_the_database_that_a_copy_is_tried_in_is_dropped(engine: Engine, tmp_path: Path) -> None:
    left_by_a_kill = f'CREATE DATABASE "{trial_name(engine)}"'
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(left_by_a_kill))
    backup(engine, tmp_path / "nilai.backup", NIGHT)
    with reading(engine) as session:
        named = session.execute(text("SELECT datname FROM pg_database")).scalars().all()
    assert trial_name(engine) not in named


@on_postgres
def test_a_role_that_may_not_make_databases_is_told_so(engine: Engine, tmp_path: Path) -> None:
    file = tmp_path / "nilai.backup"
    with writing(engine) as session:
        session.execute(text("CREATE ROLE reader_only LOGIN IN ROLE pg_read_all_data"))
    url = engine.url.set(username="reader_only").render_as_string(hide_password=False)
    reader = open_engine(url)
    try:
        with pytest.raises(MayNotTry):
            backup(reader, file, NIGHT)
        assert list(tmp_path.iterdir()) == []
        said = command(reader, "backup", str(file), "--no-restore-test")
        assert "TIDAK diuji" in said
        assert file.exists()
    finally:
        reader.dispose()
        with writing(engine) as session:
            session.execute(text("DROP ROLE reader_only"))


@on_postgres
def test_an_address_may_name_several_servers(engine: Engine, tmp_path: Path) -> None:
    hosts = [str(tmp_path / "nobody-here"), str(engine.url.query["host"])]
    url = engine.url.update_query_dict({"host": hosts, "target_session_attrs": "read-write"})
    either = open_engine(url.render_as_string(hide_password=False))
    assert backup(either, tmp_path / "nilai.backup", NIGHT).verified
    either.dispose()


@on_postgres
def test_programs_older_than_the_server_are_not_used(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoProgram):
        backup(engine, tmp_path / "nilai.backup", NIGHT)
    assert list(tmp_path.iterdir()) == []


def test_the_commands_say_what_they_did_and_what_is_not_in_the_file(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    sealed_office(sqlite_engine)
    file = str(tmp_path / "nilai.backup")
    said = command(sqlite_engine, "backup", file)
    assert "semua sesuai segel" in said
    assert "kunci TIDAK ada di dalam berkas ini" in said
    with empty_place(sqlite_engine, tmp_path) as place:
        said = command(place, "restore", file)
        assert "semua sesuai segel" in said
        assert "kunci segel di sini bukan kunci semula" in said
        assert "kunci rahasia" not in said
        assert "hanya dipulihkan ke tempat kosong" in command(place, "restore", file, fails=True)
        other = replace(KEYS, secret_key="another" * 8)
        assert wrong_keys(place, other) == ["secret", "seal"]


def command(engine: Engine, *arguments: str, fails: bool = False) -> str:
    done = CliRunner().invoke(main, arguments, obj=Installation(KEYS, engine))
    assert done.exit_code == int(fails), done.output
    return done.output
