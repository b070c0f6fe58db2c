"""A database is brought to the newest schema as a whole, or is left as it was."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, inspect, text
from sqlmodel import SQLModel

from aggregation.appraisal.monthly_scores import monthly_scores
from aggregation.method.rule import DEFAULT_RULE
from deploy.migrate import NewerDatabase, configuration, is_current, upgrade
from survey.channel import Channel
from survey.database import open_engine, reading, writing
from survey.models import ServiceUnit
from survey.settings import HOME
from tests.month_factories import AFTER_OCTOBER, OCTOBER
from tests.record_factories import an_office, everything_in, rows_of, visit
from tests.score_factories import PUBLISHABLE, STAFF_URL, TOO_FEW, scored_office

pytestmark = pytest.mark.every_database

UPGRADING = "import sys; from deploy.migrate import upgrade; upgrade(sys.argv[1])"

# A process that dies as if the power had failed, once it has made so many tables.
DYING = """
import os, signal, sys
from sqlalchemy import Engine, event
from deploy.migrate import upgrade

made = 0

@event.listens_for(Engine, "after_cursor_execute")
def die(connection, cursor, statement, *more):
    global made
    made += "CREATE TABLE" in statement
    if made == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(sys.argv[1])
"""


@pytest.fixture
def empty_url(database_url: str, tmp_path: Path) -> str:
    """Give the URL of a database without a table, once on each kind."""
    if database_url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'empty' / 'nilai.db'}"
    engine = open_engine(database_url)
    with writing(engine) as session:
        session.execute(text("DROP SCHEMA public CASCADE"))
        session.execute(text("CREATE SCHEMA public"))
    engine.dispose()
    return database_url


@pytest.fixture
def empty(empty_url: str) -> Iterator[Engine]:
    engine = open_engine(empty_url)
    yield engine
    engine.dispose()


def tables_of(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def current(engine: Engine) -> bool:
    with engine.connect() as connection:
        return is_current(connection)


def test_an_empty_database_gets_every_table(empty_url: str, empty: Engine) -> None:
    assert not current(empty)
    upgrade(empty_url)
    assert tables_of(empty) == {*SQLModel.metadata.tables, "alembic_version"}
    assert current(empty)


def test_a_second_time_changes_nothing_and_data_survive(
    database_url: str, new_engine: Engine
) -> None:
    an_office(new_engine, services=["KK"]).send(visit(4, comment="Cepat"))
    before = everything_in(new_engine)
    upgrade(database_url)
    assert everything_in(new_engine) == before


def test_processes_that_start_at_once_do_not_disturb_each_other(
    empty_url: str, empty: Engine
) -> None:
    started = [
        subprocess.Popen([sys.executable, "-c", UPGRADING, empty_url], cwd=HOME) for _ in range(4)
    ]
    assert [process.wait() for process in started] == [0] * 4
    assert current(empty)


def test_a_newer_database_is_refused_and_left_as_it_is(
    database_url: str, new_engine: Engine
) -> None:
    with writing(new_engine) as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    before = everything_in(new_engine)
    with pytest.raises(NewerDatabase, match="9999"):
        upgrade(database_url)
    assert everything_in(new_engine) == before
    assert not current(new_engine)


@pytest.mark.parametrize("made", [1, 10, 20])
def test_a_change_killed_in_the_middle_leaves_nothing(
    empty_url: str, empty: Engine, made: int
) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", DYING, empty_url, str(made)], cwd=HOME, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert tables_of(empty) == set()
    upgrade(empty_url)
    assert current(empty)


def test_the_first_schema_can_be_taken_back(new_engine: Engine) -> None:
    with writing(new_engine) as session:
        command.downgrade(configuration(session.connection()), "base")
    assert tables_of(new_engine) == {"alembic_version"}


def test_what_an_older_version_recorded_stays_when_accounts_arrive(
    database_url: str, new_engine: Engine
) -> None:
    an_office(new_engine, services=["KK"]).send(visit(4, comment="Cepat"), channel=Channel.PAPER)
    before = everything_in(new_engine)
    with writing(new_engine) as session:
        command.downgrade(configuration(session.connection()), "0001")
    assert "account" not in tables_of(new_engine)
    upgrade(database_url)
    assert current(new_engine)
    assert everything_in(new_engine) == before


def test_a_month_closed_by_an_older_version_keeps_its_figures_and_gets_its_rule(
    database_url: str, new_engine: Engine
) -> None:
    with writing(new_engine) as session:
        office = scored_office(session)
        [(document,)] = session.execute(text("SELECT rule_document FROM closing")).all()
    before = rows_of(new_engine, "officer_figure")
    with writing(new_engine) as session:
        command.downgrade(configuration(session.connection()), "0002")
    upgrade(database_url)

    known = {"basis", "n", "n_month", "sum_x", "index_raw", "interval_low", "interval_high"}
    after = rows_of(new_engine, "officer_figure")
    assert [{k: row[k] for k in known} for row in after] == [
        {k: row[k] for k in known} for row in before
    ]
    with reading(new_engine) as session:
        [rule] = session.execute(text("SELECT version, document, mu FROM closing_rule")).all()
        elements = session.execute(text("SELECT elements FROM closing")).scalar_one()
        assert tuple(rule) == ("1", document, None)
        assert elements == " ".join(DEFAULT_RULE.codes)
        unit = session.get_one(ServiceUnit, office.unit_id)
        rows = monthly_scores(session, unit, OCTOBER, as_of=AFTER_OCTOBER, staff_url=STAFF_URL).rows
        assert {(row.n, row.index, row.component_value) for row in rows} == {
            (PUBLISHABLE, None, None),
            (TOO_FEW, None, None),
        }
