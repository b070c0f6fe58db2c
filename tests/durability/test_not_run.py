"""What this machine cannot show is said aloud: in the test's name and below the summary."""

from collections.abc import Callable

import pytest

from tests.durability.conftest import NEED_A_DRIVE
from tests.durability.drives import why_no_drive

WHY_NOT = why_no_drive()


@pytest.mark.parametrize(
    "suite",
    NEED_A_DRIVE,
    ids=lambda suite: f"{suite} NOT RUN: {WHY_NOT}" if WHY_NOT else f"{suite} can run",
)
def test_a_suite_runs_or_says_that_it_was_not_run(
    suite: str, record_property: Callable[[str, object], None]
) -> None:
    if WHY_NOT:
        record_property("NOT RUN", f"{suite}: {WHY_NOT}")
