"""What is recorded is written once: the database itself refuses to change or delete it."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, inspect, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import SQLModel

from deploy.migrations.versions.v0006_proof import ERASABLE, WRITTEN_ONCE
from survey.database import writing
from survey.log import Act, record
from survey.sealing import seal_days
from tests.month_factories import store
from tests.record_factories import NOON
from tests.seal_factories import NIGHT, new_key
from tests.tampering import untriggered
from tests.test_release import an_office, close, crowd

pytestmark = pytest.mark.every_database

PERSONAL = ERASABLE["officer_figure"]
TABLES = SQLModel.metadata.tables
EMPTIED = ", ".join(f"{name} = NULL" for name in PERSONAL)


@pytest.fixture(scope="module")
def kept(shared_engine: Engine) -> Engine:
    """Give a database with rows in every table that is written once."""
    with writing(shared_engine) as session:
        office = an_office(session)
        store(session, office, crowd(60))
        close(session, office)
        record(session, Act("unit.changed", "cli", "unit", {}, office.unit_id), NOON)
    seal_days(shared_engine, new_key(), NIGHT)
    return shared_engine


@pytest.fixture
def connection(kept: Engine) -> Iterator[Connection]:
    """Give a transaction that is undone."""
    with kept.connect() as opened:
        yield opened
        opened.rollback()


def rows_of(connection: Connection, table: Table) -> list[Any]:
    return sorted(connection.execute(select(table)).all(), key=repr)


def refused(connection: Connection, table: str, statement: str) -> None:
    with (
        pytest.raises(DBAPIError, match=f"{table} is written once"),
        connection.begin_nested(),
    ):
        connection.execute(text(statement))


@pytest.mark.parametrize("table", WRITTEN_ONCE)
def test_nothing_of_it_is_changed_or_deleted(connection: Connection, table: str) -> None:
    before = rows_of(connection, TABLES[table])
    assert before
    for column in TABLES[table].c.keys():  # noqa: SIM118 - not a dict
        refused(connection, table, f'UPDATE {table} SET "{column}" = "{column}"')
    refused(connection, table, f"DELETE FROM {table}")
    if connection.dialect.name == "postgresql":
        refused(connection, table, f"TRUNCATE {table} CASCADE")
    assert rows_of(connection, TABLES[table]) == before


@pytest.mark.parametrize("table", WRITTEN_ONCE)
def test_without_the_triggers_it_would_be(kept: Engine, table: str) -> None:
    """The control: it is the triggers that refuse."""
    column = TABLES[table].c[0].name
    with writing(kept) as session:
        if kept.dialect.name == "sqlite":
            session.execute(text("PRAGMA defer_foreign_keys=ON"))
        with untriggered(session):
            for change in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                assert session.connection().execute(text(change)).rowcount
        session.rollback()


def test_who_an_officer_was_may_be_emptied_all_at_once(connection: Connection) -> None:
    figures = TABLES["officer_figure"]
    before = connection.execute(select(figures)).mappings().all()
    connection.execute(text(f"UPDATE officer_figure SET {EMPTIED}"))
    after = connection.execute(select(figures)).mappings().all()
    emptied = [{**row, **dict.fromkeys(PERSONAL)} for row in before]
    assert sorted(map(repr, map(dict, after))) == sorted(map(repr, emptied))
    refused(connection, "officer_figure", "UPDATE officer_figure SET name = 'Orang lain'")


@pytest.mark.parametrize(
    "change",
    [
        *(f"{name} = NULL" for name in PERSONAL),
        ", ".join(f"{name} = NULL" for name in PERSONAL[1:]),
        *(f"{name} = 'x'" for name in PERSONAL),
        *(
            f"{EMPTIED}, {name} = NULL"
            for name in ("n", "sum_x", "rule_version", "unit_id", "basis")
        ),
        f"{EMPTIED}, n = n + 1",
    ],
)
def test_nothing_else_of_a_figure_changes_with_it(connection: Connection, change: str) -> None:
    refused(connection, "officer_figure", f"UPDATE officer_figure SET {change}")


def test_the_tables_with_triggers_are_the_ones_of_the_list(kept: Engine) -> None:
    query = {
        "sqlite": "SELECT tbl_name, name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgrelid::regclass::text, tgname FROM pg_trigger "
        "WHERE NOT tgisinternal AND tgenabled = 'O'",
    }[kept.dialect.name]
    ends = ("changed", "deleted" if kept.dialect.name == "sqlite" else "emptied")
    with kept.connect() as connection:
        found = {(table, name) for table, name in connection.execute(text(query))}
    assert found == {(table, f"{table}_is_never_{end}") for table in WRITTEN_ONCE for end in ends}
    assert set(WRITTEN_ONCE) <= set(inspect(kept).get_table_names())
