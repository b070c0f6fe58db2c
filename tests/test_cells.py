import doctest

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from aggregation.office.sheet_template import SheetKind, template_table
from aggregation.sheets import cells
from aggregation.sheets.cells import quoted
from tests.office_factories import SARI_NIP, an_office, complaints

DIGITS = st.text("0123456789", min_size=12, max_size=20)
BETWEEN = st.text(" .-/,A")


@given(st.lists(DIGITS, min_size=1).map(" ".join), BETWEEN)
@example(SARI_NIP, "")
@example("19900228 202121 2 001", "NIP. ")
def test_no_long_number_is_quoted(number: str, before: str) -> None:
    assert quoted(before + number) == "deretan angka"


def test_other_texts_are_quoted_up_to_twenty_letters() -> None:
    assert [quoted(text) for text in ("Senin", "2026-10-32 08.0", "x" * 21)] == [
        "Senin", "2026-10-32 08.0", "x" * 20 + "…",
    ]  # fmt: skip


COLUMNS = [(kind, column) for kind in SheetKind for column in template_table(kind)[0]]


@pytest.mark.parametrize(("kind", "column"), COLUMNS)
@pytest.mark.parametrize("number", [SARI_NIP, "19900228 202121 2 001"])
def test_a_nip_in_a_wrong_column_is_in_no_complaint(
    sqlite_engine: Engine, kind: SheetKind, column: str, number: str
) -> None:
    an_office(sqlite_engine)
    header, line = template_table(kind)[:2]
    shifted = [number if name == column else cell for name, cell in zip(header, line, strict=True)]
    # The second of two equal lines is refused in any sheet, and the last column does not exist.
    rows = [";".join(row) for row in (header, shifted, shifted, [*shifted, number])]
    told = " ".join(complaints(sqlite_engine, kind, "\n".join(rows)))
    for part in (number, SARI_NIP, "19900228", "202121"):
        assert part not in told


def test_worked_examples_of_cells_hold() -> None:
    assert doctest.testmod(cells).failed == 0
