"""Every outlet of a statement says the same, to those who may read it, and for ever."""

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fractions import Fraction
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, insert, select, update
from sqlmodel import col
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.appraisal.models import Decision
from aggregation.appraisal.statement import Statement
from aggregation.closings import OfficerFigure
from aggregation.method.rule import DEFAULT_RULE, Rule
from aggregation.models import Officer
from aggregation.months.revision import draft_revision
from aggregation.months.revision_writing import write_revision
from aggregation.output.statement_text import statement_text
from aggregation.output.statement_xlsx import statement_xlsx
from survey.database import reading, writing
from survey.language import Language
from survey.models import ServiceUnit
from tests.api_factories import api, program
from tests.month_factories import AUGUST, OCTOBER, Seen, SmallOffice, at, half_up, store
from tests.page_words import words
from tests.staff_factories import make_account, member, staff
from tests.statement_factories import BUDI, NOVEMBER_9, SARI, told, told_office
from tests.tampering import tampering
from tests.worlds import as_made

MIXED = Rule(version="2", mix_applied=True, outages_counted=False)
PATTERN = r"25 × \((\S+) \+ 30 × (\S+)\) ÷ \((\S+) \+ 30\) = (\S+)"


@dataclass(frozen=True)
class World:
    """A told office, its addresses, and what the statement of the first officer says."""

    engine: Engine
    app: Flask
    office: SmallOffice
    code: str
    key: str
    nip: str
    statement: Statement

    @property
    def own(self) -> str:
        return f"/staff/saya/pernyataan/{self.code}/2026-10"

    @property
    def of_sari(self) -> str:
        return f"/staff/unit/{self.code}/pernyataan/2026-10/{self.key}"

    def officer(self, which: int = SARI) -> Client:
        officer_id = self.office.officers[which]
        with writing(self.engine) as session:
            known = select(col(Account.id)).where(col(Account.officer_id) == officer_id)
            account = session.scalars(known).one_or_none() or make_account(
                session, RoleIn(Role.OFFICER, self.office.unit_id), officer_id=officer_id
            )
        return member(self.app, self.engine, account_id=account)

    def reader(self, role: Role) -> Client:
        return member(self.app, self.engine, RoleIn(role, self.office.unit_id))


@pytest.fixture(autouse=True)
def ninth_of_november() -> Iterator[None]:
    with time_machine.travel(NOVEMBER_9, tick=False):
        yield


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    office = as_made(sqlite_engine, told_office)
    with reading(sqlite_engine) as session:
        sari = session.get_one(Officer, office.officers[SARI])
        code = session.get_one(ServiceUnit, office.unit_id).code
        statement = told(session, office)
        return World(
            sqlite_engine, staff(sqlite_engine), office, code, sari.key, sari.nip or "", statement
        )


def printed(file: bytes) -> str:
    return " ".join(
        " ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(file)).pages
    )


def cells(file: bytes) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    return [
        list(row) for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
    ]


def in_words(number: object) -> str:
    return str(number).replace(".", ",")


def expected(world: World) -> list[str]:
    """Return n, index, interval, component value and contribution as they are printed."""
    figures = world.statement.figures
    assert figures is not None
    numbers = [figures.index, figures.interval.low, figures.interval.high, figures.value]
    return [in_words(each) for each in (world.statement.evidence.n, *numbers, figures.contribution)]


def test_the_page_says_the_figures(world: World) -> None:
    said = words(world.officer().get(world.own).text)
    assert [each for each in expected(world) if each not in said] == []
    found = re.search(PATTERN, said)
    assert found is not None
    assert found[4] == expected(world)[1]


def test_the_pdf_says_the_figures(world: World) -> None:
    answer = world.officer().get(f"{world.own}/pdf")
    said = printed(answer.data)
    assert answer.mimetype == "application/pdf"
    assert [each for each in expected(world) if each not in said] == []
    assert re.search(PATTERN, said) is not None
    assert f"r0 · {world.statement.source.digest[:16]}" in said
    assert "1 / " in said


def test_the_workbook_says_the_figures_and_computes_them(world: World) -> None:
    rows = cells(world.officer().get(f"{world.own}/xlsx").data)
    said = " ".join(str(cell) for row in rows for cell in row)
    assert [each for each in expected(world) if each not in said] == []
    figures = world.statement.figures
    assert figures is not None
    computed = [cell for row in rows for cell in row if isinstance(cell, float)]
    for number in (figures.sum_x, figures.raw, figures.index, figures.contribution):
        assert float(number or 0) in computed


CELL = re.compile(r'<c r="([A-Z]+\d+)"[^>]*>(?:<f>(.*?)</f>)?<v>(.*?)</v></c>')
SPAN = re.compile(r"\$?([A-Z])\$?(\d+):\$?([A-Z])\$?(\d+)")


