"""The inbox in a real browser: full, with all that is new, and marked as read by keyboard."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Notice
from aggregation.alerts.raising import end_alert, raise_alert
from survey.database import writing
from tests.alert_factories import at, made_unit, silent
from tests.staff_browser import Opens, look_everywhere, windows
from tests.staff_factories import staff

SCREENS = {"inbox": "/kotak", "inbox-account": "/akun-saya"}
DROP = {"month": "2026-10", "index": "87.25", "low": "87.46"}
ALERTS = (
    Notice(AlertKind.DROP, "2026-10", DROP),
    silent(desk="Loket 3 Perekaman KTP-el"),
    silent("t2", desk="Loket 4"),
    Notice(AlertKind.IMPROVEMENT, "7 late", {"number": 7, "due_on": "2026-11-02", "late": 1}),
    Notice(AlertKind.QUARANTINE, "all", {"count": 12, "since": "2026-10-28"}),
    Notice(AlertKind.COMMENT, "all", {"count": 34, "since": "2026-10-28"}),
    Notice(AlertKind.VERIFY, "2026-11-03", {}),
)


@pytest.fixture
def opens(browser: Browser, sqlite_engine: Engine) -> Iterator[Opens]:
    with writing(sqlite_engine) as session:
        name = "Dinas Kependudukan dan Pencatatan Sipil Kota Contoh Utara"
        units = (made_unit(session, "KANTOR", name), made_unit(session, "MPP", "MPP Contoh"))
        for number, notice in enumerate(ALERTS):
            raise_alert(session, units[number % 2].id or 0, notice, at(3, 9, number))
        end_alert(session, units[0].id or 0, silent("t2").key, at(4))
    app: Flask = staff(sqlite_engine)
    roles = (RoleIn(Role.UNIT_HEAD), RoleIn(Role.REVIEWER))
    with time_machine.travel(at(4, 10)), windows(browser, app, sqlite_engine, *roles) as window:
        yield window


def test_every_screen_is_readable_for_everyone(opens: Opens) -> None:
    look_everywhere(opens, SCREENS)


def test_what_is_new_is_marked_as_read_by_keyboard(opens: Opens) -> None:
    page = opens(viewport={"width": 360, "height": 800}).open("/kotak")
    mark = page.get_by_role("link", name="Kotak masuk")
    expect(mark).to_have_accessible_name("Kotak masuk 6 baru")
    page.get_by_role("button", name=re.compile("Tandai sudah dibaca ?: IKM")).focus()
    page.keyboard.press("Enter")
    expect(mark).to_have_accessible_name("Kotak masuk 5 baru")
    page.get_by_role("button", name="Tandai semua sudah dibaca").focus()
    page.keyboard.press("Enter")
    expect(mark).to_have_accessible_name("Kotak masuk")
    expect(page.get_by_role("status")).to_contain_text("Semua ditandai sudah dibaca.")
