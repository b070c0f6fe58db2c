import io
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
import time_machine
from click.testing import CliRunner, Result
from sqlalchemy import Engine
from xlsxwriter import Workbook

from aggregation.office.commands import COMMANDS
from aggregation.office.sheet_template import SheetKind, template_csv, template_table, template_xlsx
from survey.command import Installation
from survey.settings import settings_from
from tests.office_factories import (
    OFFICERS,
    SARI_NIP,
    UNIT,
    UNITS,
    an_office,
    csv,
    duty_sheet,
    take,
)
from tests.record_factories import everything_in, rows_of

SETTINGS = settings_from(
    {"NILAI_DATABASE_URL": "sqlite:///unused.db", "NILAI_SECRET_KEY": "a secret of the tests " * 2}
)
OVERLAP = duty_sheet(
    f"L1;{SARI_NIP};Kamis;;08.00;12.30;2026-10-01;Awal",
    "L1;HL-021;Kamis;;12.00;15.00;2026-10-01;Awal",
)


def run(engine: Engine, *arguments: str | Path) -> Result:
    commands = click.Group(commands={str(command.name): command for command in COMMANDS})
    return CliRunner().invoke(
        commands, list(map(str, arguments)), obj=Installation(SETTINGS, engine)
    )


@pytest.fixture
def sheet(tmp_path: Path) -> Path:
    return tmp_path / "lembar.csv"


def test_a_dry_run_tells_what_would_be_kept_and_keeps_nothing(engine: Engine, sheet: Path) -> None:
    sheet.write_bytes(csv(UNITS))
    before = everything_in(engine)
    preview = run(engine, "import", "units", sheet, "--dry-run")
    assert everything_in(engine) == before
    kept = run(engine, "import", "units", sheet)
    assert preview.exit_code == kept.exit_code == 0
    assert kept.output == preview.output.replace("Akan disimpan", "Disimpan")
    assert "+ DUKCAPIL: Disdukcapil Kota Contoh" in kept.output
    assert everything_in(engine) != before


def test_a_refused_sheet_names_every_bad_line_and_keeps_nothing(
    engine: Engine, sheet: Path
) -> None:
    an_office(engine)
    before = everything_in(engine)
    good = "L2;HL-021;Senin;;08.00;12.00;2027-01-04;"
    bad = "L1;HL-021;Senin;;08.10;12.00;2027-01-04;"
    sheet.write_bytes(csv(duty_sheet(good, bad, good.replace("L2", "L9"))))
    refused = run(engine, "import", "duties", sheet, "--unit", UNIT)
    assert refused.exit_code == 1
    assert refused.stderr.splitlines() == [
        "Error: lembar.csv ditolak; tidak ada yang disimpan.",
        "Baris 3, kolom MULAI: 08.10 bukan awal setengah jam; pakai 08.00 atau 08.30.",
        "Baris 4, kolom LOKET: L9 bukan loket unit ini; yang ada: L1, L2, AULA.",
    ]
    assert everything_in(engine) == before


def test_warnings_are_told_and_do_not_stop_the_import(sqlite_engine: Engine, sheet: Path) -> None:
    an_office(sqlite_engine)
    sheet.write_bytes(csv(OVERLAP))
    done = run(sqlite_engine, "import", "duties", sheet, "--unit", UNIT)
    assert done.exit_code == 0
    assert done.stderr.startswith("Peringatan: Baris 3, kolom MULAI: bertumpang tindih")


def test_author_and_reason_of_the_command_are_kept(sqlite_engine: Engine, sheet: Path) -> None:
    an_office(sqlite_engine)
    sheet.write_bytes(csv(duty_sheet("L1;HL-021;;2027-01-04;08.00;12.00;;")))
    who_and_why = ("--by", "Kepala Loket", "--reason", "Surat tugas 12")
    run(sqlite_engine, "import", "duties", sheet, "--unit", UNIT, *who_and_why)
    newest = max(rows_of(sqlite_engine, "duty_batch"), key=lambda row: row["number"])
    assert (newest["recorded_by"], newest["reason"]) == ("Kepala Loket", "Surat tugas 12")


@pytest.mark.parametrize(
    "arguments",
    [
        ["import", "duties", "{sheet}"],
        ["import", "visitors", "{sheet}", "--unit", UNIT],
        ["import", "duties", "missing.csv", "--unit", UNIT],
        ["import", "duties", "{sheet}", "--unit", UNIT, "--by", "x" * 81],
        ["import", "duties", "{sheet}", "--unit", UNIT, "--reason", "x" * 401],
        ["duties", "check", "2026-13", "--unit", UNIT],
        ["duties", "check", "Oktober", "--unit", UNIT],
        ["duties", "check", "2026-10"],
        ["template", "visitors", "-o", "x.csv"],
    ],
)
def test_a_command_that_makes_no_sense_ends_with_advice(
    sqlite_engine: Engine, sheet: Path, arguments: list[str]
) -> None:
    an_office(sqlite_engine)
    sheet.write_bytes(csv(OVERLAP))
    done = run(sqlite_engine, *(text.format(sheet=sheet) for text in arguments))
    assert done.exit_code == 2
    assert "Error: " in done.stderr