@dataclass
class Spreadsheet:
    """Computes the formulas of a sheet from its numbers, as a spreadsheet does."""

    numbers: dict[str, Fraction]
    formulas: dict[str, str]

    @classmethod
    def of(cls, file: bytes, sheet: int) -> "Spreadsheet":
        with zipfile.ZipFile(io.BytesIO(file)) as book:
            found = CELL.findall(book.read(f"xl/worksheets/sheet{sheet}.xml").decode())
        formulas = {cell: html.unescape(formula) for cell, formula, _ in found if formula}
        numbers = {
            cell: Fraction(value)
            for cell, formula, value in found
            if not formula and cell.rstrip("0123456789") < "H"
        }
        return cls(numbers, formulas)

    def value(self, cell: str) -> Fraction:
        if cell not in self.formulas:
            return self.numbers.get(cell, Fraction(0))
        written = re.sub(r'--\((\S+?)<>""\)', r"given(\1)", self.formulas[cell])
        written = SPAN.sub(r"['\1',\2,'\3',\4]", written)
        written = re.sub(r"(?<!given\()(\[[^]]+\])", r"values(\1)", written)
        written = re.sub(r"(?<![\w'.])([A-Z]\d+)\b", r"value('\1')", written)
        written = re.sub(r"(?<![\w',.])(\d+\.?\d*)(?![\w'.,])(?![^[]*\])", r"exact('\1')", written)
        known = {
            "value": self.value,
            "values": lambda span: [self.value(cell) for cell in _cells(*span)],
            "given": lambda span: [Fraction(cell in self.numbers) for cell in _cells(*span)],
            "exact": Fraction,
            "MIN": min,
            "MAX": max,
            "SUM": sum,
            "SUMPRODUCT": lambda one, two: sum(a * b for a, b in zip(one, two, strict=True)),
            "ROUND": lambda value, places: Fraction(half_up(value, int(places))),
        }
        return Fraction(eval(written, {"__builtins__": {}}, known))  # our own formulas


def _cells(left: str, first: int, right: str, last: int) -> list[str]:
    columns = [chr(each) for each in range(ord(left), ord(right) + 1)]
    return [f"{column}{row}" for row in range(first, last + 1) for column in columns]


@pytest.mark.parametrize("rule", [DEFAULT_RULE, MIXED], ids=["usual", "mixed"])
def test_a_spreadsheet_computes_the_figures_from_the_counts(
    sqlite_engine: Engine, rule: Rule
) -> None:
    with writing(sqlite_engine) as session:
        statement = told(session, told_office(session, rule))
    figures = statement.figures
    assert figures is not None
    language = Language("id", {})
    file = statement_xlsx(statement, statement_text(statement, language), language)
    sheet = Spreadsheet.of(file, 2)
    found = {sheet.value(cell) for cell in sheet.formulas}
    numbers = (figures.sum_x, figures.raw, figures.index, figures.value, figures.contribution)
    assert [each for each in numbers if Fraction(each or 0) not in found] == []
    sheet.numbers["F3"] += 1  # One citizen more than there were is noticed.
    assert Fraction(figures.index or 0) not in {sheet.value(cell) for cell in sheet.formulas}


def test_csv_and_api_carry_the_same_row(world: World) -> None:
    hr = world.reader(Role.HR)
    file = hr.get(f"/staff/unit/{world.code}/nilai/2026-10/berkas/csv").data.decode()
    asked = f"/scores?month=2026-10&unit={world.code}"
    of_api = program(api(world.engine), world.engine).get(asked).json["rows"]
    for rows in (list(csv.DictReader(io.StringIO(file, newline=""))), of_api):
        [row] = [each for each in rows if each["officer_key"] == world.key]
        names = ("n", "index", "interval_low", "interval_high", "component_value", "contribution")
        assert [in_words(row[name]) for name in names] == expected(world)
        assert hr.get(row["statement_url"].partition("8000")[2]).status_code == 200


def test_the_statement_is_the_same_bytes_again(world: World) -> None:
    client = world.officer()
    for kind in ("pdf", "xlsx"):
        first = client.get(f"{world.own}/{kind}").data
        with time_machine.travel(datetime(2026, 11, 10, 3, tzinfo=UTC), tick=False):
            assert world.officer().get(f"{world.own}/{kind}").data == first


def test_a_first_revision_reads_the_same_after_a_second(world: World) -> None:
    client = world.officer()
    before = [client.get(f"{world.own}/{kind}?revisi=0").data for kind in ("pdf", "xlsx")]
    at_ten = datetime(2026, 11, 10, 3, tzinfo=UTC)
    with writing(world.engine) as session:
        late = [Seen(at(3, 9, AUGUST), overall=1, late=True) for _ in range(9)]
        store(session, world.office, late, AUGUST)
        draft = draft_revision(session, world.office.unit_id, AUGUST, late_until=at_ten.date())
        people = {"prepared_by": "rina", "approved_by": "tono"}
        write_revision(session, draft, reason="Terlambat", at=at_ten, **people)
    with time_machine.travel(at_ten, tick=False):
        client = world.officer()
        newest = client.get(world.own).text
        assert "revisi 1" in newest
        assert f'<p class="big num">{expected(world)[1]}</p>' not in newest
        after = [client.get(f"{world.own}/{kind}?revisi=0").data for kind in ("pdf", "xlsx")]
        assert [printed(before[0])] == [printed(after[0])]
        assert cells(before[1]) == cells(after[1])


