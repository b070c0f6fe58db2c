"""The follow-up register as a file."""

from datetime import UTC, date, datetime

import time_machine

from aggregation.output.improvement_files import as_xlsx
from survey.language import INDONESIAN, Language

TODAY = date(2026, 10, 6)


def workbook(today: date, hour: int) -> bytes:
    with time_machine.travel(datetime(2026, 10, 6, hour, tzinfo=UTC), tick=False):
        return as_xlsx([], today, Language(INDONESIAN, {}))


def test_a_workbook_of_a_day_is_the_same_at_every_hour() -> None:
    assert workbook(TODAY, 2) == workbook(TODAY, 3)
    assert workbook(TODAY, 2) != workbook(date(2026, 10, 7), 2)
