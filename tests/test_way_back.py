"""A database goes back to an older schema whole, by the number that the old version names."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, inspect

from deploy.migrate import schema_of, upgrade
from deploy.nilai import main
from survey.channel import Channel
from survey.command import Installation
from survey.database import reading
from survey.settings import settings_from
from tests.record_factories import an_office, everything_in, visit


def migrated(url: str, *words: str) -> Result:
    given = settings_from({"NILAI_DATABASE_URL": url, "NILAI_SECRET_KEY": "s" * 40})
    return CliRunner().invoke(main, ["migrate", *words], obj=Installation(given))


def schema(engine: Engine) -> str | None:
    with reading(engine) as session:
        return schema_of(session.connection())


def test_what_was_recorded_stays_on_the_way_back_and_forth(
    database_url: str, new_engine: Engine
) -> None:
    an_office(new_engine, services=["KK"]).send(visit(4, comment="Cepat"), channel=Channel.PAPER)
    before = everything_in(new_engine)
    back = migrated(database_url, "--back-to", "0005")
    assert back.exit_code == 0, back.output
    assert "kembali ke skema 0005" in back.output
    assert schema(new_engine) == "0005"
    assert "seal" not in inspect(new_engine).get_table_names()
    upgrade(database_url)
    assert everything_in(new_engine) == before


@pytest.mark.parametrize("number", ["0000", "9999", "base"])
def test_a_schema_that_never_was_is_refused_and_nothing_changes(
    database_url: str, new_engine: Engine, number: str
) -> None:
    before = schema(new_engine)
    refused = migrated(database_url, "--back-to", number)
    assert (refused.exit_code, f"“{number}”" in refused.output) == (1, True)
    assert schema(new_engine) == before


def test_back_to_where_it_is_changes_nothing(database_url: str, new_engine: Engine) -> None:
    before = schema(new_engine)
    assert migrated(database_url, "--back-to", str(before)).exit_code == 0
    assert schema(new_engine) == before
