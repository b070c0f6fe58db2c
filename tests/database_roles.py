"""Databases with an owner and PostgreSQL's two roles, as `nilai roles` sets them up."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, make_url

from deploy.nilai import main
from survey.database import open_engine
from tests.postgres import binaries

PUBLIC, STAFF = "public", "staff"

on_postgresql = pytest.mark.parametrize("database_url", [*binaries()], indirect=True)
on_one_postgresql = pytest.mark.parametrize("database_url", [*binaries()][:1], indirect=True)
"""For what is dear and says nothing about the version: rights are the same on all of them."""


@dataclass(frozen=True)
class Roles:
    """A database of an owner and two roles with their rights.

    Attributes
    ----------
    names
        What each role is called on this server, which others use at the same time.
    """

    url: str
    names: Mapping[str, str]

    @contextmanager
    def engine(self, who: str) -> Iterator[Engine]:
        url = make_url(self.url).set(username=self.names[who])
        opened = open_engine(url.render_as_string(hide_password=False))
        try:
            yield opened
        finally:
            opened.dispose()

    def connected(self, who: str = "") -> psycopg.Connection[tuple[Any, ...]]:
        """Connect as a role, or as the owner; each statement by itself."""
        url = make_url(self.url)
        user = self.names[who] if who else url.username
        return psycopg.connect(
            dbname=url.database, host=str(url.query["host"]), user=user, autocommit=True
        )


@contextmanager
def roles_in(url: str) -> Iterator[Roles]:
    """Give a database after what `nilai roles` prints was run in it, twice."""
    mark = make_url(url).database
    found = Roles(url, {who: f"{mark}_{who}" for who in (PUBLIC, STAFF)})
    with found.connected() as owner:
        for _ in range(2):
            owner.execute(printed(found.names))
    yield found
    with found.connected() as owner:
        for name in found.names.values():
            owner.execute(f"DROP OWNED BY {name}".encode())
            owner.execute(f"DROP ROLE {name}".encode())


def printed(names: Mapping[str, str]) -> bytes:
    """Return what the command prints for names."""
    words = [word for who, name in names.items() for word in (f"--{who}", name)]
    done = CliRunner().invoke(main, ["roles", *words])
    assert done.exit_code == 0, done.output
    return done.output.encode()