def test_a_decision_stands_beside_the_proposal(world: World) -> None:
    with writing(world.engine) as session:
        row = {"id": uuid4(), "unit_id": world.office.unit_id, "month": OCTOBER, "revision": 0}
        row |= {"officer_id": world.office.officers[SARI], "decided_at": NOVEMBER_9}
        row |= {"decided_by": "k", "decided_name": "Tono", "proposal": "above_expectation"}
        row |= {"decision": "as_expected", "reason": "Satu kali terlambat"}
        session.execute(insert(Decision), row)
    said = words(world.officer().get(world.own).text)
    assert "Keputusan Tono, 9 November 2026: sesuai ekspektasi. Alasan: Satu kali terlambat" in said


@pytest.mark.parametrize("role", [Role.HR, Role.ASSESSOR, Role.AUDITOR])
def test_only_hr_and_the_officer_read_the_nip(world: World, role: Role) -> None:
    client = world.reader(role)
    assert (world.nip in client.get(world.of_sari).text) is (role is Role.HR)
    assert (world.nip in printed(client.get(f"{world.of_sari}/pdf").data)) is (role is Role.HR)
    assert world.nip in world.officer().get(world.own).text


def test_below_publishable_others_read_no_number(world: World) -> None:
    with tampering(world.engine) as session:
        session.exec(update(OfficerFigure).values(basis="indicative", reason="Baru 18 tanggapan."))
    for_hr = world.reader(Role.HR)
    said = words(for_hr.get(world.of_sari).text)
    figures = world.statement.figures
    assert figures is not None
    withheld = [in_words(each) for each in (figures.index, figures.raw, figures.sum_x)]
    outlets = [
        said,
        printed(for_hr.get(f"{world.of_sari}/pdf").data),
        " ".join(str(c) for row in cells(for_hr.get(f"{world.of_sari}/xlsx").data) for c in row),
    ]
    for outlet in outlets:
        assert [each for each in withheld if each in outlet] == []
        assert "Baru 18 tanggapan." in outlet
    assert withheld[0] in words(world.officer().get(world.own).text)


@pytest.mark.parametrize(
    "address",
    [
        "/2026-10?revisi=1", "/2026-10?revisi=x", "/2026-10?revisi=99999", "/2026-11", "/x",
        "/2026-10/docx",
    ],
)  # fmt: skip
def test_what_is_not_there_has_no_address(world: World, address: str) -> None:
    assert world.officer().get(f"/staff/saya/pernyataan/{world.code}{address}").status_code == 404


def test_a_colleague_has_another_statement_at_the_same_address(world: World) -> None:
    said = words(world.officer(BUDI).get(world.own).text)
    assert world.nip not in said
    assert expected(world)[1] not in said


def test_hr_reads_who_it_is_and_who_read_it_is_kept(world: World) -> None:
    said = words(world.reader(Role.HR).get(world.of_sari).text)
    assert f"Penilaian warga untuk {world.statement.person.name}" in said
    assert world.reader(Role.HR).get(world.of_sari.replace(world.key, "x")).status_code == 404


def test_a_name_that_looks_like_a_formula_or_markup_stays_a_name(world: World) -> None:
    with tampering(world.engine) as session:
        session.exec(update(OfficerFigure).values(name='=HYPERLINK("x") <b>#panic</b>'))
    client = world.reader(Role.HR)
    assert "&lt;b&gt;#panic" in client.get(world.of_sari).text
    assert "#panic" in printed(client.get(f"{world.of_sari}/pdf").data)
    assert '=HYPERLINK("x")' in str(cells(client.get(f"{world.of_sari}/xlsx").data))


def test_a_letter_that_cannot_be_printed_is_told(world: World) -> None:
    with tampering(world.engine) as session:
        session.exec(update(OfficerFigure).values(name="ꦱꦫꦶ"))
    client = world.reader(Role.HR)
    answer = client.get(f"{world.of_sari}/pdf", follow_redirects=True)
    assert "PDF tidak dapat dibuat" in answer.text


def test_the_own_score_page_and_the_rows_lead_to_it(world: World) -> None:
    assert f'href="{world.own}"' in world.officer().get("/staff/saya").text
    rows = world.reader(Role.HR).get(f"/staff/unit/{world.code}/nilai/2026-10").text
    assert f'href="{world.of_sari}?revisi=0"' in rows
