"""The command `nilai` as a whole: what it offers, and how it refuses."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from deploy.nilai import main
from survey.command import Installation
from survey.database import open_engine
from survey.settings import settings_from
from tests.factories import settings

COMMANDS = {
    *("serve", "link", "migrate", "partition", "demo", "index", "import", "template", "duties"),
    *("nightly", "look"),
    *("close", "revise", "rule", "scores", "report", "posters", "slips", "tablets", "accounts"),
    *("tokens", "seal", "verify", "backup", "restore", "purge", "roles", "proof", "breach"),
}


def nilai(*words: str, engine: Engine | None = None) -> Result:
    installation = Installation(settings(), engine) if engine else Installation(settings())
    return CliRunner().invoke(main, list(words), obj=installation)


def test_every_command_is_there_and_explains_itself() -> None:
    assert set(main.commands) == COMMANDS
    for name in COMMANDS:
        assert nilai(name, "--help").exit_code == 0


@pytest.mark.parametrize(
    "words",
    [
        ("close", "2026-09", "--unit", "TIDAK-ADA"),
        ("rule", "suggest", "--unit", "TIDAK-ADA"),
        ("scores", "2026-09", "--unit", "TIDAK-ADA"),
        ("posters", "--unit", "TIDAK-ADA", "-o", "poster.pdf"),
        ("slips", "--desk", "TIDAK-ADA", "-o", "slips.pdf"),
        ("duties", "check", "2026-09", "--unit", "TIDAK-ADA"),
    ],
)
def test_a_code_that_nothing_has_is_named(sqlite_engine: Engine, words: tuple[str, ...]) -> None:
    refused = nilai(*words, engine=sqlite_engine)
    assert refused.exit_code == 1
    assert "TIDAK-ADA" in refused.output
    assert "Traceback" not in refused.output


@pytest.mark.parametrize("month", ["2026-13", "Oktober", "2026-1", "", "0001-01", "9998-12"])
def test_a_month_that_is_none_is_refused(sqlite_engine: Engine, month: str) -> None:
    refused = nilai("close", month, "--unit", "U", engine=sqlite_engine)
    assert refused.exit_code == 2
    assert "2026-10" in refused.output


def test_a_database_without_tables_says_what_to_run(tmp_path: Path) -> None:
    refused = nilai(
        "close", "2026-09", "--unit", "U", engine=open_engine(f"sqlite:///{tmp_path}/x")
    )
    assert refused.exit_code == 1
    assert "nilai migrate" in refused.output


def test_wrong_settings_end_in_one_plain_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NILAI_DATABASE_URL", "mysql://here")
    refused = CliRunner().invoke(main, ["link"])
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: NILAI_DATABASE_URL")
    assert len(refused.output.splitlines()) == 1


@pytest.mark.parametrize("name", ["duties.csv", "duties.xlsx"])
def test_a_place_that_cannot_be_written_is_named_in_one_sentence(tmp_path: Path, name: str) -> None:
    refused = nilai("template", "duties", "-o", str(tmp_path / "none" / name))
    assert refused.exit_code == 1
    assert refused.output.startswith("Error: Berkas tidak dapat dibaca atau ditulis:")
    assert len(refused.output.splitlines()) == 1


def test_the_demo_goes_into_an_empty_database_only(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    given = settings_from({"NILAI_DATABASE_URL": url, "NILAI_SECRET_KEY": "s" * 40})
    installation = Installation(given)
    first = CliRunner().invoke(main, ["demo", "--months", "2"], obj=installation)
    again = CliRunner().invoke(main, ["demo", "--months", "2"], obj=installation)
    assert first.exit_code == 0, first.output
    assert "1 bulan ditutup" in first.output
    assert again.exit_code == 1
    assert "kosong" in again.output


def test_a_link_into_the_staff_site_is_printed(sqlite_engine: Engine) -> None:
    printed = nilai("link", engine=sqlite_engine)
    assert printed.exit_code == 0
    assert "/staff/masuk/" in printed.stdout
