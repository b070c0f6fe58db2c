"""Letters of appreciation: one for an officer and month, numbered, kept, and never to oneself."""

import doctest
import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import Engine, insert
from sqlmodel import Session, col, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.appraisal import letters as module
from aggregation.appraisal.letter_issue import (
    Addressee,
    LetterIssued,
    NoGround,
    OwnLetter,
    issue_letter,
)
from aggregation.appraisal.letters import IssuedLetter, letters_of, own_letters
from aggregation.appraisal.models import Letter
from aggregation.changes.batch import Cause
from aggregation.closings import OfficerFigure
from aggregation.method.evidence import Basis
from aggregation.models import Officer
from aggregation.output.appreciation_letter import letter_sheet
from kiosk.typesetting import pdf
from survey.database import reading, writing
from survey.models import LogEntry, ServiceUnit
from tests.month_factories import OCTOBER, SmallOffice
from tests.page_words import met_on, words
from tests.recognition_factories import ANDI, BUDI, NOVEMBER, SARI, WATI, rated_unit
from tests.score_factories import code_of, key_of, newest_closing, revise
from tests.staff_factories import csrf_token, make_account, member, staff
from tests.tampering import untriggered

ISSUED = NOVEMBER + timedelta(hours=3)


def issue(
    session: Session,
    office: SmallOffice,
    officer: int,
    at: datetime = ISSUED,
    own: int | None = None,
) -> IssuedLetter:
    who = Addressee(office.unit_id, OCTOBER, office.officers[officer])
    return issue_letter(session, who, Cause("kepala", "", at, "kepala"), own_officer_id=own)


def words_of(pdf: bytes) -> str:
    [page] = PdfReader(io.BytesIO(pdf)).pages
    return " ".join(page.extract_text().split())


# Issuing, on every kind of database.


def test_letters_are_numbered_by_unit_and_year(session: Session) -> None:
    here, there = rated_unit(session), rated_unit(session)
    assert [issue(session, here, who).reference for who in (WATI, ANDI)] == [
        "001/NL/XI/2026",
        "002/NL/XI/2026",
    ]
    assert issue(session, there, WATI).number == 1
    assert doctest.testmod(module).failed == 0


def test_a_new_year_begins_in_the_units_own_zone(session: Session) -> None:
    office = rated_unit(session)
    issue(session, office, WATI)
    last_evening = datetime(2026, 12, 31, 17, 30, tzinfo=UTC)
    letter = issue(session, office, ANDI, last_evening)
    assert (letter.reference, letter.issued_on) == ("001/NL/I/2027", date(2027, 1, 1))


def test_an_officer_has_one_letter_of_a_month(session: Session) -> None:
    office = rated_unit(session)
    first = issue(session, office, WATI)
    with pytest.raises(LetterIssued) as known:
        issue(session, office, WATI)
    assert known.value.letter == first
    assert len(letters_of(session, office.unit_id, OCTOBER)) == 1


@pytest.mark.parametrize("officer", [BUDI, SARI])
def test_without_the_evidence_there_is_no_letter(session: Session, officer: int) -> None:
    office = rated_unit(session)
    with pytest.raises(NoGround):
        issue(session, office, officer)


def test_a_month_that_is_not_closed_gives_no_letter(session: Session) -> None:
    office = rated_unit(session)
    who = Addressee(office.unit_id, OCTOBER.shift(1), office.officers[WATI])
    with pytest.raises(NoGround):
        issue_letter(session, who, Cause("kepala", "", ISSUED), own_officer_id=None)


def test_nobody_thanks_himself(session: Session) -> None:
    office = rated_unit(session)
    with pytest.raises(OwnLetter):
        issue(session, office, WATI, own=office.officers[WATI])
    assert issue(session, office, ANDI, own=office.officers[WATI]).officer == "Andi"


