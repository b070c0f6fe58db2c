"""PostgreSQL made ready for the sites: `python -m deploy.prepare`, run before each start of a set.

Done twice it does the same once. It needs an administrator of the server, whom nothing else uses.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from deploy.migrate import upgrade
from deploy.roles import PUBLIC_ROLE, STAFF_ROLE, sql_for

ADMINISTRATOR = "postgres"
_FIELDS = 5

Connection = psycopg.Connection[tuple[Any, ...]]


class NoPassword(ValueError):
    """The file of passwords has no line for a role; the text is which."""


def prepare(
    owner_url: str,
    passwords: Mapping[str, str],
    *,
    public: str = PUBLIC_ROLE,
    staff: str = STAFF_ROLE,
) -> None:
    """Make roles with their passwords, the database, its schema and everybody's rights.

    Parameters
    ----------
    owner_url
        The database as its owner reaches it.
    passwords
        By role: the owner's, and those of the two sites.

    Raises
    ------
    NoPassword
        If one is missing; nothing has been done then.
    """
    url = make_url(owner_url)
    owner = str(url.username)
    for role in (owner, public, staff):
        if role not in passwords:
            raise NoPassword(role)
    with connected(url.set(username=ADMINISTRATOR, database=ADMINISTRATOR)) as server:
        for role in (owner, public, staff):
            _give_password(server, role, passwords[role])
        # Backups are tried in a database of their own.
        server.execute(sql.SQL("ALTER ROLE {} CREATEDB").format(sql.Identifier(owner)))
        _make_database(server, str(url.database), owner)
    upgrade(owner_url)
    with connected(url) as database:
        database.execute(sql_for(public, staff).encode())


def connected(url: URL) -> Connection:
    """Connect, each statement by itself; the password is looked up in PGPASSFILE."""
    parts = {**url.translate_connect_args(username="user", database="dbname"), **url.query}
    return psycopg.connect(**parts, autocommit=True)


def passwords_in(file: Path) -> dict[str, str]:
    """Return the passwords of a PGPASSFILE by role; a letter and a digit need no escape."""
    lines = (line.split(":") for line in file.read_text(encoding="utf-8").splitlines())
    return {fields[3]: fields[4] for fields in lines if len(fields) == _FIELDS}


def _give_password(server: Connection, role: str, password: str) -> None:
    known = server.execute("SELECT FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    if known is None:
        server.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
    # Made unreadable here, so that no log of the server can hold the password.
    kept = server.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    statement = sql.SQL("ALTER ROLE {} PASSWORD {}")
    server.execute(statement.format(sql.Identifier(role), sql.Literal(kept.decode())))


def _make_database(server: Connection, name: str, owner: str) -> None:
    known = server.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone()
    if known is None:
        statement = sql.SQL("CREATE DATABASE {} OWNER {}")
        server.execute(statement.format(sql.Identifier(name), sql.Identifier(owner)))


if __name__ == "__main__":
    prepare(os.environ["NILAI_DATABASE_URL"], passwords_in(Path(os.environ["PGPASSFILE"])))
