"""The seals of a period's months in the official report: annex, codes, the page of the draft."""

import io
import re
from datetime import timedelta

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine
from time_machine import travel

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.output.report.drafted_report import DraftedReport, drafted_report
from aggregation.output.report.report_seals import NOT_YET, TITLE
from survey.database import reading, writing
from survey.seal_chain import append
from survey.seal_models import SealKind
from survey.seal_text import Link, written
from tests.report_factories import QUARTER, REPORTED_AT, ReportedQuarter, reported_quarter
from tests.seal_factories import new_key
from tests.staff_factories import member, staff

NIGHT = REPORTED_AT - timedelta(days=1)
PUBLIC = "https://nilai.example.go.id"


@pytest.fixture
def quarter(sqlite_engine: Engine) -> ReportedQuarter:
    with writing(sqlite_engine) as session:
        return reported_quarter(session, 12)


def seal(engine: Engine, quarter: ReportedQuarter, *months: str) -> list[Link]:
    key = new_key()
    with writing(engine) as session:
        return [
            append(
                session,
                key,
                SealKind.MONTH,
                str(quarter.closings[month]),
                {"month": month, "revision": 0, "sealed_at": written(NIGHT)},
            )
            for month in months
        ]


def drafted(engine: Engine, quarter: ReportedQuarter) -> DraftedReport:
    with reading(engine) as session:
        return drafted_report(session, quarter.unit, QUARTER, REPORTED_AT, PUBLIC)


def last_page(file: bytes) -> str:
    text = PdfReader(io.BytesIO(file)).pages[-1].extract_text()
    return re.sub(r"[\s\u200b]+", "", text)


def test_the_last_annex_names_the_seal_of_each_month_or_that_it_is_not_sealed(
    sqlite_engine: Engine, quarter: ReportedQuarter
) -> None:
    links = seal(sqlite_engine, quarter, "2026-07", "2026-08")
    page = last_page(drafted(sqlite_engine, quarter).file("pdf"))
    assert TITLE.replace(" ", "") in page
    assert all(link.digest in page for link in links)
    assert [f"nilai.example.go.id/segel/{n}" in page for n in range(3)] == [True, True, False]
    assert page.count(NOT_YET.replace(" ", "")) == 1


def test_a_seal_changes_the_draft_and_the_same_draft_gives_the_same_bytes(
    sqlite_engine: Engine, quarter: ReportedQuarter
) -> None:
    before = drafted(sqlite_engine, quarter)
    seal(sqlite_engine, quarter, "2026-07")
    after = drafted(sqlite_engine, quarter)
    assert before.seen != after.seen
    assert after.file("pdf") == drafted(sqlite_engine, quarter).file("pdf")


def test_the_page_of_the_draft_leads_to_the_seals(
    sqlite_engine: Engine, quarter: ReportedQuarter
) -> None:
    seal(sqlite_engine, quarter, "2026-09")
    with travel(REPORTED_AT, tick=False):
        head = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.UNIT_HEAD, quarter.unit.id))
        page = head.get(f"/staff/unit/{quarter.unit.code}/laporan/2026-Q3").text
    assert 'href="http://127.0.0.1:8000/segel/0" rel="noreferrer">nomor 0</a>' in page
    assert page.count(NOT_YET) == 2
