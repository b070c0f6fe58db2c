import csv
import dataclasses
import hashlib
import io
import json
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from aggregation.appraisal.monthly_scores import MonthlyScores, ScoreRow
from aggregation.output.score_files import COLUMNS, FORMATS, as_csv, as_json, as_xlsx
from survey.month import Month
from survey.settings import HOME

ROW = ScoreRow(
    officer_key="k3m9", nip="198503122009012003", staff_number=None, name="Siti Rahmawati",
    employment="PNS", unit="UPTD", month="2026-10", revision=0, basis="publishable",
    stage="window_open", window_months=3, n=40, coverage=None, index_raw=Decimal("87.10"),
    index=None, interval_low=Decimal("80.00"), interval_high=Decimal("92.35"), reliability=None,
    component_value=None, share_percent=Decimal(10), contribution=None, proposal=None,
    decision=None, decided_by=None, decided_at=None, rule_version="1", method_version="1",
    statement_url=None, reason=None,
)  # fmt: skip
WITHHELD = dataclasses.replace(
    ROW, nip=None, staff_number="HL-021", basis="insufficient", n=7, index_raw=None,
    interval_low=None, interval_high=None, share_percent=None,
    reason="Baru 7 tanggapan dalam jendela 3 bulan; paling sedikit 10.",
)  # fmt: skip


def scores(*rows: ScoreRow) -> MonthlyScores:
    closed_at = datetime(2026, 11, 5, 2, 0, tzinfo=UTC)
    return MonthlyScores("UPTD", Month(2026, 10), 0, closed_at, bytes(32), rows or (ROW, WITHHELD))


def json_rows(file: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(file)["rows"]
    return rows


def csv_rows(file: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.decode("utf-8"), newline="")))


def xlsx_rows(file: bytes) -> list[dict[str, Any]]:
    head, *rows = CalamineWorkbook.from_filelike(io.BytesIO(file)).get_sheet_by_index(0).to_python()
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def shown(value: object) -> str:
    """Write a cell of any format as text, an empty one as nothing."""
    if value is None or value == "":
        return ""
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def test_the_three_formats_show_the_same(subtests: pytest.Subtests) -> None:
    of_json = json_rows(as_json(scores()))
    of_csv, of_xlsx = csv_rows(as_csv(scores())), xlsx_rows(as_xlsx(scores()))
    numbers = ("n", "revision", "window_months", "share_percent")
    for place, row in enumerate((ROW, WITHHELD)):
        for name in COLUMNS:
            with subtests.test(row=place, column=name):
                expected = shown(getattr(row, name))
                assert shown(of_json[place][name]) == of_csv[place][name] == expected
                cell = of_xlsx[place][name]
                whole = name in numbers and cell != ""
                assert (str(int(cell)) if whole else shown(cell)) == expected


@pytest.mark.parametrize("kind", FORMATS)
def test_the_columns_stand_in_their_order(kind: str) -> None:
    file = FORMATS[kind](scores())
    read = {"json": json_rows, "csv": csv_rows, "xlsx": xlsx_rows}
    assert tuple(read[kind](file)[0]) == COLUMNS


def test_json_keeps_rounded_numbers_as_they_are_printed() -> None:
    [row, _] = json_rows(as_json(scores()))
    assert (row["index_raw"], row["n"], row["index"]) == ("87.10", 40, None)


def test_a_nip_stays_text_in_the_workbook_and_a_number_a_number() -> None:
    [row, _] = xlsx_rows(as_xlsx(scores()))
    assert row["nip"] == "198503122009012003"
    assert row["index_raw"] == 87.1


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("x")'])
def test_a_name_that_looks_like_a_formula_is_never_run(text: str) -> None:
    row = dataclasses.replace(ROW, name=text)
    assert csv_rows(as_csv(scores(row)))[0]["name"] == f"'{text}"
    assert xlsx_rows(as_xlsx(scores(row)))[0]["name"].strip() == text.strip()
    assert b"<f>" not in as_xlsx(scores(row))
    assert json_rows(as_json(scores(row)))[0]["name"] == text


@pytest.mark.parametrize("name", ['Budi, "S.Kom"', "Ny. Aï’sjah", "dua\nbaris"])
def test_csv_gives_a_name_back_as_it_was(name: str) -> None:
    assert csv_rows(as_csv(scores(dataclasses.replace(ROW, name=name))))[0]["name"] == name


def test_a_month_without_officers_has_a_head_and_no_row() -> None:
    nobody = MonthlyScores("UPTD", Month(2026, 10), 0, datetime(2026, 11, 5, tzinfo=UTC), b"", ())
    assert as_csv(nobody).decode().strip() == ",".join(COLUMNS)
    assert json_rows(as_json(nobody)) == []
    assert xlsx_rows(as_xlsx(nobody)) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_another_process_writes_the_same_bytes(kind: str) -> None:
    here = hashlib.sha256(FORMATS[kind](scores())).hexdigest()
    program = (
        "import hashlib; from tests.test_score_files import FORMATS, scores; "
        f"print(hashlib.sha256(FORMATS[{kind!r}](scores())).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", program], cwd=HOME, capture_output=True, text=True, check=True,
        env={"PYTHONHASHSEED": "7", "TZ": "Asia/Jayapura", "LC_ALL": "C"},
    )  # fmt: skip
    assert there.stdout.strip() == here


@pytest.mark.parametrize("kind", FORMATS)
def test_other_rows_give_other_bytes(kind: str) -> None:
    assert FORMATS[kind](scores(ROW)) != FORMATS[kind](scores(dataclasses.replace(ROW, n=41)))