@pytest.mark.parametrize("kind", list(SheetKind))
@pytest.mark.parametrize("data", [b"", b"\x00\x01\x02", b"%PDF-1.7", b"PK\x03\x04", b"A;B\n1;2"])
def test_a_file_that_is_no_such_sheet_is_refused_with_a_sentence(
    sqlite_engine: Engine, sheet: Path, kind: SheetKind, data: bytes
) -> None:
    take(sqlite_engine, SheetKind.UNITS, UNITS, None)
    sheet.write_bytes(data)
    refused = run(sqlite_engine, "import", kind.value, sheet, "--unit", UNIT)
    assert (refused.exit_code, len(refused.stderr.splitlines())) == (1, 2)


def test_a_sheet_without_lines_changes_nothing(sqlite_engine: Engine, sheet: Path) -> None:
    an_office(sqlite_engine)
    sheet.write_bytes(csv(duty_sheet()))
    done = run(sqlite_engine, "import", "duties", sheet, "--unit", UNIT)
    assert (done.exit_code, done.output) == (0, "Disimpan: 0 baru, 0 berubah, 0 tetap.\n")


@time_machine.travel(datetime(2026, 10, 5, 5, 0, tzinfo=UTC), tick=False)
@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_the_example_sheets_can_be_taken_in_one_after_the_other(
    engine: Engine, tmp_path: Path, suffix: str
) -> None:
    for kind in SheetKind:
        file = tmp_path / f"{kind}.{suffix}"
        assert run(engine, "template", kind.value, "-o", file).exit_code == 0
        unit = () if kind is SheetKind.UNITS else ("--unit", "DISDUKCAPIL")
        done = run(engine, "import", kind.value, file, *unit)
        assert (done.exit_code, done.stderr) == (0, "")
    counts = [len(rows_of(engine, t)) for t in ("service", "desk", "officer", "duty")]
    assert counts == [10, 3, 3, 11]


def test_a_nip_that_a_spreadsheet_made_a_number_is_refused(
    sqlite_engine: Engine, tmp_path: Path
) -> None:
    an_office(sqlite_engine)
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        table = book.add_worksheet()
        table.write_row(0, 0, ["NIP", "NAMA", "STATUS", "MULAI"])
        table.write_row(1, 0, [198001012005011008, "Joko", "PNS", "2026-01-02"])
    file = tmp_path / "petugas.xlsx"
    file.write_bytes(written.getvalue())
    refused = run(sqlite_engine, "import", "officers", file, "--unit", UNIT)
    assert "Baris 2, kolom NIP: terbaca sebagai angka" in refused.stderr
    assert "format kolom ini sebagai Teks" in refused.stderr


def test_times_and_days_of_a_workbook_are_read_as_they_are_shown(
    engine: Engine, tmp_path: Path
) -> None:
    an_office(engine)
    written = io.BytesIO()
    with Workbook(written, {"in_memory": True}) as book:
        table = book.add_worksheet()
        time, day = (book.add_format({"num_format": f}) for f in ("hh:mm", "dd/mm/yyyy"))
        table.write_row(0, 0, template_table(SheetKind.DUTIES)[0])
        table.write_row(1, 0, ["L1", "HL-021", ""])
        table.write_number(1, 3, 46300, day)
        table.write_number(1, 4, 8 / 24, time)
        table.write_number(1, 5, 11.5 / 24, time)
        table.write_string(1, 7, "Rapat")
    file = tmp_path / "jadwal.xlsx"
    file.write_bytes(written.getvalue())
    done = run(engine, "import", "duties", file, "--unit", UNIT)
    assert "+ L1 2026-10-05 08.00–11.30: Budi" in done.output


def test_overlaps_end_the_check_with_1_and_gaps_do_not(engine: Engine) -> None:
    an_office(engine)
    take(engine, SheetKind.DUTIES, duty_sheet(f"L2;{SARI_NIP};Kamis;;08.00;12.00;2026-10-08;Awal"))
    only_gaps = run(engine, "duties", "check", "2026-10", "--unit", UNIT)
    assert only_gaps.exit_code == 0
    assert only_gaps.output.splitlines() == [
        "Kosong: L2 Kamis 2026-10-01 08.00–12.00",
        "Tanpa jadwal sepanjang bulan: L1",
        "2026-10: 0 tumpang tindih, 1 rentang kosong, 0 dinyatakan kosong, 1 loket tanpa jadwal.",
    ]
    take(engine, SheetKind.DUTIES, OVERLAP)
    overlapping = run(engine, "duties", "check", "2026-10", "--unit", UNIT)
    assert overlapping.exit_code == 1
    assert "Tumpang tindih: L1 Kamis 2026-10-01 12.00–12.30: Budi, Sari" in overlapping.output


def test_no_nip_is_shown_by_a_command(sqlite_engine: Engine, sheet: Path) -> None:
    an_office(sqlite_engine)
    told = ""
    for text in (OFFICERS, OFFICERS.replace("2026-01-02", "2026-11-02"), OFFICERS + ";;;;;;;;"):
        sheet.write_bytes(csv(text))
        told += run(sqlite_engine, "import", "officers", sheet, "--unit", UNIT).output
    assert "Sari" in told
    assert SARI_NIP not in told.replace(" ", "")


@pytest.mark.parametrize("kind", list(SheetKind))
def test_an_example_names_its_columns_in_its_first_line(kind: SheetKind) -> None:
    first = template_csv(kind).decode("utf-8-sig").splitlines()[0]
    assert first.split(";") == list(template_table(kind)[0])
    assert template_xlsx(kind).startswith(b"PK\x03\x04")
