"""The pages of the follow-up register: read by the branch, kept by the unit head."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import Client, TestResponse, encode_multipart

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.evidence import handed_in
from aggregation.evidence.models import MediaType
from aggregation.improvements.quarters import quarter_named
from survey.database import writing
from survey.set_up import add_unit
from tests.improvement_factories import (
    document,
    done,
    kept_proof,
    picture,
    planned,
    released_quarter,
)
from tests.page_words import words
from tests.record_factories import count_of, rows_of
from tests.staff_factories import csrf_token, make_account, member, send, staff

TODAY = datetime(2026, 11, 10, 3, 0, tzinfo=UTC)
HOSTILE = "<script>alert(1)</script>"
PAGE = b"<!doctype html><html><body><script>alert(1)</script></body></html>"
MEGABYTE = 1024 * 1024

A_PLAN = {
    "period": "2026-Q3",
    "element": "WAKTU",
    "said": "Antrean pagi terlalu lama.",
    "action": "Membuka satu loket pengambilan",
    "horizon": "short",
    "quarter": "2026-Q4",
    "due_on": "",
    "responsible": "Kepala Seksi Pelayanan",
}


@pytest.fixture(autouse=True)
def november() -> Iterator[None]:
    with time_machine.travel(TODAY, tick=False):
        yield


class World:
    """A unit with a released quarter, and its head at the browser."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.app = engine, staff(engine)
        self.unit_id = self.unit("DUKCAPIL")
        self.page = "/staff/unit/DUKCAPIL/tindak-lanjut"
        self.head = self.somebody(Role.UNIT_HEAD)

    def unit(self, code: str) -> int:
        with writing(self.engine) as session:
            made = add_unit(session, code, f"Kantor {code}", "Asia/Jakarta")
            released_quarter(session, made)
        return made

    def somebody(self, role: Role, unit_id: int | None = None) -> Client:
        with writing(self.engine) as session:
            account = make_account(session, RoleIn(role, unit_id or self.unit_id))
        return member(self.app, self.engine, account_id=account)

    def planned(self, unit_id: int | None = None, **changed: Any) -> UUID:  # noqa: ANN401
        with writing(self.engine) as session:
            return planned(session, unit_id or self.unit_id, **changed)

    def done(self, action: UUID, on: date = date(2026, 11, 2)) -> None:
        with writing(self.engine) as session:
            done(session, self.unit_id, action, on)

    def upload(self, action: UUID, *files: tuple[str, bytes]) -> TestResponse:
        token = csrf_token(self.head.get(f"{self.page}/{action}"))
        return handed_in_at(self.head, f"{self.page}/{action}/bukti", token, *files)


def handed_in_at(
    client: Client, address: str, token: str, *files: tuple[str, bytes]
) -> TestResponse:
    handed = [FileStorage(io.BytesIO(body), name) for name, body in files]
    # Written out here: the test client would leave a temporary file of a large body open.
    boundary, body = encode_multipart(
        MultiDict([("csrf_token", token), *(("files", each) for each in handed)])
    )
    kind = f"multipart/form-data; boundary={boundary}"
    return client.post(address, data=body, content_type=kind)


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return World(sqlite_engine)


# The register.


def test_an_empty_register_says_what_it_is_for(world: World) -> None:
    page = words(world.head.get(world.page))
    assert "Belum ada rencana tindak lanjut." in page
    assert "Belum dijawab: unsur terlemah Triwulan III 2026" in page


def test_the_register_begins_with_a_sentence_and_the_ministrys_figures(world: World) -> None:
    finished, dropped = world.planned(), world.planned()
    world.planned(quarter=quarter_named("2026-Q3"), due_on=date(2026, 9, 30))
    world.done(finished)
    tell(world, dropped, progress="dropped", text="Salah unsur.")
    page = words(world.head.get(world.page))
    assert "Dari 3 rencana, 1 selesai, 1 terlambat, 1 dibatalkan." in page
    assert "30% sampai 80% 1 dari 2 rencana, tanpa yang dibatalkan" in page
    assert "Belum dapat dinilai" in page


