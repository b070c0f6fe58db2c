"""The seal of a month on an officer's statement: page, PDF and workbook."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
import time_machine
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from sqlmodel import Session
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.months.month_seal import WRITTEN_WITHIN, month_seal
from survey.database import reading, writing
from survey.merkle import Scalar
from survey.models import ServiceUnit
from survey.seal_chain import append
from survey.seal_models import SealKind
from survey.seal_text import Link, written
from tests.month_factories import OCTOBER
from tests.seal_factories import new_key
from tests.staff_factories import make_account, member, staff
from tests.statement_factories import NOVEMBER_9, SARI, revision_of, told_office
from tests.worlds import as_made

NIGHT = NOVEMBER_9 - timedelta(hours=7)


@dataclass(frozen=True)
class World:
    """A closed month of one officer, who has signed in."""

    engine: Engine
    client: Client
    page: str
    closing: str

    def seal(self, at: datetime = NIGHT) -> Link:
        facts: dict[str, Scalar] = {
            "unit": "KOTA",
            "month": str(OCTOBER),
            "revision": 0,
            "sealed_at": written(at),
        }
        with writing(self.engine) as session:
            return append(session, new_key(), SealKind.MONTH, self.closing, facts)

    def told(self) -> tuple[str, str, str]:
        """Return what page, PDF and workbook say, without blanks."""
        page = self.client.get(self.page).text
        pdf = PdfReader(io.BytesIO(self.client.get(f"{self.page}/pdf").data))
        printed = " ".join(each.extract_text() for each in pdf.pages)
        book = CalamineWorkbook.from_filelike(io.BytesIO(self.client.get(f"{self.page}/xlsx").data))
        cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
        return bare(page), bare(printed), bare(" ".join(cells))


def bare(text: str) -> str:
    return re.sub(r"[\s\u200b]+", "", text)


@pytest.fixture
def world(sqlite_engine: Engine) -> Iterator[World]:
    with time_machine.travel(NOVEMBER_9, tick=False):
        office = as_made(sqlite_engine, told_office)
        with writing(sqlite_engine) as session:
            role = RoleIn(Role.OFFICER, office.unit_id)
            account = make_account(session, role, officer_id=office.officers[SARI])
            code = session.get_one(ServiceUnit, office.unit_id).code
            closing = revision_of(session, office, 0, OCTOBER).id
        client = member(staff(sqlite_engine), sqlite_engine, account_id=account)
        page = f"/staff/saya/pernyataan/{code}/2026-10"
        yield World(sqlite_engine, client, page, str(closing))


def test_before_its_night_every_outlet_says_when_the_month_will_be_sealed(world: World) -> None:
    for told in world.told():
        assert bare("Belum disegel: revisi ini disegel pada malam setelah dibuat.") in told


def test_once_sealed_every_outlet_names_the_seal_and_page_and_pdf_lead_to_it(world: World) -> None:
    link = world.seal()
    page, printed, cells = world.told()
    for told in (page, printed, cells):
        assert bare("Revisi ini disegel pada 9 November 2026 sebagai segel nomor 0.") in told
        assert link.digest in told
        assert "Belumdisegel" not in told
    assert "127.0.0.1:8000/segel/0" in printed
    assert 'href="http://127.0.0.1:8000/segel/0"' in page
    assert 'aria-label="KodeQRsegelnomor0"' in page


def seal_number(session: Session, world: World, as_of: datetime) -> int | None:
    seal = month_seal(session, world.closing, as_of)  # type: ignore[arg-type]
    return None if seal is None else seal.number


def test_the_same_moment_gives_the_same_answer_also_while_the_seal_is_written(
    world: World,
) -> None:
    moments = [NIGHT + timedelta(minutes=each) for each in (-1, 0, 59)]
    with reading(world.engine) as session:
        before = [seal_number(session, world, each) for each in moments]
    world.seal()
    with reading(world.engine) as session:
        assert [seal_number(session, world, each) for each in moments] == before == [None] * 3
        assert seal_number(session, world, NIGHT + WRITTEN_WITHIN) == 0
