"""The reviewer's pages in a real browser."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine
from sqlmodel import Session

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.screening.groups import GroupKey
from aggregation.screening.inquiries import open_inquiries
from aggregation.screening.review import Verdict, decide_group
from survey.database import reading, writing
from survey.models import Desk, ServiceUnit
from survey.screening import Signal
from tests.month_factories import OCTOBER, SmallOffice, at
from tests.screening_factories import WHY, ids_in, rated, suspect
from tests.staff_browser import Opens, look_everywhere, violations, windows
from tests.staff_factories import make_account, staff
from tests.test_inquiries import traders

MONDAY, TUESDAY = at(12, 9), at(13, 12)


def suspected(session: Session, office: SmallOffice) -> None:
    """Let groups of several kinds wait, and one be decided."""
    for n, (half_hour, channel, count, signals) in enumerate(
        [
            (MONDAY, "desk_qr", 14, [Signal.BURST]),
            (MONDAY + 1, "desk_qr", 3, [Signal.STAFF_BROWSER, Signal.STRAIGHT_LINE]),
            (TUESDAY, "ticket", 1, [Signal.CLOSED_HOURS]),
            (TUESDAY + 9, "desk_qr", 2, [Signal.MORE_THAN_SERVED, Signal.CLOSED_HOURS]),
        ]
    ):
        before = set(ids_in(session, office))
        rated(session, office, half_hour, count, channel=channel, desk=n % 2)
        suspect(session, office, set(ids_in(session, office)) - before, signals)
    key = GroupKey(OCTOBER, office.desks[0], TUESDAY, "ticket")
    decide_group(session, office.unit_id, key, Verdict(True, 1), WHY, reviewer=None)


@pytest.fixture
def office(sqlite_engine: Engine) -> SmallOffice:
    with writing(sqlite_engine) as session:
        office = traders(session)
        suspected(session, office)
        open_inquiries(session, office.unit_id, OCTOBER, WHY)
    return office


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


@pytest.fixture
def opens(
    browser: Browser, app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> Iterator[Opens]:
    with writing(sqlite_engine) as session:
        who = make_account(session, RoleIn(Role.REVIEWER), officer_id=office.officers[2])
    with windows(browser, app, sqlite_engine, account_id=who) as window:
        yield window


def screens(engine: Engine, office: SmallOffice) -> dict[str, str]:
    with reading(engine) as session:
        code = session.get_one(ServiceUnit, office.unit_id).code
        desk = session.get_one(Desk, office.desks[0]).public_key
    review = f"/unit/{code}/peninjauan"
    return {
        "review-queue": review,
        "review-group": f"{review}/kelompok/2026-10/{desk}/{MONDAY}/desk_qr",
        "review-done": f"{review}/kelompok/2026-10/{desk}/{TUESDAY}/ticket",
        "review-decided": f"{review}/keputusan",
        "review-inquiries": f"{review}/penyelidikan",
    }


@pytest.fixture
def pages(sqlite_engine: Engine, office: SmallOffice) -> dict[str, str]:
    return screens(sqlite_engine, office)


def test_every_screen_is_readable_for_everyone(opens: Opens, pages: dict[str, str]) -> None:
    look_everywhere(opens, pages)


def test_a_group_is_decided_by_keyboard_without_a_script(
    opens: Opens, pages: dict[str, str]
) -> None:
    page = opens(java_script_enabled=False).open(pages["review-queue"])
    page.get_by_role("link", name="Putuskan Loket 3, 12 Oktober 2026 09.00–09.30").press("Enter")
    page.get_by_label("Jangan hitung").press("Space")
    page.get_by_role("button", name="Catat keputusan").click()
    expect(page.get_by_text("Tulis alasannya.")).to_be_visible()
    expect(page.get_by_label("Jangan hitung")).to_be_checked()
    page.get_by_label("Alasan keputusan").fill("Tidak ada warga di loket pada jam itu")
    page.get_by_role("button", name="Catat keputusan").click()
    expect(page.get_by_text("Keputusan dicatat.")).to_be_visible()


def test_an_inquiry_is_answered_without_a_script(opens: Opens, pages: dict[str, str]) -> None:
    page = opens(java_script_enabled=False).open(pages["review-inquiries"])
    page.get_by_text("Jawab penyelidikan ini").click()
    page.get_by_label("Tidak terbukti").check()
    page.get_by_label("Apa yang Anda temukan").fill("Keduanya bertugas di pagi yang sepi")
    page.get_by_role("button", name="Catat hasil").click()
    expect(page.get_by_text("Hasil penyelidikan dicatat.")).to_be_visible()


def test_a_reason_without_a_label_is_noticed(opens: Opens, pages: dict[str, str]) -> None:
    page = opens().open(pages["review-group"])
    page.evaluate("document.querySelector('label[for=reason]').remove()")
    assert any(each.startswith("label") for each in violations(page))