def test_the_speed_is_told_once_more_than_half_is_done(world: World) -> None:
    world.done(world.planned())
    page = words(world.head.get(world.page))
    assert "Paling lama 3 bulan" in page
    assert "dalam 2 bulan sejak akhir periode survei" in page


def test_the_list_is_narrowed_by_year_and_status(world: World) -> None:
    world.done(world.planned(action="Menambah kursi"))
    world.planned(action="Mengganti AC")
    page = words(world.head.get(f"{world.page}?tahun=2026&status=done"))
    assert "Dari 2 rencana atas survei 2026, 1 selesai." in page
    assert "Menambah kursi" in page
    assert "Mengganti AC" not in page
    for odd in ("?tahun=9999&status=soon", "?tahun=x", "?status=late"):
        assert world.head.get(world.page + odd).status_code == 200


def test_those_who_see_the_unit_read_and_change_nothing(world: World) -> None:
    action = world.planned()
    for role in (Role.OFFICER, Role.AUDITOR, Role.ASSESSOR):
        reader = world.somebody(role)
        for address in ("", f"/{action}", "/unduh/csv"):
            page = reader.get(world.page + address)
            assert page.status_code == 200
            assert "Buat rencana" not in page.text
            assert "Unggah bukti" not in page.text
        for address in ("/rencanakan", f"/{action}/kabar", f"/{action}/bukti"):
            assert reader.get(world.page + address).status_code == 403


# Planning.


def test_a_plan_is_proposed_from_the_weakest_element(world: World) -> None:
    page = world.head.get(f"{world.page}/rencanakan?periode=2026-Q3&unsur=WAKTU")
    assert '<option selected value="WAKTU">' in page.text
    assert '<option selected value="2026-Q4">' in page.text
    assert "Anda menilai waktu pelayanan belum memuaskan." in page.text


def test_a_plan_is_put_into_the_register_due_at_the_end_of_its_quarter(world: World) -> None:
    answer = send(world.head, f"{world.page}/rencanakan", **A_PLAN)
    assert answer.status_code == 303
    assert "paling lambat 31 Desember 2026" in words(world.head.get(world.page))


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"action": " "}, "Tulis apa yang akan dilakukan."),
        ({"said": "NIK 3273012505900001 ditolak."}, "Hapus nama orang, nomor seperti NIK"),
        ({"action": "x" * 401}, "Paling panjang 400 huruf."),
        ({"action": "Loket \u202ebaru"}, "tanda yang tidak terlihat"),
        ({"responsible": ""}, "Tulis jabatan yang bertanggung jawab."),
        ({"said": "x" * 301}, "Paling panjang 300 huruf."),
        ({"quarter": "2026-Q5"}, "Pilih dari daftar."),
        ({"quarter": "2026-10"}, "Pilih dari daftar."),
        ({"due_on": "2027-01-01"}, "Tanggal ini di luar triwulan yang dipilih."),
        ({"due_on": "besok"}, "Tulis tanggal seperti 2026-11-09."),
        ({"period": "2026-Q1"}, "Pilih dari daftar."),
        ({"element": "SENYUM"}, "Pilih dari daftar."),
        ({"horizon": "soon"}, "Pilih salah satu."),
    ],
)
def test_a_plan_that_cannot_be_is_answered_beside_its_field(
    world: World, changed: dict[str, str], says: str
) -> None:
    page = send(world.head, f"{world.page}/rencanakan", **{**A_PLAN, **changed})
    assert page.status_code == 422
    assert says in words(page)
    assert count_of(world.engine, "improvement") == 0


def test_without_a_released_period_there_is_nothing_to_plan(world: World) -> None:
    with writing(world.engine) as session:
        unit_id = add_unit(session, "BARU", "Kantor baru", "Asia/Jakarta")
    head = world.somebody(Role.UNIT_HEAD, unit_id)
    page = head.get("/staff/unit/BARU/tindak-lanjut/rencanakan")
    assert "Belum ada hasil survei" in words(page)
    assert "<textarea" not in page.text
    assert "Belum dijawab" not in words(head.get("/staff/unit/BARU/tindak-lanjut"))


