"""The calendar of duties: a week in words, a month in marks, for the desks of one page."""

import doctest
import re
from datetime import UTC, date, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import Engine, insert, select
from sqlmodel import col
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Right, Role
from aggregation.duties.duty_lines import DayException, RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.site.duties import calendar_span
from aggregation.site.duties.calendar_span import Week, asked_day, asked_month
from aggregation.site.guard import need_of
from aggregation.visits.outages import declare_outage
from survey.database import writing
from survey.models import Desk
from survey.month import Month
from tests.duty_factories import MONDAY, RosteredOffice, because, half_hour, rostered
from tests.office_factories import SARI_NIP, duty_sheet
from tests.record_factories import rows_of
from tests.staff_factories import make_account, member, staff
from tests.statements import statements

CELL = re.compile(r'<td data-day="(\w+ \d+)"[^>]*>(.*?)</td>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")
WEEK = "/jadwal?minggu=2026-W41"


def opened(office: RosteredOffice, path: str = WEEK, role: Role = Role.UNIT_HEAD) -> TestResponse:
    return client(office, role).get(office.address + path)


def client(office: RosteredOffice, role: Role = Role.UNIT_HEAD) -> Client:
    return member(staff(office.engine), office.engine, RoleIn(role))


def told(page: TestResponse, row: int = 0) -> dict[str, str]:
    """What each day of a desk's row says, as plain words."""
    body = page.text.partition("<tbody>")[2].split("</tr>")[row]
    return {day: " ".join(TAG.sub(" ", cell).split()) for day, cell in CELL.findall(body)}


def record(office: RosteredOffice, *lines: DayException | RosterLine) -> None:
    with writing(office.engine) as session:
        record_duties(session, office.unit.id, lines, because())


def test_a_week_tells_who_serves_when(sqlite_engine: Engine) -> None:
    page = opened(rostered(sqlite_engine))
    days = told(page)
    assert days["Senin 5"] == "08.00–12.00 Sari 13.00–15.00 Budi"
    assert days["Jumat 9"] == "08.00–12.00 Sari"
    assert days["Minggu 11"] == "– Tidak ada jadwal"
    assert "5–11 Oktober 2026" in page.text


def test_gaps_overlaps_and_declared_absences_are_marked_with_a_word(sqlite_engine: Engine) -> None:
    roster = duty_sheet(
        f"L1;{SARI_NIP};Senin–Selasa;;08.00;12.30;2026-10-06;Awal",
        "L1;HL-021;Senin–Selasa;;12.00;15.00;2026-10-06;Awal",
    )
    office = rostered(sqlite_engine, roster)
    nobody = DayException(office.desks["L1"], None, date(2026, 10, 6), 16, 20)
    record(office, nobody)
    days = told(opened(office, role=Role.AUDITOR))
    assert days["Senin 5"] == "08.00–15.00 Kosong"
    assert days["Selasa 6"] == (
        "08.00–10.00 Tidak dilayani 10.00–12.00 Sari 12.00–12.30 Budi, Sari Bertumpuk "
        "12.30–15.00 Budi"
    )


def test_an_outage_stands_beside_the_duty_it_interrupts(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    span = half_hour(MONDAY, 11), half_hour(MONDAY, 14)
    with writing(sqlite_engine) as session:
        declare_outage(session, office.unit.id, None, span, because("Listrik padam"))
    assert told(opened(office))["Senin 5"] == (
        "08.00–11.00 Sari 11.00–12.00 Sari Gangguan Listrik padam "
        "13.00–14.00 Budi Gangguan Listrik padam 14.00–15.00 Budi"
    )


def test_today_is_the_units_own(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    with time_machine.travel(datetime(2026, 10, 4, 17, 30, tzinfo=UTC), tick=False):
        page = opened(office, "/jadwal")
    assert re.search(r'aria-current="date">Senin <span class="num">5</span>', page.text)


@pytest.mark.parametrize("asked", ["", "2026-W99", "W46", "9999-W01", "2026-Wx", "-W1"])
def test_a_week_that_there_is_not_is_this_week(sqlite_engine: Engine, asked: str) -> None:
    office = rostered(sqlite_engine)
    with time_machine.travel(datetime(2026, 10, 7, tzinfo=UTC), tick=False):
        assert "5–11 Oktober 2026" in opened(office, f"/jadwal?minggu={asked}").text


def test_weeks_and_months_are_read_and_written_alike() -> None:
    assert doctest.testmod(calendar_span).failed == 0
    days = [date(2026, 1, 1) + timedelta(n) for n in range(0, 800, 5)]
    assert all(Week.asked(str(Week.of(day)), MONDAY) == Week.of(day) for day in days)
    assert asked_month("2026-13", MONDAY) == Month(2026, 10)
    assert asked_day("1066-10-14", MONDAY) == asked_day("x", MONDAY) == MONDAY


def test_the_week_before_and_after_keep_the_search(sqlite_engine: Engine) -> None:
    page = opened(rostered(sqlite_engine), f"{WEEK}&cari=l1")
    assert "?cari=l1&amp;urut=loket&amp;minggu=2026-W40" in page.text
    assert "?cari=l1&amp;urut=loket&amp;minggu=2026-W42" in page.text


def test_halls_and_desks_switched_off_are_not_rostered(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    with writing(sqlite_engine) as session:
        session.get_one(Desk, office.desks["L2"]).active = False
    page = opened(office).text
    assert "Loket 1" in page
    assert "Loket 2" not in page
    assert "Ruang tunggu" not in page


def test_a_month_marks_each_day_with_what_presses_most(sqlite_engine: Engine) -> None:
    roster = duty_sheet(
        f"L1;{SARI_NIP};Senin–Jumat;;08.00;12.30;2026-10-05;Awal",
        "L1;HL-021;Selasa;;12.00;15.00;2026-10-05;Awal",
    )
    office = rostered(sqlite_engine, roster)
    record(office, DayException(office.desks["L1"], None, date(2026, 10, 7), 16, 25))
    with writing(sqlite_engine) as session:
        span = half_hour(date(2026, 10, 8), 8), half_hour(date(2026, 10, 8), 9)
        declare_outage(session, office.unit.id, office.desks["L1"], span, because())
    page = opened(office, "/jadwal/bulan?bulan=2026-10").text
    said = re.findall(r'<span class="sr">(\d+ [^<]+)</span>', page)
    assert said[:7] == [
        "1 Kosong", "2 Kosong", "5 Terisi", "6 Bertumpuk", "7 Tidak dilayani", "8 Gangguan",
        "9 Terisi",
    ]  # fmt: skip
    assert f"{office.address}/jadwal?minggu=2026-W41" in page


def many_desks(office: RosteredOffice, number: int) -> None:
    """Add desks with a roster of two lines a weekday each."""
    with writing(office.engine) as session:
        session.execute(insert(Desk), [
            {
                "unit_id": office.unit.id, "code": f"M{n:04}", "public_key": f"{n:06}",
                "name": f"Meja {n}", "about": "", "kind": "counter", "opens_with": "faces",
                "active": True,
            }
            for n in range(number)
        ])  # fmt: skip
        ids = list(session.scalars(select(col(Desk.id)).where(col(Desk.code).startswith("M"))))
        lines = [
            RosterLine(desk or 0, office.officers[name], weekday, date(2026, 10, 1), *slots)
            for desk in ids
            for weekday in range(1, 6)
            for name, slots in (("Sari", (16, 24)), ("Budi", (26, 30)))
        ]
        record_duties(session, office.unit.id, lines, because())


@pytest.mark.parametrize("path", [WEEK, "/jadwal/bulan?bulan=2026-10"])
def test_a_page_takes_as_many_statements_for_many_desks_as_for_few(
    sqlite_engine: Engine, path: str
) -> None:
    office = rostered(sqlite_engine)
    few = count_statements(office, path)
    many_desks(office, 300)
    assert count_statements(office, path) == few < 25


def count_statements(office: RosteredOffice, path: str) -> int:
    browser = client(office)
    with statements(office.engine) as seen:
        assert browser.get(office.address + path).status_code == 200
    return len(seen)


def test_a_page_reads_the_duties_of_its_own_desks_only(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    many_desks(office, 60)
    page = opened(office)
    assert page.text.count('<th scope="row">') == 25
    assert "1–25 dari 62" in page.text
    assert "Meja 22" in page.text
    assert "Meja 23" not in page.text
    third = opened(office, f"{WEEK}&hal=3")
    assert third.text.count('<th scope="row">') == 12
    assert "08.00–12.00 Sari" in told(third)["Senin 5"]


def test_desks_are_found_by_name_or_code(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    many_desks(office, 60)
    assert opened(office, f"{WEEK}&cari=meja+59").text.count('<th scope="row">') == 1
    assert opened(office, f"{WEEK}&cari=M0007").text.count('<th scope="row">') == 1
    assert "Tidak ada yang cocok" in opened(office, f"{WEEK}&cari=gerai").text


def test_an_office_without_desks_is_told_what_to_do(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    with writing(sqlite_engine) as session:
        for desk in ("L1", "L2"):
            session.get_one(Desk, office.desks[desk]).active = False
    for path in (WEEK, "/jadwal/bulan"):
        assert "Tambahkan loket dahulu" in opened(office, path).text


@pytest.mark.parametrize(
    ("role", "status", "edits"),
    [
        (Role.OPERATOR, 200, True),
        (Role.UNIT_HEAD, 200, True),
        (Role.ASSESSOR, 200, False),
        (Role.HR, 200, False),
        (Role.REVIEWER, 200, False),
        (Role.AUDITOR, 200, False),
        (Role.OFFICER, 403, False),
    ],
)
def test_who_may_see_the_roster_may_not_always_keep_it(
    sqlite_engine: Engine, role: Role, status: int, edits: bool
) -> None:
    office = rostered(sqlite_engine)
    browser = client(office, role)
    page = browser.get(office.address + WEEK)
    assert page.status_code == status
    assert (office.keys["L1"] in page.text) is edits
    for path in (office.desk_address(), f"{office.desk_address()}/hari"):
        assert browser.get(path).status_code == (200 if edits else 403)


def test_reading_the_calendar_is_kept_in_the_log(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    for path in (WEEK, "/jadwal/bulan", "/jadwal/riwayat"):
        assert opened(office, path).status_code == 200
    read = [row["subject"] for row in rows_of(sqlite_engine, "log_entry") if "read" in row["act"]]
    assert sorted(read) == [f"/unit/DUKCAPIL/jadwal{end}" for end in ("", "/bulan", "/riwayat")]


def test_the_history_tells_who_recorded_what_and_why(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    with writing(sqlite_engine) as session:
        make_account(session, name="Dewi Lestari", email="dewi@contoh.example")
    key = next(row["key"] for row in rows_of(sqlite_engine, "account"))
    with writing(sqlite_engine) as session:
        line = DayException(office.desks["L1"], None, MONDAY, 16, 24)
        cause = because("Libur daerah", by=key)
        record_duties(session, office.unit.id, [line], cause)
    page = opened(office, "/jadwal/riwayat")
    rows = [" ".join(TAG.sub(" ", row).split()) for row in page.text.split("<tr>")[2:]]
    assert rows[0].startswith("5 Oktober 2026 12.00 Dewi Lestari 1 perubahan satu hari Loket 1")
    assert "Libur daerah" in rows[0]
    assert "Wati 9 baris mingguan Loket 1 Jadwal awal" in rows[1]
    assert len(rows) == 2
    assert key not in page.text


def test_the_history_is_searched_by_author_and_reason(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    record(office, DayException(office.desks["L1"], None, MONDAY, 16, 24))
    for asked, rows in (("tugas", 1), ("wati", 2), ("jadwal awal", 1), ("x", 0)):
        assert opened(office, f"/jadwal/riwayat?cari={asked}").text.count('scope="row"') == rows


@pytest.mark.parametrize(
    ("endpoint", "right", "names_people"),
    [
        ("duty_calendar.week", Right.SEE_ROSTER, True),
        ("duty_calendar.month", Right.SEE_ROSTER, True),
        ("duty_calendar.duty_history.batches", Right.SEE_ROSTER, True),
        ("duty_calendar.roster_pages.edit", Right.KEEP_ROSTER, True),
        ("duty_calendar.exception_pages.edit", Right.KEEP_ROSTER, True),
        ("visits.all_visits", Right.KEEP_ROSTER, False),
        ("outages.all_outages", Right.KEEP_ROSTER, True),
        ("outages.withdraw", Right.KEEP_ROSTER, True),
    ],
)
def test_each_page_says_what_it_needs(
    sqlite_engine: Engine, endpoint: str, right: Right, names_people: bool
) -> None:
    need = need_of(staff(sqlite_engine), endpoint)
    assert (need.right, need.names_people) == (right, names_people)
