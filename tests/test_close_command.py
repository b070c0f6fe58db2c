import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from deploy.nilai import main
from survey.command import Installation
from survey.database import writing
from survey.models import ServiceUnit
from tests.factories import settings
from tests.month_factories import (
    AFTER_OCTOBER,
    MONDAY_AT_9,
    NINE,
    SEPTEMBER,
    Seen,
    Shift,
    at,
    small_office,
    store,
)
from tests.record_factories import everything_in

BOTH_DAYS = (Shift(0, 0, 1, 16, 30), Shift(0, 1, 2, 16, 30))


def an_october(engine: Engine) -> str:
    """Let the first of two officers be rated 40 times, the second 12 times; return the unit."""
    with writing(engine) as session:
        office = small_office(session, BOTH_DAYS)
        store(session, office, [Seen(MONDAY_AT_9, nine=dict.fromkeys(NINE, 4))] * 40)
        store(session, office, [Seen(at(6, 9), overall=1)] * 12)
        return session.get_one(ServiceUnit, office.unit_id).code


def nilai(engine: Engine, *words: str) -> Result:
    with time_machine.travel(AFTER_OCTOBER, tick=False):
        return CliRunner().invoke(main, list(words), obj=Installation(settings(), engine))


def test_a_dry_run_shows_figures_and_keeps_only_that_it_did(engine: Engine) -> None:
    unit = an_october(engine)
    before = everything_in(engine)
    done = nilai(engine, "close", "2026-10", "--unit", unit, "--dry-run")
    assert done.exit_code == 0, done.output
    assert "IKM 100.00 (A) dari 40 kuesioner lengkap" in done.stdout
    assert "n 40, publishable, 100.00" in done.stdout
    after = everything_in(engine)
    assert len(after.pop("log_entry")) == len(before.pop("log_entry")) + 1
    assert after == before


def test_a_dry_run_withholds_what_is_not_publishable(engine: Engine) -> None:
    done = nilai(engine, "close", "2026-10", "--unit", an_october(engine), "--dry-run")
    assert "n 12, indicative, Baru 12 tanggapan" in done.stdout
    assert "25.00" not in done.stdout


def test_the_close_has_the_digest_that_the_dry_run_showed(engine: Engine) -> None:
    words = ("close", "2026-10", "--unit", an_october(engine))
    digest = nilai(engine, *words, "--dry-run").stdout.rpartition("Sidik angka ")[2].strip()
    assert digest in nilai(engine, *words, "--by", "Wati").stdout


@pytest.mark.parametrize("extra", [(), ("--dry-run",)])
def test_closing_again_says_the_same_and_writes_nothing(
    engine: Engine, extra: tuple[str, ...]
) -> None:
    words = ("close", "2026-10", "--unit", an_october(engine))
    first = nilai(engine, *words)
    before = everything_in(engine)
    again = nilai(engine, *words, *extra)
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert "Sudah ditutup" in again.stderr
    assert everything_in(engine) == before


def test_an_author_that_does_not_fit_is_refused(engine: Engine) -> None:
    unit = an_october(engine)
    before = everything_in(engine)
    done = nilai(engine, "close", "2026-10", "--unit", unit, "--by", "W" * 81)
    assert (done.exit_code, "paling banyak 80 huruf" in done.stderr) == (2, True)
    assert everything_in(engine) == before


@pytest.mark.parametrize("extra", [(), ("--dry-run",)])
def test_a_month_that_is_not_over_is_refused_by_name(
    engine: Engine, extra: tuple[str, ...]
) -> None:
    done = nilai(engine, "close", "2026-11", "--unit", an_october(engine), *extra)
    assert done.exit_code == 1
    assert "Bulan 2026-11 belum berakhir" in done.stderr


def test_scores_of_a_month_that_is_open_say_how_to_close_it(engine: Engine) -> None:
    unit = an_october(engine)
    done = nilai(engine, "scores", "2026-10", "--unit", unit)
    assert done.exit_code == 1
    assert f"nilai close 2026-10 --unit {unit}" in done.stderr


@pytest.mark.parametrize("kind", ["json", "csv", "xlsx"])
def test_scores_asked_twice_are_the_same_bytes(engine: Engine, kind: str) -> None:
    unit = an_october(engine)
    nilai(engine, "close", "2026-10", "--unit", unit)
    moment = ("--as-of", "2026-11-05T09:00+07:00")
    asked = ("scores", "2026-10", "--unit", unit, "--format", kind, *moment)
    first = nilai(engine, *asked).stdout_bytes
    nilai(engine, "close", "2026-10", "--unit", unit)
    assert nilai(engine, *asked).stdout_bytes == first != b""


def test_a_close_tells_what_the_check_found_beside_its_sentence(engine: Engine) -> None:
    done = nilai(engine, "close", "2026-10", "--unit", an_october(engine))
    assert done.exit_code == 0
    assert "belum cukup data" in done.stderr
    assert len(done.stdout.splitlines()) == 1


def test_a_month_out_of_turn_is_refused_with_the_month_to_close(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session)
        store(session, office, [Seen(at(7, 9, SEPTEMBER))], SEPTEMBER)
        unit = session.get_one(ServiceUnit, office.unit_id).code
    done = nilai(engine, "close", "2026-10", "--unit", unit)
    assert done.exit_code == 1
    assert "Bulan 2026-09 belum ditutup" in done.output
    assert nilai(engine, "close", "2026-09", "--unit", unit).exit_code == 0
    assert nilai(engine, "close", "2026-10", "--unit", unit).exit_code == 0
    assert "lewat revisi" in nilai(engine, "close", "2026-08", "--unit", unit).output


def test_a_dry_run_shows_no_index_of_fewer_than_ten_citizens(engine: Engine) -> None:
    with writing(engine) as session:
        office = small_office(session)
        store(session, office, [Seen(MONDAY_AT_9, nine=dict.fromkeys(NINE, 4))] * 9)
        unit = session.get_one(ServiceUnit, office.unit_id).code
    done = nilai(engine, "close", "2026-10", "--unit", unit, "--dry-run")
    assert "tanpa angka" in done.stdout
    assert "100.00" not in done.stdout


@pytest.mark.parametrize(
    "moment", ["2030-01-01T00:00+07:00", "0001-01-01T00:00+07:00", "2026-11-01T00:00", "kemarin"]
)
def test_scores_are_not_asked_of_a_moment_that_is_none(engine: Engine, moment: str) -> None:
    unit = an_october(engine)
    nilai(engine, "close", "2026-10", "--unit", unit)
    done = nilai(engine, "scores", "2026-10", "--unit", unit, "--as-of", moment)
    assert done.exit_code == 2
    assert "Traceback" not in done.output