def test_what_people_type_is_shown_as_they_typed_it(world: World) -> None:
    typed = {"said": HOSTILE, "action": f"=1+1 {HOSTILE}", "responsible": HOSTILE}
    send(world.head, f"{world.page}/rencanakan", **{**A_PLAN, **typed})
    [row] = rows_of(world.engine, "improvement")
    for address in ("", f"/{row['id']}"):
        page = world.head.get(world.page + address).text
        assert HOSTILE not in page
        assert "&lt;script&gt;" in page


# Telling.


def seen_on(page: TestResponse) -> str:
    [seen] = re.findall(r'name="seen" value="([^"]*)"', page.text)
    return str(seen)


def tell(world: World, action: UUID, **changed: str) -> TestResponse:
    address = f"{world.page}/{action}"
    seen = seen_on(world.head.get(address))
    usual = {"progress": "running", "text": "", "seen": seen}
    return send(world.head, f"{address}/kabar", **{**usual, **changed})


def test_an_action_shows_its_dated_history(world: World) -> None:
    action = world.planned()
    assert tell(world, action, text="Loket dipesan.", due_on="2027-02-01").status_code == 303
    told = tell(
        world, action, progress="done", text="Loket dibuka.", done_on="2026-11-09", is_public="y"
    )
    assert told.status_code == 303
    page = words(world.head.get(f"{world.page}/{action}"))
    assert "semula 31 Desember 2026" in page
    assert page.index("Loket dipesan.") < page.index("Loket dibuka.")
    assert "Tampil kepada warga" in page


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"progress": "done", "text": "Dibuka."}, "Isi tanggal selesainya"),
        ({"progress": "done", "done_on": "2026-11-11", "text": "x"}, "Isi tanggal selesainya"),
        ({"progress": "done", "done_on": "2026-11-09"}, "Tulis apa yang dilakukan"),
        (
            {
                "progress": "done",
                "done_on": "2026-11-09",
                "text": "Petugas tolol diganti.",
                "is_public": "y",
            },
            "Hapus nama orang, nomor seperti NIK",
        ),
        ({"progress": "planned"}, "Belum ada yang baru."),
        ({"progress": "soon"}, "Pilih salah satu."),
        ({"due_on": "2026-11-09"}, "Isi tenggat mulai hari ini"),
        ({"text": "x" * 401}, "Paling panjang 400 huruf."),
        ({"seen": str(UUID(int=7))}, "Orang lain baru saja mencatat perkembangan."),
        ({"seen": "x"}, "Orang lain baru saja mencatat perkembangan."),
        ({"seen": ""}, "Orang lain baru saja mencatat perkembangan."),
    ],
)
def test_what_cannot_be_told_is_answered_beside_its_field(
    world: World, changed: dict[str, str], says: str
) -> None:
    page = tell(world, world.planned(), **changed)
    assert page.status_code == 422
    assert says in words(page)
    assert count_of(world.engine, "improvement_step") == 0


def test_whoever_was_overtaken_reads_first_and_saves_again(world: World) -> None:
    action = world.planned()
    tell(world, action, text="Oleh rekan.")
    page = tell(world, action, text="Oleh saya.", seen="-")
    assert page.status_code == 422
    assert "Oleh rekan." in words(page)
    again = tell(world, action, text="Oleh saya.", seen=seen_on(page))
    assert again.status_code == 303


def test_a_dropped_plan_takes_no_more_words(world: World) -> None:
    action = world.planned()
    tell(world, action, progress="dropped", text="Salah unsur.")
    assert "Catat perkembangan" not in words(world.head.get(f"{world.page}/{action}"))


def test_an_action_of_another_unit_is_not_there(world: World) -> None:
    theirs = world.planned(world.unit("LAIN"))
    for action in (theirs, uuid4()):
        assert world.head.get(f"{world.page}/{action}").status_code == 404
        token = {"csrf_token": csrf_token(world.head.get("/staff/akun-saya"))}
        for act in ("kabar", "bukti"):
            files = {"files": [(io.BytesIO(picture()), "a.png")]} if act == "bukti" else {}
            sent = {"progress": "running", "seen": "-", **token, **files}
            answer = world.head.post(f"{world.page}/{action}/{act}", data=sent)
            assert answer.status_code == 404
    assert count_of(world.engine, "evidence_file") == 0


