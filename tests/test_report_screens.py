"""The report's pages in a real browser: readable in every window, and kept by Enter."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.output.report.drafted_report import drafted_report
from aggregation.output.report.report_issue import Asked, issue
from aggregation.publishing.report_texts import Part, keep_texts
from survey.database import reading, writing
from tests.release_factories import made_counts, made_release
from tests.report_factories import (
    QUARTER,
    REPORTED_AT,
    ReportedQuarter,
    release_quarter,
    reported_quarter,
)
from tests.staff_browser import look_everywhere, windows
from tests.staff_factories import staff

BY = Cause("kepala", "", REPORTED_AT)


@pytest.fixture(autouse=True)
def _october() -> Iterator[None]:
    with time_machine.travel(REPORTED_AT):
        yield


@pytest.fixture
def quarter(sqlite_engine: Engine) -> ReportedQuarter:
    """Give a quarter with an issued report, revised figures and a text worded before them."""
    with writing(sqlite_engine) as session:
        quarter = reported_quarter(session, 12)
        unit_id = quarter.unit.id
        made_release(session, unit_id, "2026-Q2", made_counts(90), released_at=REPORTED_AT)
        drafted = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT)
        texts = {Part.TUJUAN: "- Mengetahui kepuasan warga.", Part.NAMA: "Dra. Sri Contoh"}
        keep_texts(session, unit_id, QUARTER.name, texts, drafts=drafted.drafts, cause=BY)
    with reading(sqlite_engine) as session:
        seen = drafted_report(session, quarter.unit, QUARTER, REPORTED_AT).seen
    issue(sqlite_engine, Asked(quarter.unit, QUARTER, uuid4(), seen), BY)
    with writing(sqlite_engine) as session:
        later = REPORTED_AT.replace(hour=9)
        release_quarter(
            session, quarter.office, quarter.arrived, quarter.closings, number=1, released_at=later
        )
    return quarter


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def test_every_screen_is_readable_for_everyone(
    browser: Browser, app: Flask, sqlite_engine: Engine, quarter: ReportedQuarter
) -> None:
    page = f"/unit/{quarter.unit.code}/laporan"
    screens = {
        "reports": page,
        "report-draft": f"{page}/2026-Q3",
        "report-issue": f"{page}/2026-Q3/terbitkan",
        "report-not-closed": f"{page}/2026-S2",
    }
    role = RoleIn(Role.UNIT_HEAD, quarter.unit.id)
    with windows(browser, app, sqlite_engine, role) as opens:
        look_everywhere(opens, screens)


def test_enter_in_the_signature_saves_and_gives_no_text_back(
    browser: Browser, app: Flask, sqlite_engine: Engine, quarter: ReportedQuarter
) -> None:
    role = RoleIn(Role.UNIT_HEAD, quarter.unit.id)
    with windows(browser, app, sqlite_engine, role) as opens:
        page = opens().open(f"/unit/{quarter.unit.code}/laporan/2026-Q3")
        page.get_by_label("Jabatan").fill("Kepala Dinas")
        page.get_by_label("Jabatan").press("Enter")
        expect(page.get_by_text("Teks laporan tersimpan.")).to_be_visible()
        expect(page.get_by_label("Jabatan")).to_have_value("Kepala Dinas")
        expect(page.get_by_label("Tujuan")).to_have_value("- Mengetahui kepuasan warga.")
