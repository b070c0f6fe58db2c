"""The pages of the official report: from the draft to the kept file."""

import io
import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import Engine, text
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.method.questionnaire_counts import QuestionnaireCounts
from survey.database import reading, writing
from tests.release_factories import made_release
from tests.report_factories import (
    QUARTER,
    REPORTED_AT,
    ReportedQuarter,
    release_quarter,
    reported_quarter,
)
from tests.staff_factories import csrf_token, member, staff

_FIELD = re.compile(r'name="(csrf_token|drawn|seen)"[^>]*value="([^"]*)"')


@pytest.fixture
def app(sqlite_engine: Engine) -> Iterator[Flask]:
    with time_machine.travel(REPORTED_AT, tick=True):
        yield staff(sqlite_engine)


@pytest.fixture
def quarter(sqlite_engine: Engine) -> ReportedQuarter:
    with writing(sqlite_engine) as session:
        return reported_quarter(session, 12)


@pytest.fixture
def head(app: Flask, sqlite_engine: Engine, quarter: ReportedQuarter) -> Client:
    return member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, quarter.unit.id))


def at(quarter: ReportedQuarter, rest: str = "") -> str:
    return f"/staff/unit/{quarter.unit.code}/laporan{rest}"


def words(page: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", page.text))


def send(client: Client, address: str, **fields: str) -> TestResponse:
    token = csrf_token(client.get(address))
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)


def confirmed(client: Client, quarter: ReportedQuarter) -> dict[str, str]:
    """Open the last look, and return what its button would send."""
    return dict(_FIELD.findall(client.get(at(quarter, "/2026-Q3/terbitkan")).text))


def issued(client: Client, quarter: ReportedQuarter) -> TestResponse:
    fields = confirmed(client, quarter)
    return client.post(at(quarter, "/2026-Q3/terbitkan"), data=fields, follow_redirects=True)


def test_the_draft_says_why_an_annex_is_withheld(app: Flask, sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        quarter = reported_quarter(session, 89)
        for place, month in enumerate(map(str, QUARTER.months[:2])):
            counts = QuestionnaireCounts.of(quarter.arrived[place::3])
            closing = {month: quarter.closings[month]}
            made_release(session, quarter.unit.id, month, counts, closings=closing)
    head = member(app, sqlite_engine, RoleIn(Role.UNIT_HEAD, quarter.unit.id))
    of_quarter = words(head.get(at(quarter, "/2026-Q3")))
    assert "Tidak ada Jika dikurangi lampiran lain, jawaban sedikit orang" in of_quarter
    assert "Ada, diacak" in words(head.get(at(quarter, "/2026-07")))


def test_from_the_list_to_an_issued_report(head: Client, quarter: ReportedQuarter) -> None:
    assert "Triwulan III 2026 – Siapkan laporan" in words(head.get(at(quarter)))
    draft = head.get(at(quarter, "/2026-Q3"))
    assert "Kuesioner lengkap 12" in words(draft)
    assert "Baru dilampirkan mulai 30 kuesioner lengkap." in words(draft)
    send(head, at(quarter, "/2026-Q3"), nama="Dra. Sri Contoh", penutup="Demikian laporan ini.")
    last = words(head.get(at(quarter, "/2026-Q3/terbitkan")))
    assert "Laporan akan bernomor 001/SKM/X/2026" in last
    assert "Nama penanda tangan belum diisi" not in last
    done = issued(head, quarter)
    assert "Laporan nomor 001/SKM/X/2026 diterbitkan." in words(done)
    [address] = set(re.findall(r'href="([^"]+/terbit/[^"]+/pdf)"', done.text))
    file = head.get(address)
    assert file.mimetype == "application/pdf"
    assert "laporan-skm-" in file.headers["Content-Disposition"]
    said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(file.data)).pages)
    assert "Demikian laporan ini." in said
    assert "Dra. Sri Contoh" in said


def test_a_form_that_is_sent_twice_issues_one_report(
    head: Client, quarter: ReportedQuarter
) -> None:
    fields = confirmed(head, quarter)
    for _ in range(2):
        done = head.post(at(quarter, "/2026-Q3/terbitkan"), data=fields, follow_redirects=True)
        assert "Laporan nomor 001/SKM/X/2026 diterbitkan." in words(done)
    assert "002/SKM" not in words(head.get(at(quarter)))