# Files.


def files_on(page: TestResponse) -> list[str]:
    return re.findall(r'href="([^"]+)" download>', page.text)


def test_several_files_are_kept_and_can_be_saved(world: World) -> None:
    action = world.planned()
    answer = world.upload(action, ("Surat tugas – Loket.pdf", document()), ("a.png", picture()))
    assert answer.status_code == 303
    page = world.head.get(f"{world.page}/{action}")
    assert len(files_on(page)) == 2
    assert "2 bukti" in words(world.head.get(world.page))


def test_a_file_is_sent_so_that_it_can_only_be_saved(world: World) -> None:
    action = world.planned()
    world.upload(action, ("Rapat évaluasi.html", document()))
    [address] = files_on(world.head.get(f"{world.page}/{action}"))
    answer = world.head.get(address)
    assert answer.mimetype == "application/pdf"
    assert answer.data == document()
    kept = answer.headers
    assert kept["Content-Disposition"] == (
        'attachment; filename="Rapat evaluasi.html.pdf"; '
        "filename*=UTF-8''Rapat%20%C3%A9valuasi.html.pdf"
    )
    assert kept["X-Content-Type-Options"] == "nosniff"
    assert kept["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert kept["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("foto.jpg", PAGE, "bukan PDF, JPEG, PNG, atau WEBP"),
        ("foto.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "bukan PDF"),
        ("foto.heic", b"\0\0\0\x18ftypheic\0\0\0\0", "Simpan sebagai JPEG"),
        ("kosong.pdf", b"", "Berkas ini kosong"),
        ("besar.pdf", b"%PDF-" + b"x" * (2 * MEGABYTE), "lebih besar dari 2 MB"),
        ("rusak.png", picture()[:-9], "rusak atau terpotong"),
        ("", b"", "Pilih berkasnya terlebih dahulu."),
    ],
)
def test_a_file_that_proves_nothing_is_refused_in_a_sentence(
    world: World, name: str, body: bytes, says: str
) -> None:
    page = world.upload(world.planned(), (name, body))
    assert page.status_code == 422
    assert says in words(page)
    assert count_of(world.engine, "evidence_file") == 0


def test_one_bad_file_keeps_the_good_ones_out_too(world: World) -> None:
    assert world.upload(world.planned(), ("a.png", picture()), ("b.jpg", PAGE)).status_code == 422
    assert count_of(world.engine, "evidence_file") == 0


def test_a_file_of_another_unit_or_action_is_not_there(world: World) -> None:
    mine, other = world.planned(), world.planned()
    lain = world.unit("LAIN")
    theirs = world.planned(lain)
    with writing(world.engine) as session:
        foreign = kept_proof(session, lain, theirs)
        own = kept_proof(session, world.unit_id, mine)
    for action, file in ((mine, foreign), (theirs, foreign), (other, own), (mine, uuid4())):
        assert world.head.get(f"{world.page}/{action}/bukti/{file}").status_code == 404
    assert world.head.get(f"{world.page}/{mine}/bukti/{own}").status_code == 200


class Endless(io.RawIOBase):
    """A body of many megabytes that takes no memory, and tells how much of it was read."""

    def __init__(self, size: int) -> None:
        self.size, self.at, self.read_so_far = size, 0, 0

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self.at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self.at, io.SEEK_END: self.size}[whence]
        return self.at

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any buffer
        count = min(len(buffer), self.size - self.at)
        self.at += count
        self.read_so_far += count
        buffer[:count] = b"x" * count
        return count


def test_fifty_megabytes_are_refused_before_they_are_read(world: World) -> None:
    action = world.planned()
    body = Endless(50 * MEGABYTE)
    page = world.head.post(
        f"{world.page}/{action}/bukti",
        input_stream=body,
        content_type="multipart/form-data; boundary=x",
    )
    assert page.status_code == 413
    assert "paling besar 2 MB" in words(page)
    assert body.read_so_far < MEGABYTE


