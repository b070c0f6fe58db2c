"""The pages of a unit's tablets in a real browser, with tablets in every state."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from survey.database import writing
from survey.models import Desk, ServiceUnit
from tests.duty_factories import in_jakarta
from tests.factories import make_desk
from tests.fleet_factories import stand_tablet
from tests.month_factories import MONDAY_AT_9, Seen, Shift, small_office, store
from tests.pictures import picture
from tests.staff_browser import Opens, look_at, violations, windows
from tests.staff_factories import make_office, staff

NOW = in_jakarta(3, 9, 40, month=11)
"""A Tuesday on which two desks serve since 08.00; October waits to be closed."""
TUESDAYS = (Shift(0, 0, 2, 16, 30), Shift(1, 1, 2, 16, 30))
DESKS = ("Loket 1", "Loket 2", "Loket 3 Perekaman KTP-el")
SCREENS = {
    "tablets": "/unit/KANTOR/tablet",
    "tablets-empty": "/unit/KECAMATAN/tablet",
    "tablets-enrol": "/unit/KANTOR/tablet/baru",
    "tablets-unit": "/unit/KANTOR",
    "tablets-closing": "/unit/KANTOR/tutup/2026-10",
    "tablets-hours": "/unit/KANTOR/ubah",
    "tablets-help": "/bantuan/operator",
}


def ago(**span: float) -> timedelta:
    return timedelta(**span)


def make_tablets(session: Session, desks: list[Desk]) -> UUID:
    """Let tablets stand at desks, from well to lost, and return one that keeps ratings."""
    first, second, third = desks
    stand_tablet(session, first, NOW - ago(minutes=1), arrived=((0, 1041),))
    stand_tablet(
        session, second, NOW - ago(minutes=20), arrived=((0, 310),), waiting=12,
        next_sequence=323, battery=9, charging=False, clock_offset=-420,
    )  # fmt: skip
    stand_tablet(
        session, third, NOW - ago(minutes=2), arrived=((0, 16), (18, 19), (23, 99)), set_aside=2,
        persisted=False, used_bytes=9, quota_bytes=10, version="77aa", battery=None, charging=None,
    )  # fmt: skip
    gone = NOW - ago(days=1)
    stand_tablet(session, third, gone, waiting=4, next_sequence=4, revoked_at=gone)
    return stand_tablet(session, first, NOW - ago(minutes=9), waiting=3, next_sequence=3)


@pytest.fixture
def keeps(sqlite_engine: Engine) -> UUID:
    with writing(sqlite_engine) as session:
        office = small_office(session, TUESDAYS)
        store(session, office, [Seen(MONDAY_AT_9)])
        unit = session.get_one(ServiceUnit, office.unit_id)
        unit.code, unit.name = "KANTOR", "Disdukcapil Kota Contoh"
        unit.opening_hours = '[["08:00","15:00"],["08:00","15:00"],null,null,null,null,null]'
        desks = [session.get_one(Desk, each) for each in office.desks]
        for desk, name in zip(desks, DESKS, strict=True):
            desk.name = name
        make_desk(session, office.unit_id, name="Loket 4", services=())
        make_desk(session, make_office(session, "KECAMATAN", "Kecamatan Contoh"), services=())
        return make_tablets(session, desks)


@pytest.fixture
def opens(browser: Browser, keeps: UUID, sqlite_engine: Engine) -> Iterator[Opens]:
    del keeps  # asked for so that the tablets are there
    app: Flask = staff(sqlite_engine)
    roles = (RoleIn(Role.OPERATOR), RoleIn(Role.UNIT_HEAD))
    with time_machine.travel(NOW), windows(browser, app, sqlite_engine, *roles) as window:
        yield window


@pytest.mark.parametrize(
    ("width", "theme", "language"),
    [
        (360, "light", "id-ID"),
        (360, "dark", "en-GB"),
        (1440, "light", "en-GB"),
        (1440, "dark", "id-ID"),
    ],
)
def test_every_screen_is_readable_for_everyone(
    opens: Opens, keeps: UUID, width: int, theme: str, language: str
) -> None:
    end = {"tablets-end": f"/unit/KANTOR/tablet/{keeps}/cabut"}
    look_at(opens, SCREENS | end, width, theme, language)


@pytest.mark.parametrize(("width", "theme"), [(360, "dark"), (1440, "light")])
def test_a_code_is_made_by_keyboard_and_shown_once(opens: Opens, width: int, theme: str) -> None:
    visit = opens(viewport={"width": width, "height": 800}, color_scheme=theme)
    page = visit.open("/unit/KANTOR/tablet")
    page.get_by_role("link", name="Daftarkan tablet", exact=True).focus()
    page.keyboard.press("Enter")
    page.get_by_label("Loket", exact=True).select_option(label="Loket 4")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Buat kode").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kode tablet untuk Loket 4")
    picture(page, f"staff/tablets-code-{width}-{theme}-id")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tablet")
    assert (visit.refused, visit.foreign) == ([], [])
