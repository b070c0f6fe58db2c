"""The unit head's pages of publishing: look, publish, take back, and tell where it was shown."""

import io
from collections.abc import Iterator
from csv import DictReader
from dataclasses import dataclass
from datetime import date
from zipfile import ZipFile

import pytest
import time_machine
from sqlalchemy import Engine
from werkzeug.test import Client

from aggregation.publishing.models import Medium
from survey.database import writing
from survey.models import ServiceUnit
from tests.access_world import AT
from tests.improvement_factories import document, done, kept_proof, picture, planned
from tests.publication_factories import noted, published, release_period, released_unit
from tests.record_factories import rows_of
from tests.report_factories import an_issued_report
from tests.site_client import phone
from tests.staff_factories import csrf_token, member, send, staff
from tests.statements import statements

NOW = AT.replace(month=11)


@dataclass(frozen=True)
class Desk:
    """A unit head before a unit that has a released quarter."""

    engine: Engine
    unit_id: int
    code: str
    client: Client

    @property
    def pages(self) -> str:
        return f"/staff/unit/{self.code}/publikasi"

    def publish(self, period: str = "2026-Q3") -> str:
        """Look at a period and press the button; return what the next page says."""
        address = f"{self.pages}/{period}"
        page = self.client.get(address)
        digest = page.text.partition('name="digest" value="')[2][:64]
        fields = {"csrf_token": csrf_token(page), "digest": digest}
        return self.client.post(address, data=fields, follow_redirects=True).text


@pytest.fixture
def head(sqlite_engine: Engine) -> Iterator[Desk]:
    with writing(sqlite_engine) as session:
        unit_id = released_unit(session)
        code = session.get_one(ServiceUnit, unit_id).code
    with time_machine.travel(NOW, tick=True):
        yield Desk(sqlite_engine, unit_id, code, member(staff(sqlite_engine), sqlite_engine))


def test_a_period_is_looked_at_then_published_with_its_cards(head: Desk) -> None:
    assert "belum terbit" in head.client.get(head.pages).text.lower()
    preview = head.client.get(f"{head.pages}/2026-Q3/pratinjau").text
    assert "Pratinjau: halaman ini belum terbit." in preview
    assert "Menurut 412 warga" in preview
    assert "Triwulan III 2026 diterbitkan, terbitan 1." in head.publish()
    public = phone(head.engine)
    assert "Menurut 412 warga" in public.get(f"/publik/{head.code}").text
    starts = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF"}
    for kind, start in starts.items():
        for language in ("id", "en"):
            card = public.get(f"/publik/{head.code}/kartu.{kind}?lang={language}")
            assert card.data.startswith(start), (kind, language)
    assert len({row["body"] for row in rows_of(head.engine, "published_card")}) == 6
    assert "terbitan 1" in head.client.get(head.pages).text


def test_the_same_is_not_offered_again_and_a_new_release_is(head: Desk) -> None:
    head.publish()
    page = head.client.get(f"{head.pages}/2026-Q3").text
    assert "Terbitan 1 sudah memuat isi ini." in page
    assert 'name="digest"' not in page
    with writing(head.engine) as session:
        release_period(session, head.unit_id, "2026-Q3", (1, 2), number=1)
    assert "Angka lebih baru" in head.client.get(head.pages).text
    assert "terbitan 2" in head.publish()
    assert "Angka lebih baru" not in head.client.get(head.pages).text


def test_what_changed_since_it_was_looked_at_is_not_published(head: Desk) -> None:
    address = f"{head.pages}/2026-Q3"
    answer = send(head.client, address, digest="0" * 64)
    assert (answer.status_code, answer.location) == (303, address)
    assert "berubah sejak halaman ini dibuka" in head.client.get(address).text
    assert rows_of(head.engine, "publication") == []


def test_the_list_takes_as_many_statements_for_many_periods_as_for_few_and_no_document(
    head: Desk,
) -> None:
    with statements(head.engine) as few:
        head.client.get(head.pages)
    for month in ("2026-07", "2026-08", "2026-09"):
        with writing(head.engine) as session:
            release_period(session, head.unit_id, month, (1, 2))
            published(session, head.unit_id, month)
    with statements(head.engine) as many:
        page = head.client.get(head.pages).text
    assert page.count("terbitan 1,") == 3
    assert len(many) == len(few)
    assert [each for each in many if "document" in each] == []


@pytest.mark.parametrize(
    "period",
    ["2026-10", "2026-13", "x", "2026-Q3x", "0000", "2000", "2000-01", "2000-Q1", "2000-S1"],
)
def test_a_period_that_cannot_be_published_has_no_page(head: Desk, period: str) -> None:
    for page in ("", "/pratinjau", "/kartu.png", "/tarik"):
        assert head.client.get(f"{head.pages}/{period}{page}").status_code == 404


def test_a_name_that_cannot_be_printed_is_said_and_nothing_is_published(head: Desk) -> None:
    with writing(head.engine) as session:
        session.get_one(ServiceUnit, head.unit_id).name = "役所"
    assert "bukan huruf Latin" in head.publish()
    assert rows_of(head.engine, "publication") == []


def test_a_period_is_withdrawn_with_a_reason(head: Desk) -> None:
    head.publish()
    address = f"{head.pages}/2026-Q3/tarik"
    assert send(head.client, address, reason=" ").status_code == 422
    assert send(head.client, address, reason="Salah hitung").status_code == 303
    page = head.client.get(head.pages).text
    assert "Umum tidak melihatnya lagi." in page
    assert "Ditarik" in page
    assert phone(head.engine).get(f"/publik/{head.code}").status_code == 410
    assert head.client.get(address).status_code == 404