def mutated(body: bytes, seed: int) -> bytes:
    drawn, changed = Random(seed), bytearray(body)
    for _ in range(drawn.randint(1, 6)):
        at = drawn.randrange(len(changed))
        length = drawn.choice([1, 2, 8, 60])
        if drawn.random() < 0.5:
            changed[at : at + length] = drawn.randbytes(length)
        else:
            changed[at:at] = drawn.choice([PAGE, b"\xff\xd9", b"%%EOF", b"\0" * 9])
    return bytes(changed)


def damaged_files() -> Iterator[tuple[str, bytes]]:
    """Yield three hundred and more files that were damaged on the way."""
    whole = (document(), picture("JPEG"), picture(), picture("WEBP"))
    names = ("a.pdf", "b.jpg", "c.html", "../d.svg", "\u202ee.exe", "x" * 300, "\r\n.png", "a\0b")
    for seed in range(320):
        yield names[seed % len(names)], mutated(whole[seed % len(whole)], seed)


def harmful(world: World) -> list[str]:
    """Return the names of kept files that are none of the four kinds, or hold a page."""
    begins = (b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
    return [
        row["name"]
        for row in rows_of(world.engine, "evidence_file")
        if row["media_type"] not in set(MediaType)
        or not bytes(row["body"]).startswith(begins)
        or not row["name"].isprintable()
        or not row["name"].endswith((".pdf", ".jpg", ".png", ".webp"))
    ]


def uploaded(world: World, files: list[tuple[str, bytes]]) -> set[int]:
    """Hand in files one by one, at as many actions as they need; return the answers."""
    token = csrf_token(world.head.get("/staff/akun-saya"))
    codes, address = set(), ""
    for place, (name, body) in enumerate(files):
        if place % 20 == 0:
            address = f"{world.page}/{world.planned()}/bukti"
        codes.add(handed_in_at(world.head, address, token, (name, body)).status_code)
    return codes


def test_of_three_hundred_damaged_files_none_breaks_or_slips_in(world: World) -> None:
    world.app.testing = False  # what fails is answered with 500, as it would be
    assert uploaded(world, list(damaged_files())) <= {303, 400, 422}
    assert harmful(world) == []
    assert count_of(world.engine, "evidence_file") > 0


def test_a_gate_that_stands_open_is_noticed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handed_in, "_opened", lambda body: (MediaType.JPEG, body))
    uploaded(world, [("foto.jpg", PAGE)])
    assert harmful(world) == ["foto.jpg"]


# Taking it away.


def test_the_register_is_taken_away_in_the_regulations_columns(world: World) -> None:
    world.done(world.planned(action="=HYPERLINK(1)"))
    answer = world.head.get(f"{world.page}/unduh/csv?tahun=2026")
    assert answer.headers["Content-Disposition"] == "attachment; filename=rtl-DUKCAPIL-2026.csv"
    head, row = csv.reader(io.StringIO(answer.text))
    assert head[:10] == [
        "No", "Hasil survei", "Prioritas unsur", "Program/kegiatan", "Tahun",
        "TW I", "TW II", "TW III", "TW IV", "Penanggung jawab",
    ]  # fmt: skip
    assert row[:10] == [
        "1", "Triwulan III 2026", "Waktu pelayanan", "'=HYPERLINK(1)", "2026", "", "", "", "v",
        "Kepala Seksi Pelayanan",
    ]  # fmt: skip
    assert row[10:] == [
        "2026-12-31", "sudah selesai", "2026-11-02", "Loket pengambilan dibuka.", "0",
    ]  # fmt: skip
    book = world.head.get(f"{world.page}/unduh/xlsx")
    sheet = CalamineWorkbook.from_object(io.BytesIO(book.data)).get_sheet_by_index(0)
    assert sheet.to_python()[1][3] == "=HYPERLINK(1)"


def test_who_kept_the_register_is_named_on_the_page_of_an_action(world: World) -> None:
    action = world.planned()
    tell(world, action, text="Loket dipesan.")
    assert "oleh Rina Contoh" in words(world.head.get(f"{world.page}/{action}"))
