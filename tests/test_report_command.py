"""`nilai report`: the draft of a period, the issued report byte for byte, and plain sentences."""

from pathlib import Path
from uuid import uuid4

import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from aggregation.changes.batch import Cause
from aggregation.output.report.drafted_report import drafted_report
from aggregation.output.report.report_issue import Asked, issue
from aggregation.publishing.issued_reports import issued_file
from deploy.nilai import main
from survey.command import Installation
from survey.database import reading, writing
from tests.factories import settings
from tests.live_workbook import LiveWorkbook
from tests.release_factories import made_release
from tests.report_factories import QUARTER, REPORTED_AT, release_quarter, reported_quarter

BY = Cause("kepala", "", REPORTED_AT, "account kepala")


def nilai(engine: Engine, *words: object) -> Result:
    with time_machine.travel(REPORTED_AT, tick=False):
        installation = Installation(settings(), engine)
        return CliRunner().invoke(main, ["report", *map(str, words)], obj=installation)


def test_the_draft_and_then_the_kept_report_are_written(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    with writing(sqlite_engine) as session:
        quarter = reported_quarter(session, 12)
    file, unit = tmp_path / "laporan.xlsx", ("--unit", quarter.unit.code)
    done = nilai(sqlite_engine, "2026-Q3", *unit, "--format", "xlsx", "-o", file)
    assert (done.exit_code, done.stderr) == (0, "Konsep; laporan ini belum diterbitkan.\n")
    assert "Konsep, belum diterbitkan" in LiveWorkbook.read(file.read_bytes()).kept.values()

    with reading(sqlite_engine) as session:
        seen = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT).seen
    report = issue(sqlite_engine, Asked(quarter.unit, QUARTER, uuid4(), seen), BY)
    with reading(sqlite_engine) as session:
        kept = issued_file(session, quarter.unit.id, report, "pdf")
    done = nilai(sqlite_engine, "2026-Q3", *unit, "-o", file)
    assert (done.exit_code, done.stderr) == (0, "Laporan nomor 001/SKM/X/2026.\n")
    assert file.read_bytes() == kept

    with writing(sqlite_engine) as session:
        release_quarter(session, quarter.office, quarter.arrived, quarter.closings, number=1)
    done = nilai(sqlite_engine, "2026-Q3", *unit, "-o", file)
    assert "Angkanya telah direvisi; terbitkan laporan perbaikan." in done.stderr
    assert file.read_bytes() == kept


def test_what_cannot_be_reported_is_said_in_a_sentence(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    with writing(sqlite_engine) as session:
        quarter = reported_quarter(session, 12)
        made_release(session, quarter.unit.id, "2025", None)
    file, unit = tmp_path / "laporan.pdf", ("--unit", quarter.unit.code)
    said = {
        period: nilai(sqlite_engine, period, *unit, "-o", file)
        for period in ("2026-Q5", "2026-13", "besok", "2026-S2", "2025")
    }
    assert {period: done.exit_code for period, done in said.items()} == {
        "2026-Q5": 2, "2026-13": 2, "besok": 2, "2026-S2": 1, "2025": 1
    }  # fmt: skip
    assert "“2026-Q5” bukan periode; tulis seperti 2026-10, 2026-Q3" in said["2026-Q5"].stderr
    assert "tutup dahulu Oktober 2026, November 2026, dan Desember" in said["2026-S2"].stderr
    assert "terlalu sedikit" in said["2025"].stderr
    unknown = nilai(sqlite_engine, "2026-Q3", "--unit", "TIDAK-ADA", "-o", file)
    assert (unknown.exit_code, "Tidak ada unit" in unknown.stderr) == (1, True)
    assert not file.exists()
