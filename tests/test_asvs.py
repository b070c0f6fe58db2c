"""The table of OWASP ASVS 5.0.0: every item has its tests, its reason, or whose duty it is."""

import csv
import importlib
import re
from collections import Counter
from pathlib import Path

import pytest

from survey.settings import HOME

TABLE = HOME / "docs" / "asvs.csv"
OFFICIAL = Path(__file__).with_name("asvs_items.csv")
"""Numbers and levels of the standard: levels 1 and 2, and five items that are promised besides."""

TEST, NOT_APPLICABLE, DUTY = "test", "not applicable because", "duty of the operator"
FEWEST_AUTOMATED, SHORTEST_REASON = 80, 10
COLUMNS = ["number", "level", "about", "how", "evidence"]
TEST_ID = re.compile(r"tests/((?:durability/)?test_\w+)\.py::(test_\w+)")
Row = dict[str, str]


def rows_in(path: Path) -> list[Row]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def faults(rows: list[Row]) -> list[str]:
    """Return what is wrong with a table: items that are missing, and evidence that is none."""
    official = [(item["number"], item["level"]) for item in rows_in(OFFICIAL)]
    told = [(row["number"], row["level"]) for row in rows]
    missing = [f"{number} is missing" for number, _ in official if number not in dict(told)]
    order = [] if missing or told == official else ["items or levels differ from the standard's"]
    return missing + order + [fault for row in rows for fault in row_faults(row)]


def row_faults(row: Row) -> list[str]:
    if row["how"] == TEST:
        named = row["evidence"].split()
        found = [fault for each in named if (fault := fault_of(each))]
        return [f"{row['number']}: {fault}" for fault in found or ([] if named else ["no test"])]
    known = row["how"] in {NOT_APPLICABLE, DUTY}
    told = known and len(row["evidence"]) > SHORTEST_REASON and row["about"]
    return [] if told else [f"{row['number']}: vague"]


def fault_of(named: str) -> str | None:
    """Return why something is no test that `make test` runs, or None."""
    matched = TEST_ID.fullmatch(named)
    if matched is None:
        return f"{named} is no test's name"
    try:
        module = importlib.import_module("tests." + matched[1].replace("/", "."))
    except ModuleNotFoundError:
        return f"{named}: no such file"
    function = getattr(module, matched[2], None)
    if not callable(function):
        return f"{named}: no such test"
    marks = [*getattr(function, "pytestmark", ()), *_marks_of(module)]
    bad = {mark.name for mark in marks} & {"soak", "skip", "skipif", "xfail"}
    return f"{named} is not always run: {bad}" if bad else None


def _marks_of(module: object) -> list[pytest.Mark]:
    marks = getattr(module, "pytestmark", [])
    return [each.mark for each in (marks if isinstance(marks, list) else [marks])]


def test_every_item_has_evidence_that_is_run() -> None:
    rows = rows_in(TABLE)
    assert list(rows[0]) == COLUMNS
    assert faults(rows) == []


def test_most_items_are_automated() -> None:
    assert sum(row["how"] == TEST for row in rows_in(TABLE)) >= FEWEST_AUTOMATED


@pytest.mark.parametrize("number", ["1.2.10", "2.3.5", "6.2.4", "16.5.3"])
def test_a_row_that_is_missing_is_noticed(number: str) -> None:
    rows = [row for row in rows_in(TABLE) if row["number"] != number]
    assert f"{number} is missing" in faults(rows)


@pytest.mark.parametrize(
    "evidence",
    [
        "",
        "tests/test_headers.py",
        "tests/test_headers.py::test_that_nobody_wrote",
        "tests/test_of_nothing.py::test_x",
        "tests/test_tampering_edits.py::test_each_of_ten_thousand_random_edits_is_found_and_named",
        "tests/test_headers.py::answers",
    ],
)
def test_evidence_that_is_no_test_is_noticed(evidence: str) -> None:
    rows = rows_in(TABLE)
    rows[0] = {**rows[0], "how": TEST, "evidence": evidence}
    assert [fault for fault in faults(rows) if fault.startswith(rows[0]["number"])]


@pytest.mark.parametrize("how", [NOT_APPLICABLE, "pending", ""])
def test_an_item_without_a_reason_is_noticed(how: str) -> None:
    rows = rows_in(TABLE)
    rows[1] = {**rows[1], "how": how, "evidence": "because"}
    assert faults(rows) == [f"{rows[1]['number']}: vague"]


def test_a_level_that_is_not_the_standards_is_noticed() -> None:
    rows = rows_in(TABLE)
    rows[2] = {**rows[2], "level": "3"}
    assert faults(rows) == ["items or levels differ from the standard's"]


def summary(rows: list[Row]) -> str:
    """Return the counts as the page says them."""
    by_level = Counter((row["level"], row["how"]) for row in rows)
    lines = ["| level | items | tests | not applicable | duty of the operator |"]
    lines += ["|---|---|---|---|---|"]
    for level in "123":
        counts = [by_level[level, how] for how in (TEST, NOT_APPLICABLE, DUTY)]
        lines.append(f"| {level} | {sum(counts)} | " + " | ".join(map(str, counts)) + " |")
    counts = [sum(by_level[level, how] for level in "123") for how in (TEST, NOT_APPLICABLE, DUTY)]
    return "\n".join([*lines, f"| all | {sum(counts)} | " + " | ".join(map(str, counts)) + " |"])


def test_the_page_counts_as_the_table_does() -> None:
    assert summary(rows_in(TABLE)) in (HOME / "docs" / "security.md").read_text()


def test_a_count_that_rots_is_noticed() -> None:
    page = (HOME / "docs" / "security.md").read_text()
    assert summary(rows_in(TABLE)[1:]) not in page


def protection(title: str) -> str:
    page = (HOME / "docs" / "protection.md").read_text()
    return page.partition(f"\n## {title}\n")[2].partition("\n## ")[0]


def test_the_times_in_which_libraries_are_mended_are_written_down() -> None:
    days = dict(re.findall(r"(critical|high) within (\d+)", protection("Libraries")))
    assert set(days) == {"critical", "high"}
    assert 0 < int(days["critical"]) <= int(days["high"]) <= 30


def test_what_costs_much_is_written_down() -> None:
    told = protection("What costs much")
    assert {"Argon2", "posters", "uploads", "503"} <= set(re.findall(r"\w+", told))