def test_two_who_press_at_once_issue_one_letter(engine: Engine) -> None:
    with writing(engine) as session:
        office = rated_unit(session)

    def press(officer: int) -> str:
        try:
            with writing(engine) as session:
                return issue(session, office, officer).reference
        except LetterIssued as known:
            return f"known {known.letter.reference}"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(press, [WATI, WATI, ANDI, ANDI]))
    assert len([each for each in told if each.startswith("known")]) == 2
    with reading(engine) as session:
        numbers = [each.number for each in letters_of(session, office.unit_id, OCTOBER)]
    assert sorted(numbers) == [1, 2]


def test_a_letter_stays_when_a_revision_takes_its_ground_away(session: Session) -> None:
    office = rated_unit(session)
    before = issue(session, office, WATI)
    printed = pdf(letter_sheet(session, before))
    revise(session, office, ISSUED + timedelta(days=3), n=12)
    of_the_newest = col(OfficerFigure.closing_id) == newest_closing(session, office).id
    with untriggered(session):
        for figure in session.exec(select(OfficerFigure).where(of_the_newest)):
            figure.basis = Basis.INSUFFICIENT.value
    [kept] = letters_of(session, office.unit_id, OCTOBER)
    assert kept == before
    assert pdf(letter_sheet(session, kept)) == printed
    with pytest.raises(NoGround):
        issue(session, office, ANDI, ISSUED + timedelta(days=4))


def test_issuing_is_kept_in_the_log_without_a_name(session: Session) -> None:
    issue(session, rated_unit(session), WATI)
    [entry] = session.exec(select(LogEntry).where(col(LogEntry.act) == "letter.issued"))
    assert entry.actor == "kepala"
    assert "Wati" not in entry.facts + entry.subject
    assert json.loads(entry.facts)["number"] == 1


# What is printed.


def test_a_letter_says_thanks_from_so_many_and_no_score(session: Session) -> None:
    office = rated_unit(session)
    sheet = letter_sheet(session, issue(session, office, WATI))
    printed = pdf(sheet)
    words = words_of(printed)
    for said in ("SURAT APRESIASI", "001/NL/XI/2026", "Wati", "5 November 2026",
                 "80 warga pada Oktober 2026"):  # fmt: skip
        assert said in words
    figure = session.exec(
        select(OfficerFigure).where(col(OfficerFigure.officer_id) == office.officers[WATI])
    ).one()
    for score in (figure.index_raw, figure.index_shrunk, figure.interval_low):
        assert score
        assert score.replace(".", ",") not in words
    assert b"pdfuaid" in printed
    assert pdf(sheet) == printed


@pytest.mark.parametrize("name", ["Wa" * 100, "Nama Yang Sangat Panjang " * 8, "Ö. Ågren-Đặng"])
def test_a_name_of_any_length_stays_on_one_page(session: Session, name: str) -> None:
    office = rated_unit(session)
    session.get_one(Officer, office.officers[WATI]).name = name.strip()
    unit = session.get_one(ServiceUnit, office.unit_id)
    unit.name = "Dinas Kependudukan dan Pencatatan Sipil " * 4
    letter = issue(session, office, WATI)
    assert len(PdfReader(io.BytesIO(pdf(letter_sheet(session, letter)))).pages) == 1


def test_the_head_names_the_units_above(session: Session) -> None:
    office = rated_unit(session)
    city = ServiceUnit(code="KOTA-X", name="Pemerintah Kota X", time_zone="Asia/Jakarta")
    session.add(city)
    session.flush()
    session.get_one(ServiceUnit, office.unit_id).parent_id = city.id
    assert letter_sheet(session, issue(session, office, WATI)).data["above"] == [
        "Pemerintah Kota X"
    ]


# The pages.


@pytest.fixture(autouse=True)
def _after_the_close() -> Iterator[None]:
    with time_machine.travel(ISSUED, tick=False):
        yield


@pytest.fixture
def office(sqlite_engine: Engine) -> SmallOffice:
    with writing(sqlite_engine) as session:
        return rated_unit(session)


