"""A month is counted in a few passes, whatever PostgreSQL believes of how many rows there are."""

import time
from contextlib import nullcontext
from itertools import pairwise
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner
from sqlalchemy import Engine, text
from sqlmodel import select

from aggregation.months import counted_sheets, cut_counts, running_month, sweep
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading
from survey.models import ServiceUnit
from tests.bench.busy_month import AFTER, SEPTEMBER, load, set_up
from tests.factories import settings
from tests.postgres import binaries

RESPONSES = 400
PASSES = 5
"""A few more than a command needs, and far less than one for each row."""

ROWS = """
    SELECT sum(seq_tup_read + coalesce(idx_tup_fetch, 0)) FROM pg_stat_user_tables
    WHERE relname IN ('response', 'followup')
"""
OTHERS = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
NEVER_COUNTED = "SELECT count(*) FROM pg_statistic WHERE starelid = 'response'::regclass"
COMMANDS = ("close 2026-09 --unit RAMAI", "verify", "report 2026-09 --unit RAMAI -o")

pytestmark = [
    pytest.mark.every_database,
    pytest.mark.parametrize("engine", [*binaries()], indirect=True),
]


@pytest.fixture(autouse=True)
def month(engine: Engine) -> None:
    """Load a month that the database has not counted yet."""
    load(engine, set_up(engine), RESPONSES, followed_up=1.0)
    with engine.connect() as connection:
        assert connection.scalar(text(NEVER_COUNTED)) == 0


def rows_read(engine: Engine, folder: Path) -> list[int]:
    """Return how many rows of the record each command reads, the same ones again included."""
    read = [_read_so_far(engine)]
    with reading(engine) as session:
        [unit_id] = session.exec(select(ServiceUnit.id).where(ServiceUnit.code == "RAMAI"))
        running_month.running_month(session, unit_id or 0, SEPTEMBER, AFTER.date(), with_today=True)
        assert session.scalar(text("SHOW enable_nestloop")) == "on"
    read.append(_read_so_far(engine))
    for command in COMMANDS:
        words = command.split() + [str(folder / "report.pdf")] * command.endswith("-o")
        with time_machine.travel(AFTER, tick=False):
            done = CliRunner().invoke(main, words, obj=Installation(settings(), engine))
        assert done.exit_code == 0, done.output
        read.append(_read_so_far(engine))
    return [after - before for before, after in pairwise(read)]


def _read_so_far(engine: Engine) -> int:
    engine.dispose()  # a connection tells what it read when it goes, if not before
    with engine.connect() as connection:
        while connection.scalar(text(OTHERS)):
            time.sleep(0.01)
        connection.rollback()  # figures are the same for as long as a transaction lasts
        return int(connection.scalar(text(ROWS)) or 0)


def test_a_month_that_the_database_has_not_counted_is_read_in_passes(
    engine: Engine, tmp_path: Path
) -> None:
    read = rows_read(engine, tmp_path)
    assert min(read) >= 2 * RESPONSES
    assert max(read) <= PASSES * 2 * RESPONSES


def test_without_that_each_response_is_looked_for_among_all(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the database joins as it thinks best."""
    for module in (counted_sheets, cut_counts, running_month, sweep):
        monkeypatch.setattr(module, "whole_month", nullcontext)
    assert max(rows_read(engine, tmp_path)) > RESPONSES**2 / 2
