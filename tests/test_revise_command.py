"""`nilai revise` prepares a revision and moves nothing."""

import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from deploy.nilai import main
from survey.command import Installation
from survey.database import writing
from survey.models import ServiceUnit
from tests.factories import settings
from tests.record_factories import rows_of
from tests.revision_factories import LATER, october, upheld


def an_october(engine: Engine) -> str:
    with writing(engine) as session:
        office = october(session)
        return session.get_one(ServiceUnit, office.unit_id).code


def revise(engine: Engine, unit: str, *words: str) -> Result:
    asked = ("revise", "2026-10", "--unit", unit, *words)
    with time_machine.travel(LATER, tick=False):
        return CliRunner().invoke(main, list(asked), obj=Installation(settings(), engine))


LATE = ("--ground", "late", "--late-until", "2026-11-08", "--reason", "Tablet baru tersambung")


def test_it_says_what_would_change_and_moves_nothing(engine: Engine) -> None:
    done = revise(engine, an_october(engine), *LATE)
    assert done.exit_code == 0, done.output
    assert "2026-10 revisi 1: 120 → 122 tanggapan, 2 petugas tetap." in done.stdout
    assert "n 40 → 42" in done.stdout
    [request] = rows_of(engine, "revision_request")
    assert str(request["id"]) in done.stdout or request["id"] in done.stdout.replace("-", "")
    assert (request["ground"], request["based_on"]) == ("late", 0)
    assert len(rows_of(engine, "closing")) == 1


def test_a_dry_run_keeps_nothing(sqlite_engine: Engine) -> None:
    done = revise(sqlite_engine, an_october(sqlite_engine), *LATE, "--dry-run")
    assert "n 40 → 42" in done.stdout
    assert rows_of(sqlite_engine, "revision_request") == []


def test_an_objection_is_followed(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        office = october(session)
        unit = session.get_one(ServiceUnit, office.unit_id).code
        objection = upheld(session, office)
    words = ("--ground", "objection", "--objection", str(objection), "--reason", "Dikabulkan")
    done = revise(sqlite_engine, unit, *words)
    assert done.exit_code == 0, done.output
    assert "Tidak ada angka yang berubah." in done.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (LATE[:4], "--reason"),
        (("--ground", "late", "--reason", "x"), "late memerlukan --late-until"),
        (("--ground", "duty", "--reason", "x"), "disiapkan di situs pegawai"),
        (("--ground", "screening", "--reason", "x"), "Tidak ada yang berubah"),
        (("--ground", "late", "--late-until", "2027-01-01", "--reason", "x"), "hari ini"),
        (
            ("--ground", "objection", "--objection", "0" * 32, "--reason", "x"),
            "Tidak ada keberatan yang dikabulkan",
        ),
    ],
)
def test_what_does_not_hold_together_ends_in_one_sentence(
    sqlite_engine: Engine, words: tuple[str, ...], said: str
) -> None:
    done = revise(sqlite_engine, an_october(sqlite_engine), *words)
    assert done.exit_code == 1
    assert said in done.output
    assert rows_of(sqlite_engine, "revision_request") == []