@pytest.fixture
def app(sqlite_engine: Engine) -> Flask:
    return staff(sqlite_engine)


def head_of(
    app: Flask, engine: Engine, office: SmallOffice, role: Role = Role.UNIT_HEAD, **who: int
) -> Client:
    with writing(engine) as session:
        account_id = make_account(session, RoleIn(role, office.unit_id), name="Hendra", **who)  # type: ignore[arg-type]
    return member(app, engine, account_id=account_id)


def place_of(engine: Engine, office: SmallOffice) -> str:
    with reading(engine) as session:
        return f"/staff/unit/{code_of(session, office)}/apresiasi"


def issue_address(engine: Engine, office: SmallOffice, officer: int) -> str:
    with reading(engine) as session:
        return f"{place_of(engine, office)}/2026-10/{key_of(session, office, officer)}"


def press(client: Client, address: str) -> TestResponse:
    token = csrf_token(client.get(address))
    return client.post(address, data={"csrf_token": token}, follow_redirects=True)


def test_the_head_sees_names_and_no_figure(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    page = met_on(head_of(app, sqlite_engine, office).get(place_of(sqlite_engine, office)))
    assert "Warga puas, dan buktinya cukup untuk menyebut nama." in page
    assert page.index("Andi") < page.index("Wati")
    assert "Sari" not in page
    assert "Budi" not in page
    with reading(sqlite_engine) as session:
        for figure in session.scalars(select(OfficerFigure)).all():
            for number in (figure.index_raw, figure.index_shrunk, figure.interval_low, figure.n):
                assert str(number).replace(".", ",") not in page


def test_a_letter_is_issued_opened_and_opened_again(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    head = head_of(app, sqlite_engine, office)
    page = press(head, issue_address(sqlite_engine, office, WATI))
    assert "Surat 001/NL/XI/2026 untuk Wati diterbitkan." in words(page)
    [address] = re.findall(r'href="(/staff/unit/[^"]+\.pdf)"', page.text)
    letter = head.get(address)
    assert letter.mimetype == "application/pdf"
    assert "Hendra" in words_of(letter.data)
    again = head.get(issue_address(sqlite_engine, office, WATI), follow_redirects=True)
    assert "Wati sudah punya surat untuk bulan ini: 001/NL/XI/2026." in words(again)


def test_whoever_was_second_is_told_and_nothing_is_doubled(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    first, second = (head_of(app, sqlite_engine, office) for _ in range(2))
    address = issue_address(sqlite_engine, office, WATI)
    token = csrf_token(second.get(address))
    press(first, address)
    page = second.post(address, data={"csrf_token": token}, follow_redirects=True)
    assert "Wati sudah punya surat untuk bulan ini" in words(page)
    with reading(sqlite_engine) as session:
        assert len(session.exec(select(Letter)).all()) == 1


def test_the_officer_finds_the_letter_on_the_own_page_and_nobody_else_does(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    press(head_of(app, sqlite_engine, office), issue_address(sqlite_engine, office, WATI))
    wati, andi = (
        head_of(app, sqlite_engine, office, Role.OFFICER, officer_id=office.officers[who])
        for who in (WATI, ANDI)
    )
    page = wati.get("/staff/saya")
    assert "Surat apresiasi untuk Anda" in page.text
    [address] = re.findall(r'href="(/staff/saya/surat/[^"]+\.pdf)"', page.text)
    assert "Wati" in words_of(wati.get(address).data)
    assert andi.get(address).status_code == 404
    assert "Surat apresiasi" not in andi.get("/staff/saya").text
    assert wati.get(place_of(sqlite_engine, office)).status_code == 403


def test_a_head_who_serves_too_is_thanked_by_somebody_else(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    head = head_of(app, sqlite_engine, office, officer_id=office.officers[WATI])
    page = head.get(place_of(sqlite_engine, office))
    assert "Surat untuk Anda diterbitkan oleh orang lain." in page.text
    address = issue_address(sqlite_engine, office, WATI)
    token = csrf_token(head.get("/staff/akun-saya"))
    told = head.post(address, data={"csrf_token": token}, follow_redirects=True)
    assert "Surat untuk Anda sendiri diterbitkan oleh orang lain." in words(told)
    with reading(sqlite_engine) as session:
        assert session.exec(select(Letter)).all() == []


def test_who_may_not_be_named_gets_no_letter_by_a_guessed_address(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    head = head_of(app, sqlite_engine, office)
    token = csrf_token(head.get("/staff/akun-saya"))
    told = head.post(
        issue_address(sqlite_engine, office, SARI),
        data={"csrf_token": token},
        follow_redirects=True,
    )
    assert "belum dapat diterbitkan" in words(told)
    with reading(sqlite_engine) as session:
        assert session.exec(select(Letter)).all() == []


@pytest.mark.parametrize(
    "wrong", ["?bulan=2026-09", "?bulan=x", "/2026-09/k", "/9999-99/k", "/2026-10/tidak-ada"]
)
def test_what_there_is_not_is_not_found(
    app: Flask, sqlite_engine: Engine, office: SmallOffice, wrong: str
) -> None:
    head = head_of(app, sqlite_engine, office)
    assert head.get(place_of(sqlite_engine, office) + wrong).status_code == 404


def test_another_units_letter_is_not_found(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    with writing(sqlite_engine) as session:
        foreign = issue(session, rated_unit(session), WATI)
    head = head_of(app, sqlite_engine, office)
    assert head.get(f"{place_of(sqlite_engine, office)}/{foreign.id}.pdf").status_code == 404


def test_when_nobody_is_named_the_page_says_why_and_blames_nobody(
    app: Flask, sqlite_engine: Engine
) -> None:
    with writing(sqlite_engine) as session:
        close_call = rated_unit(session, {WATI: (0, 0, 22, 38), BUDI: (0, 0, 25, 35)})
        few = rated_unit(session, {WATI: (0, 0, 0, 9)})
    for office, why in ((close_call, "masih mungkin kebetulan"), (few, "belum cukup warga")):
        page = words(head_of(app, sqlite_engine, office).get(place_of(sqlite_engine, office)))
        assert why in page
        assert "Itu tidak mengurangi kerja siapa pun." in page


def test_a_name_that_cannot_be_printed_says_what_to_do(
    app: Flask, sqlite_engine: Engine, office: SmallOffice
) -> None:
    with writing(sqlite_engine) as session:
        session.get_one(Officer, office.officers[WATI]).name = "王小明"
    head = head_of(app, sqlite_engine, office)
    page = press(head, issue_address(sqlite_engine, office, WATI))
    [address] = re.findall(r'href="(/staff/unit/[^"]+\.pdf)"', page.text)
    told = head.get(address, follow_redirects=True)
    assert "Minta operator TI memperbaiki namanya" in words(told)


def test_reading_is_kept_in_the_log(app: Flask, sqlite_engine: Engine, office: SmallOffice) -> None:
    head_of(app, sqlite_engine, office).get(place_of(sqlite_engine, office))
    with reading(sqlite_engine) as session:
        acts = session.scalars(select(LogEntry.act).where(col(LogEntry.act) == "people.read")).all()
    assert acts == ["people.read"]


def test_an_account_that_is_gone_leaves_the_letter_readable(session: Session) -> None:
    office = rated_unit(session)
    session.execute(
        insert(Letter),
        {"id": uuid4(), "unit_id": office.unit_id, "month": OCTOBER,
         "officer_id": office.officers[WATI], "year": 2026, "number": 9, "issued_at": ISSUED,
         "issued_by": "Kepala lama"},
    )  # fmt: skip
    [letter] = own_letters(session, office.officers[WATI])
    assert letter.issuer == "Kepala lama"
