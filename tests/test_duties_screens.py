"""The pages of duties, visits and outages in a real browser."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.duties.duty_lines import DayException
from aggregation.duties.recorded_duties import record_duties
from aggregation.visits.outages import declare_outage, withdraw_outage
from aggregation.visits.served_visits import ServedVisit, record_visits
from survey.database import writing
from tests.duty_factories import (
    MONDAY,
    RosteredOffice,
    because,
    half_hour,
    in_jakarta,
    known_office,
    rostered,
)
from tests.office_factories import SARI_NIP, duty_sheet
from tests.record_factories import rows_of
from tests.staff_browser import Opens, look_everywhere, violations, windows
from tests.staff_factories import make_account, staff
from tests.test_slip_counts import printed, write_down

ROSTER = duty_sheet(
    f"L1;{SARI_NIP};Senin–Jumat;;08.00;12.00;2026-10-01;Jadwal awal",
    "L1;HL-021;Senin–Kamis;;13.00;15.00;2026-10-01;Jadwal awal",
    "L2;HL-021;Senin–Jumat;;08.00;12.30;2026-10-08;Jadwal awal",
    "L2;19750817 200003 1 001;Selasa;;12.00;15.00;2026-10-08;Jadwal awal",
)
OF_UNIT = "/unit/DUKCAPIL"
WEEK = f"{OF_UNIT}/jadwal?minggu=2026-W42"


def busy_office(engine: Engine) -> RosteredOffice:
    """An office with a gap, an overlap, an exception, an outage and a morning's visits."""
    office = rostered(engine, ROSTER)
    monday, unit_id, l1 = MONDAY + timedelta(7), office.unit.id, office.desks["L1"]
    with writing(engine) as session:
        record_duties(
            session,
            unit_id,
            [
                DayException(l1, None, monday + timedelta(2), 16, 24),
                DayException(l1, office.officers["Budi"], monday + timedelta(1), 18, 22),
            ],
            because("Sari mengikuti pelatihan di ibu kota provinsi"),
        )
        span = half_hour(monday, 9), half_hour(monday, 10, 30)
        declare_outage(session, unit_id, l1, span, because("Jaringan putus"))
        tuesday = half_hour(MONDAY, 9), half_hour(MONDAY, 11)
        wrong = declare_outage(session, unit_id, None, tuesday, because("Listrik padam"))
        withdraw_outage(session, unit_id, wrong, because("Ternyata hanya sebentar"))
        visits = [
            ServedVisit(f"A{n:03}", in_jakarta(1 + n % 5, 8 + n % 6), f"L{1 + n % 2}")
            for n in range(120)
        ]
        record_visits(session, office.unit, visits, because(at=in_jakarta(6, 8)))
        past = DayException(l1, office.officers["Budi"], monday, 20, 28)
        record_duties(session, unit_id, [past], because("Sari mendadak sakit", in_jakarta(14, 9)))
    printed(office)
    write_down(office, 1, 40)
    return known_office(engine)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    busy_office(sqlite_engine)
    return staff(sqlite_engine)


@pytest.fixture
def opens(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    with windows(browser, app, sqlite_engine, RoleIn(Role.OPERATOR)) as window:
        yield window


def screens(office: RosteredOffice) -> dict[str, str]:
    desk = f"{OF_UNIT}/jadwal/loket/{office.keys['L1']}"
    return {
        "duties-week": WEEK,
        "duties-month": f"{OF_UNIT}/jadwal/bulan?bulan=2026-10",
        "duties-roster": desk,
        "duties-exception": f"{desk}/hari?tanggal=2026-10-13&jam=08.00–12.00",
        "duties-history": f"{OF_UNIT}/jadwal/riwayat",
        "visits": f"{OF_UNIT}/kunjungan?bulan=2026-10",
        "visits-none": f"{OF_UNIT}/kunjungan?bulan=2026-08",
        "outages": f"{OF_UNIT}/gangguan",
        "slips-handed-out": f"{OF_UNIT}/kunjungan/slip",
        "coverage": f"{OF_UNIT}/kunjungan/cakupan?bulan=2026-10",
    }


def test_every_screen_is_readable_for_everyone(opens: Opens, sqlite_engine: Engine) -> None:
    pages = screens(known_office(sqlite_engine))
    look_everywhere(opens, pages)
    visit = opens()
    for path in pages.values():
        answer = visit.page.goto(visit.address + path)
        assert answer is not None
        assert (path, answer.status) == (path, 200)


def test_a_time_without_a_label_is_noticed(opens: Opens, sqlite_engine: Engine) -> None:
    page = opens().open(screens(known_office(sqlite_engine))["duties-exception"])
    page.evaluate("document.querySelector('label[for=starts]').remove()")
    assert any(each.startswith("label") for each in violations(page))


def test_a_week_is_entered_by_keyboard_and_checked_before_it_is_saved(
    opens: Opens, sqlite_engine: Engine
) -> None:
    office = known_office(sqlite_engine)
    page = opens(java_script_enabled=False).open(screens(office)["duties-roster"])
    page.locator("#days-0-stretches-0-starts").fill("09.00")
    page.get_by_label("Berlaku mulai").fill("2027-01-04")
    page.get_by_label("Berlaku mulai").press("Enter")
    expect(page.get_by_text("Belum disimpan. Mulai 4 Januari 2027")).to_be_visible()
    expect(page.get_by_role("listitem").filter(has_text="09.00–12.00 Sari")).to_be_visible()
    page.get_by_role("button", name="Simpan jadwal").click()
    expect(page.get_by_text("disimpan, berlaku mulai 4 Januari 2027")).to_be_visible()


def test_on_a_phone_the_days_of_a_desk_stand_one_below_the_other(opens: Opens) -> None:
    page = opens(viewport={"width": 360, "height": 800}).open(WEEK)
    boxes = [cell.bounding_box() for cell in page.locator("tbody tr").first.locator("td").all()]
    tops = [box["y"] for box in boxes if box]
    assert tops == sorted(tops)
    assert len({box["x"] for box in boxes if box}) == 1


def test_a_month_leads_to_the_week_of_a_day(opens: Opens) -> None:
    page = opens().open(f"{OF_UNIT}/jadwal/bulan?bulan=2026-10")
    page.get_by_role("row", name="Loket 1").get_by_role("link", name="14 Tidak dilayani").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("12–18 Oktober 2026")


def test_today_is_marked(opens: Opens) -> None:
    page = opens().open(f"{OF_UNIT}/jadwal")
    expect(page.locator("th[aria-current=date]")).to_contain_text("hari ini")


@pytest.fixture
def second(browser: Browser, app: Flask, sqlite_engine: Engine) -> Iterator[Opens]:
    """Open windows for somebody who is both the unit's head and an officer of it."""
    officer = known_office(sqlite_engine).officers["Ahmad"]
    with writing(sqlite_engine) as session:
        roles = RoleIn(Role.UNIT_HEAD), RoleIn(Role.OFFICER)
        account_id = make_account(session, *roles, officer_id=officer)
    with windows(browser, app, sqlite_engine, account_id=account_id) as window:
        yield window


def test_the_screens_of_a_second_person_and_of_an_officer(
    second: Opens, sqlite_engine: Engine
) -> None:
    [batch] = [row["id"] for row in rows_of(sqlite_engine, "duty_batch") if row["needs_approval"]]
    waiting = f"{OF_UNIT}/jadwal/persetujuan"
    pages = {
        "approvals": waiting,
        "approval": f"{waiting}/{UUID(str(batch))}",
        "check-in": "/saya/loket",
    }
    look_everywhere(second, pages)
