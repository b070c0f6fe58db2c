"""What PostgreSQL's two roles may do: their list, and nothing else (docs/database-roles.md)."""

import re
from collections.abc import Iterator

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.errors import InsufficientPrivilege
from sqlalchemy import make_url
from sqlmodel import SQLModel

from deploy.database_rights import RIGHTS
from deploy.migrations.versions.v0006_proof import WRITTEN_ONCE
from deploy.nilai import main
from survey.settings import HOME
from tests.database_roles import PUBLIC, STAFF, Roles, on_postgresql, printed, roles_in

pytestmark = pytest.mark.every_database

PAGE = (HOME / "docs" / "database-roles.md").read_text(encoding="utf-8")
Verb = tuple[str, str]
"""A right and the column it is for, or none."""


@pytest.fixture
def roles(database_url: str) -> Iterator[Roles]:
    with roles_in(database_url) as made:
        yield made


def told(rights: str) -> set[Verb]:
    """Read rights as GRANT takes them: a right on some columns is one on each."""
    return {
        (verb, column)
        for verb, columns in re.findall(r"([A-Z]+)(?: \(([^)]*)\))?", rights)
        for column in (columns.split(", ") if columns else [""])
    }


def granted(who: str) -> dict[str, set[Verb]]:
    """Return what the list gives a role; a right to change is one for each column."""
    found = {}
    for table, rights in RIGHTS.items():
        verbs = told(getattr(rights, who))
        if ("UPDATE", "") in verbs:
            verbs -= {("UPDATE", "")}
            verbs |= {("UPDATE", column) for column in columns_of(table)}
        found[table] = verbs
    return found


def columns_of(table: str) -> list[str]:
    known = SQLModel.metadata.tables
    return list(known[table].c.keys()) if table in known else ["version_num"]


def tried(connection: psycopg.Connection, tables: list[str]) -> dict[str, set[Verb]]:
    """Try everything with every table; return what was not denied."""
    found: dict[str, set[Verb]] = {}
    for table in tables:
        asked: dict[Verb, str] = {
            ("SELECT", ""): f"SELECT * FROM {table} LIMIT 0",
            ("INSERT", ""): f"INSERT INTO {table} DEFAULT VALUES",
            ("DELETE", ""): f"DELETE FROM {table} WHERE false",
            ("TRUNCATE", ""): f"TRUNCATE {table}",
        }
        for column in columns_of(table):
            asked["UPDATE", column] = f'UPDATE {table} SET "{column}" = DEFAULT WHERE false'
        found[table] = {verb for verb, statement in asked.items() if may(connection, statement)}
    return found