def test_where_a_period_was_shown_is_entered_with_a_photo(head: Desk) -> None:
    head.publish()
    photo = (io.BytesIO(picture("JPEG")), "lobi.jpg")
    entry = {"period": "2026-Q3", "medium": "screen", "shown_on": "2026-10-10"}
    address = f"{head.pages}/catat"
    answer = send(head.client, address, **entry, place=" TV lobi <b> ", photo=photo)
    assert answer.status_code == 303
    page = head.client.get(head.pages).text
    assert "TV lobi &lt;b&gt;" in page
    assert "Media pada 2026: 2" in page
    [row] = rows_of(head.engine, "publication_note")
    found = head.client.get(f"{head.pages}/catatan/{row['id']}/berkas")
    assert found.data.startswith(b"\xff\xd8")
    assert found.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"shown_on": "2026-12-10"}, "Tanggal ini belum tiba."),
        ({"place": "  "}, "Isi alamat atau tempatnya."),
        ({"place": "x" * 401}, "Paling panjang 400 huruf."),
        ({"shown_on": ""}, "Isi tanggalnya."),
        ({"medium": "radio"}, "Belum tersimpan."),
        ({"period": "2026-Q2"}, "Belum tersimpan."),
    ],
)
def test_an_entry_that_cannot_be_is_told_at_its_field(
    head: Desk, changed: dict[str, str], words: str
) -> None:
    with writing(head.engine) as session:
        published(session, head.unit_id)
    entry = {"period": "2026-Q3", "medium": "press", "shown_on": "2026-10-10", "place": "Koran"}
    answer = send(head.client, f"{head.pages}/catat", **{**entry, **changed})
    assert answer.status_code == 422
    assert words in answer.text
    assert rows_of(head.engine, "publication_note") == []


def test_a_file_that_is_no_document_and_no_picture_is_refused(head: Desk) -> None:
    with writing(head.engine) as session:
        published(session, head.unit_id)
    entry = {"period": "2026-Q3", "medium": "press", "shown_on": "2026-10-10", "place": "Koran"}
    page = (io.BytesIO(b"<script>alert(1)</script>"), "foto.png")
    answer = send(head.client, f"{head.pages}/catat", **entry, photo=page)
    assert answer.status_code == 422
    assert "bukan PDF, JPEG, PNG, atau WEBP" in answer.text


def test_a_text_in_the_place_of_the_photo_is_no_photo(head: Desk) -> None:
    with writing(head.engine) as session:
        published(session, head.unit_id)
    entry = {"period": "2026-Q3", "medium": "press", "shown_on": "2026-10-10", "place": "Koran"}
    assert send(head.client, f"{head.pages}/catat", **entry, photo="abc").status_code == 303
    [row] = rows_of(head.engine, "publication_note")
    assert row["file_id"] is None


def bundle(head: Desk, year: int = 2026) -> dict[str, bytes]:
    answer = head.client.get(f"{head.pages}/pekppp-{year}.zip")
    with ZipFile(io.BytesIO(answer.data)) as opened:
        return {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}


def test_the_evidence_of_a_year_is_one_zip_that_says_what_each_file_proves(head: Desk) -> None:
    head.publish()
    with writing(head.engine) as session:
        an_issued_report(session, head.unit_id, "2026-Q3")
        for medium in (Medium.SCREEN, Medium.SOCIAL, Medium.PRINTED, Medium.PRESS):
            noted(session, head.unit_id, medium=medium)
        action = planned(session, head.unit_id)
        kept_proof(session, head.unit_id, action)
        done(session, head.unit_id, action, on=date(2026, 11, 2))
    files = bundle(head)
    assert next(iter(files)) == "00-daftar-isi.csv"
    assert {name.partition("/")[0] for name in files} == {
        "00-daftar-isi.csv", "1-laporan", "2-publikasi", "3-tindak-lanjut",
    }  # fmt: skip
    rows = list(DictReader(io.StringIO(files["00-daftar-isi.csv"].decode())))
    assert [(row["Bobot"], row["Tercapai"]) for row in rows] == [
        ("0,17", "1 laporan, 1 publikasi, 1 tindak lanjut"),
        ("0,07", ">4"),
        ("0,07", "100%"),
        ("0,07", "3 bulan"),
    ]
    named = {name for row in rows for name in row["Berkas bukti"].splitlines()}
    assert named == set(files) - {"00-daftar-isi.csv"}
    assert files["2-publikasi/kartu-2026-Q3.pdf"].startswith(b"%PDF")
    assert len([name for name in files if name.startswith("2-publikasi/foto/")]) == 4
    assert len([name for name in files if name.startswith("3-tindak-lanjut/bukti/")]) == 1
    assert bundle(head) == files
    assert list(bundle(head)) == list(files)


def test_a_year_without_anything_says_so(head: Desk) -> None:
    files = bundle(head, 2025)
    assert "0 laporan, 0 publikasi, 0 tindak lanjut" in files["00-daftar-isi.csv"].decode()
    for year in (1999, 2027, 10_000):
        assert head.client.get(f"{head.pages}/pekppp-{year}.zip").status_code == 404


def test_names_in_the_zip_lead_nowhere_else(head: Desk) -> None:
    with writing(head.engine) as session:
        published(session, head.unit_id)
        noted(session, head.unit_id, name="../../etc/passwd\\..\\x.pdf", photo=document())
    names = [name for name in bundle(head) if "/foto/" in name]
    assert len(names) == 1
    assert ".." not in names[0].split("/")
    assert "\\" not in names[0]
    assert date(2026, 10, 6).isoformat() in names[0]