def test_a_report_that_changed_since_the_last_look_is_looked_at_again(
    head: Client, quarter: ReportedQuarter
) -> None:
    fields = confirmed(head, quarter)
    send(head, at(quarter, "/2026-Q3"), tujuan="Tujuan lain.")
    done = head.post(at(quarter, "/2026-Q3/terbitkan"), data=fields, follow_redirects=True)
    assert "Laporan berubah sejak Anda membukanya" in words(done)
    assert "/SKM/" not in words(head.get(at(quarter)))


def test_a_text_is_worded_and_given_back_its_draft(head: Client, quarter: ReportedQuarter) -> None:
    place = at(quarter, "/2026-Q3")
    hostile = "<script>alert(1)</script> {{ 7*7 }}"
    page = send(head, place, tujuan=hostile, metode="Cara kami.")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; {{ 7*7 }}" in page.text
    assert page.text.count('name="kembalikan"') == 2
    page = send(head, place, tujuan=hostile, metode="Cara lain.", kembalikan="tujuan")
    assert "Teks dikembalikan ke usulan." in words(page)
    assert "alert(1)" not in page.text
    assert "Cara lain." in page.text


def test_a_text_that_is_too_long_stays_in_its_field(head: Client, quarter: ReportedQuarter) -> None:
    token = csrf_token(head.get(at(quarter, "/2026-Q3")))
    fields = {"csrf_token": token, "tujuan": "x" * 6001, "metode": "Cara kami."}
    page = head.post(at(quarter, "/2026-Q3"), data=fields)
    assert page.status_code == 422
    assert "Tujuan terlalu panjang, paling panjang 6.000 huruf." in words(page)
    assert "x" * 6001 in page.text


def test_letters_that_cannot_be_printed_are_told(head: Client, quarter: ReportedQuarter) -> None:
    send(head, at(quarter, "/2026-Q3"), nama="ရင်ဝေ")
    page = head.get(at(quarter, "/2026-Q3/konsep/pdf"), follow_redirects=True)
    assert "ada huruf yang bukan huruf Latin" in words(page)
    assert "ada huruf yang bukan huruf Latin" in words(issued(head, quarter))


def test_after_a_revision_a_corrected_report_gets_the_next_number(
    head: Client, quarter: ReportedQuarter, sqlite_engine: Engine
) -> None:
    issued(head, quarter)
    with writing(sqlite_engine) as session:
        release_quarter(session, quarter.office, quarter.arrived, quarter.closings, number=1)
    page = words(head.get(at(quarter, "/2026-Q3")))
    assert "Angka telah direvisi; terbitkan laporan perbaikan." in page
    assert "Siapkan laporan perbaikan" in words(head.get(at(quarter)))
    assert "Laporan nomor 002/SKM/X/2026 diterbitkan." in words(issued(head, quarter))


def test_what_is_not_closed_says_which_months_to_close(
    head: Client, quarter: ReportedQuarter
) -> None:
    page = head.get(at(quarter, "/2026-S2"))
    assert "Tutup dahulu bulan berikut: Oktober 2026 November 2026 Desember 2026" in words(page)
    assert head.get(at(quarter, "/2026-Q5")).status_code == 404
    assert head.get(at(quarter, "/besok")).status_code == 404
    assert head.get(at(quarter, "/2026-S2/konsep/pdf")).status_code == 303


def test_others_of_the_unit_read_what_was_issued_and_nothing_before(
    head: Client, app: Flask, quarter: ReportedQuarter, sqlite_engine: Engine
) -> None:
    officer = member(app, sqlite_engine, RoleIn(Role.AUDITOR, quarter.unit.id))
    assert "Belum ada laporan yang terbit." in words(officer.get(at(quarter)))
    assert officer.get(at(quarter, "/2026-Q3")).status_code == 403
    done = issued(head, quarter)
    [address] = set(re.findall(r'href="([^"]+/terbit/[^"]+/xlsx)"', done.text))
    assert address in officer.get(at(quarter)).text
    assert officer.get(address).status_code == 200
    other = address.replace(quarter.unit.code, "LAIN")
    assert head.get(other).status_code == 404


def test_no_address_and_no_entry_of_the_log_holds_the_nip(
    head: Client, quarter: ReportedQuarter, sqlite_engine: Engine
) -> None:
    nip = "197001011995032001"
    send(head, at(quarter, "/2026-Q3"), nama="Sri Contoh", nip=nip)
    issued(head, quarter)
    with reading(sqlite_engine) as session:
        log = session.execute(text("SELECT actor || act || subject || facts FROM log_entry"))
        entries = list(log.scalars())
    assert any("report.issued" in entry for entry in entries)
    assert not any(nip in entry or "Sri Contoh" in entry for entry in entries)