def may(connection: psycopg.Connection, statement: str) -> bool:
    """Tell whether a statement is not denied; whatever it did is undone."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except InsufficientPrivilege:
        return False
    except psycopg.Error:  # it was the values that were refused
        return True
    return True


# --- the list


def test_every_table_has_an_entry_and_every_entry_a_table() -> None:
    assert set(RIGHTS) == {*SQLModel.metadata.tables, "alembic_version"}


def test_no_role_may_change_or_delete_what_is_written_once() -> None:
    for table in WRITTEN_ONCE:
        for rights in RIGHTS[table]:
            assert told(rights) <= {("SELECT", ""), ("INSERT", "")}


def test_the_page_says_what_the_list_says() -> None:
    rows = re.findall(r"^\| `(\w+)` \| (.*) \| (.*) \| (.*) \|$", PAGE, re.MULTILINE)
    assert {table: (public, staff) for table, _, public, staff in rows} == {
        table: (rights.public or "–", rights.staff or "–") for table, rights in RIGHTS.items()
    }
    assert {table for table, once, _, _ in rows if once == "yes"} == set(WRITTEN_ONCE)


@pytest.mark.parametrize(
    "names",
    [("--public", "a-b"), ("--staff", "Nilai"), ("--staff", "nilai_public"), ("--staff", "x;")],
)
def test_a_name_that_is_none_is_refused(names: tuple[str, str]) -> None:
    refused = CliRunner().invoke(main, ["roles", *names])
    assert refused.exit_code == 1
    assert "Nama peran" in refused.output


# --- what PostgreSQL says


@on_postgresql
def test_each_role_may_do_what_the_list_says_and_nothing_else(roles: Roles) -> None:
    with roles.connected() as owner:
        tables = [
            name
            for [name] in owner.execute(
                "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm') "
                "AND relnamespace = 'public'::regnamespace"
            )
        ]
    assert set(tables) == set(RIGHTS)
    for who in (PUBLIC, STAFF):
        with roles.connected(who) as connection:
            assert tried(connection, tables) == granted(who)


@on_postgresql
def test_one_right_too_many_is_noticed(roles: Roles) -> None:
    """The control: what is tried finds a single grant that is not in the list."""
    with roles.connected() as owner:
        owner.execute(f"GRANT UPDATE (overall) ON response TO {roles.names['public']}".encode())
    with roles.connected("public") as connection:
        found = tried(connection, ["response"])["response"]
    assert found - granted("public")["response"] == {("UPDATE", "overall")}


FORBIDDEN = [
    "ALTER TABLE response DISABLE TRIGGER response_is_never_changed",
    "ALTER TABLE response DISABLE TRIGGER ALL",
    "DROP TRIGGER response_is_never_changed ON response",
    "ALTER TABLE response ADD COLUMN more int",
    "ALTER TABLE response RENAME TO other",
    "DROP TABLE verification",
    "CREATE TABLE mine (n int)",
    "CREATE VIEW mine AS SELECT 1",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "ALTER FUNCTION written_once() RENAME TO forgotten",
    "DROP FUNCTION written_once() CASCADE",
    "CREATE TRIGGER mine BEFORE INSERT ON response EXECUTE FUNCTION written_once()",
    "CREATE RULE mine AS ON UPDATE TO response DO INSTEAD NOTHING",
    "CREATE INDEX mine ON response (overall)",
    "CREATE SCHEMA mine",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
    "SET SESSION AUTHORIZATION postgres",
    "ALTER ROLE CURRENT_USER SUPERUSER",
    "CREATE ROLE mine",
    "LOCK TABLE response IN ACCESS EXCLUSIVE MODE",
    "COPY response TO PROGRAM 'cat'",
    "COPY service_unit TO '/tmp/mine'",
    "SELECT pg_read_file('postgresql.conf')",
    "SELECT setval('account_id_seq', 1)",
]
OF_THE_STAFF = [
    "CREATE TEMPORARY TABLE mine (n int)",
    "SELECT nextval('desk_id_seq')",
    "SELECT password_hash FROM account",
]


@on_postgresql
def test_neither_role_gets_round_its_rights(roles: Roles) -> None:
    with roles.connected(PUBLIC) as connection:
        assert [each for each in FORBIDDEN + OF_THE_STAFF if may(connection, each)] == []
    with roles.connected(STAFF) as connection:
        assert [each for each in FORBIDDEN + OF_THE_STAFF if may(connection, each)] == OF_THE_STAFF


@on_postgresql
@pytest.mark.parametrize("right", ["SUPERUSER", "CREATEROLE", "REPLICATION", "IN ROLE postgres"])
def test_a_role_that_could_do_more_anyway_is_not_taken(database_url: str, right: str) -> None:
    name = f"{make_url(database_url).database}_strong"
    found = Roles(database_url, {"strong": name})
    with found.connected() as owner:
        owner.execute(f"CREATE ROLE {name} LOGIN {right}".encode())
        try:
            with pytest.raises(psycopg.errors.RaiseException, match=name):
                owner.execute(printed({"public": name}))
            owner.execute(b"ROLLBACK")
        finally:
            owner.execute(f"DROP ROLE {name}".encode())
