"""A PostgreSQL made ready for the sites: roles that sign in, a schema, rights; twice is once."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import URL, make_url

from deploy.migrate import is_current
from deploy.prepare import ADMINISTRATOR, NoPassword, connected, passwords_in, prepare
from survey.database import open_engine
from tests.database_roles import on_postgresql

pytestmark = [pytest.mark.every_database, on_postgresql]


@dataclass(frozen=True)
class Place:
    """A server on which nothing is ready, and what things will be called there."""

    url: URL
    passwords: dict[str, str]

    @property
    def roles(self) -> list[str]:
        return list(self.passwords)

    def prepare(self) -> None:
        owner_url = self.url.render_as_string(hide_password=False)
        prepare(owner_url, self.passwords, public=self.roles[1], staff=self.roles[2])

    def asked(self, statement: str, *values: str, who: str = ADMINISTRATOR) -> list[tuple[object]]:
        database = ADMINISTRATOR if who == ADMINISTRATOR else self.url.database
        with closing(connected(self.url.set(username=who, database=database))) as connection:
            return connection.execute(statement.encode(), values).fetchall()


@pytest.fixture
def place(database_url: str) -> Iterator[Place]:
    mark = make_url(database_url).database
    roles = [f"{mark}_{who}" for who in ("owner", "public", "staff")]
    url = make_url(database_url).set(username=roles[0], database=f"{mark}_made")
    yield Place(url, {role: f"secret of {role}" for role in roles})
    with closing(connected(make_url(database_url))) as server:
        made = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
        server.execute(made.format(sql.Identifier(f"{mark}_made")))
        for role in roles:
            server.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(role)))


def test_an_empty_server_is_made_ready_and_twice_is_once(place: Place) -> None:
    place.prepare()
    place.prepare()
    engine = open_engine(place.url.render_as_string())
    with engine.connect() as connection:
        assert is_current(connection)
    engine.dispose()
    for role, password in place.passwords.items():
        [(kept,)] = place.asked("SELECT rolpassword FROM pg_authid WHERE rolname = %s", role)
        assert str(kept).startswith("SCRAM-SHA-256$")
        assert password not in str(kept)


def test_neither_site_owns_anything_or_may_do_more_than_its_rights(place: Place) -> None:
    place.prepare()
    owner, public, staff = place.roles
    assert place.asked("SELECT count(*) FROM service_unit", who=public) == [(0,)]
    assert place.asked("SELECT count(*) FROM account", who=staff) == [(0,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        place.asked("SELECT count(*) FROM account", who=public)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        place.asked("CREATE TABLE mine (a int)", who=staff)
    owned = "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"
    assert place.asked(owned, who=owner) == [(owner,)]


def test_the_owner_may_try_backups_and_is_no_administrator(place: Place) -> None:
    place.prepare()
    rights = "SELECT ROW(rolcreatedb, rolsuper, rolcreaterole)::text FROM pg_roles"
    assert place.asked(f"{rights} WHERE rolname = %s", place.roles[0]) == [("(t,f,f)",)]
    assert place.asked(f"{rights} WHERE rolname = %s", place.roles[1]) == [("(f,f,f)",)]


def test_a_changed_password_holds_after_the_next_time(place: Place) -> None:
    kept = "SELECT rolpassword FROM pg_authid WHERE rolname = %s"
    place.prepare()
    before = place.asked(kept, place.roles[1])
    place.passwords[place.roles[1]] = "another"
    place.prepare()
    assert place.asked(kept, place.roles[1]) != before


def test_without_a_password_nothing_is_done(place: Place) -> None:
    del place.passwords[place.roles[2]]
    with pytest.raises(NoPassword):
        prepare(str(place.url), place.passwords, public=place.roles[1], staff="nobody_at_all")
    assert place.asked("SELECT FROM pg_roles WHERE rolname = %s", place.roles[0]) == []


def test_a_file_of_passwords_is_read_by_role(place: Place, tmp_path: Path) -> None:
    lines = [f"database:5432:*:{role}:{number}" for number, role in enumerate(place.roles)]
    (tmp_path / "pgpass").write_text("\n".join(["# a remark", *lines, ""]))
    assert passwords_in(tmp_path / "pgpass") == dict(zip(place.roles, "012", strict=True))
