import doctest
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregation.sheets import calendar_cells
from aggregation.sheets.calendar_cells import clock, read_day, read_half_hour, read_weekdays
from aggregation.sheets.cells import BadCell
from aggregation.sheets.workbook import cell_text


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-05",
        "2026-10-05 00:00",
        "2026-10-05T00:00:00",
        "5/10/2026",
        "05-10-2026",
        "05.10.2026",
        "5 Oktober 2026",
        "5 okt 2026",
        "5 Oct 2026",
        "46300",
    ],
)
def test_a_day_may_be_written_as_offices_do(text: str) -> None:
    assert read_day(text) == date(2026, 10, 5)


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("0006-10-05", "tahun 0006 tidak mungkin"),
        ("1926-10-05", "tahun 1926 tidak mungkin"),
        ("31/02/2026", "tidak ada di kalender"),
        ("10/31/2026", "tidak ada di kalender"),
        ("5 Foo 2026", "tidak ada di kalender"),
        ("5/10/26", "bukan tanggal"),
        ("-1", "bukan tanggal"),
        ("kemarin", "bukan tanggal"),
        ("#REF!", "bukan tanggal"),
    ],
)
def test_what_is_no_day_of_this_century_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(BadCell, match=advice):
        read_day(text)


@pytest.mark.parametrize(
    ("text", "slot"),
    [
        ("08.00", 16),
        ("8.30", 17),
        ("08:30", 17),
        ("08:30:00", 17),
        ("8,30", 17),
        ("8", 16),
        ("8.3", 17),
        ("0.5", 24),
        ("0,333333333333333", 16),
        ("0.354166666666667", 17),
        ("00.00", 0),
        ("24.00", 48),
    ],
)
def test_a_time_may_be_what_a_spreadsheet_made_of_it(text: str, slot: int) -> None:
    assert read_half_hour(text) == slot


@pytest.mark.parametrize(
    ("text", "advice"),
    [
        ("08.10", "08.10 bukan awal setengah jam; pakai 08.00 atau 08.30"),
        ("23:45", "23.45 bukan awal setengah jam; pakai 23.30 atau 24.00"),
        ("24.30", "bukan waktu"),
        ("25", "bukan waktu"),
        ("08.75", "bukan waktu"),
        ("8.5", "bukan waktu"),
        ("-1", "bukan waktu"),
        ("pagi", "bukan waktu"),
        ("0.34", "bukan awal setengah jam"),
    ],
)
def test_what_is_no_half_hour_says_what_to_write(text: str, advice: str) -> None:
    with pytest.raises(BadCell, match=advice):
        read_half_hour(text)


@pytest.mark.parametrize(
    ("text", "weekdays"),
    [
        ("Senin", (1,)),
        ("JUM'AT", (5,)),
        ("Ahad", (7,)),
        ("Senin - Jumat", (1, 2, 3, 4, 5)),
        ("Senin s/d Rabu", (1, 2, 3)),
        ("senin s.d. rabu", (1, 2, 3)),
        ("Senin sampai Rabu", (1, 2, 3)),
        ("Senin, Rabu dan Jumat", (1, 3, 5)),
        ("Senin–Rabu, Sabtu", (1, 2, 3, 6)),
        ("Selasa/Kamis", (2, 4)),
    ],
)
def test_weekdays_may_be_a_list_or_a_range(text: str, weekdays: tuple[int, ...]) -> None:
    assert read_weekdays(text) == weekdays


@pytest.mark.parametrize("text", ["Monday", "1", "Senin–", "Jumat–Senin", "Senin Selasa", "-1"])
def test_what_is_no_weekday_is_refused(text: str) -> None:
    with pytest.raises(BadCell):
        read_weekdays(text)


@given(st.integers(0, 48))
def test_a_half_hour_reads_back_as_it_is_shown(slot: int) -> None:
    assert read_half_hour(clock(slot)) == slot


@given(st.integers(0, 47))
def test_a_half_hour_kept_as_a_part_of_the_day_is_the_same_half_hour(slot: int) -> None:
    assert read_half_hour(cell_text(slot / 48) if slot else "00.00") == slot


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_a_day_reads_back_however_it_is_written(day: date) -> None:
    serial = (day - date(1899, 12, 30)) // timedelta(days=1)
    written = (f"{day}", f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}", f"{serial}")
    assert {read_day(text) for text in written} == {day}


@given(st.text(max_size=12))
def test_nothing_that_is_typed_breaks_the_readers(text: str) -> None:
    for read in (read_day, read_half_hour, read_weekdays):
        try:
            read(text)
        except BadCell as refused:
            assert str(refused)  # noqa: PT017 - either way of ending is right


def test_worked_examples_of_the_calendar_hold() -> None:
    assert doctest.testmod(calendar_cells).failed == 0
