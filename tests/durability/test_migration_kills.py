"""A migration killed at any statement leaves the old schema or the new one, and all rows."""

from itertools import count
from typing import Any

import pytest
from alembic import command
from sqlalchemy import Engine, text

from deploy.migrate import configuration
from survey.channel import Channel
from survey.database import open_engine, reading, writing
from tests.durability.dying_migration import died
from tests.record_factories import an_office, everything_in, visit

_COLUMNS = """
    SELECT attrelid::regclass::text, attname, atttypid::regtype::text, attnotnull
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT attisdropped
"""
SCHEMA = {
    "sqlite": ("SELECT type, name, sql FROM sqlite_master",),
    "postgresql": (
        _COLUMNS,
        "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
        "SELECT conrelid::regclass::text, conname FROM pg_constraint",
        "SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal",
    ),
}
STRIDE = 37
Found = tuple[list[str], dict[str, list[str]]]


def found_in(url: str) -> Found:
    """Return the whole schema and all rows, as a process that comes later sees them."""
    engine = open_engine(url)
    with reading(engine) as session:
        asked: list[Any] = [session.execute(text(ask)) for ask in SCHEMA[engine.dialect.name]]
        schema = sorted(repr(tuple(row)) for rows in asked for row in rows)
    rows = everything_in(engine)
    engine.dispose()
    return schema, rows


def made_older(engine: Engine, url: str) -> Found:
    """Take a database with rows back to the first version; return what it held before."""
    office = an_office(engine, services=["KK"])
    for value in (1, 2, 3, 4):
        office.send(visit(value, comment="Cepat"), channel=Channel.PAPER)
    newest = found_in(url)
    with writing(engine) as session:
        command.downgrade(configuration(session.connection()), "0001")
    engine.dispose()
    return newest


def killed_at_each(url: str, stride: int) -> int:
    """Kill a migration at each statement until one comes through; return how many were killed."""
    old = found_in(url)
    for killed, statement in enumerate(count(1, stride)):
        if not died(url, statement):
            return killed
        assert found_in(url) == old
    raise AssertionError


def test_a_migration_killed_in_between_changes_nothing_and_goes_through_later(
    database_url: str, new_engine: Engine
) -> None:
    newest = made_older(new_engine, database_url)
    assert killed_at_each(database_url, STRIDE) >= 3
    assert found_in(database_url) == newest


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_migration_killed_at_every_statement_changes_nothing_and_goes_through_later(
    database_url: str, new_engine: Engine
) -> None:
    newest = made_older(new_engine, database_url)
    assert killed_at_each(database_url, 1) >= 3 * STRIDE
    assert found_in(database_url) == newest


def test_a_migration_that_commits_between_its_steps_is_caught_half_way(
    database_url: str, new_engine: Engine
) -> None:
    newest = made_older(new_engine, database_url)
    old = found_in(database_url)
    assert died(database_url, 2 * STRIDE, commits=True)
    half_way, _ = found_in(database_url)
    assert half_way not in (old[0], newest[0])
