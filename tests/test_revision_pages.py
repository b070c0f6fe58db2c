"""The pages of revisions: preparing one, looking at what it would change, deciding on it."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import Engine
from sqlmodel import col, select
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.models import Account
from aggregation.access.roles import Role
from aggregation.appraisal.models import Ground
from aggregation.appraisal.revision_requests import Asked
from survey.database import reading, writing
from survey.models import Desk
from tests.month_factories import SmallOffice
from tests.record_factories import rows_of
from tests.revision_factories import LATE, LATER, approved, duty, october, prepared, upheld
from tests.score_factories import code_of
from tests.staff_factories import csrf_token, make_account, member, send, staff
from tests.worlds import as_made

PRINTED = re.compile(r"\d\d,\d\d")


@pytest.fixture(autouse=True)
def ninth_of_november() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


class World:
    """An October to be revised, and people with their roles."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.office: SmallOffice = as_made(engine, october)
        with reading(engine) as session:
            self.unit = f"/staff/unit/{code_of(session, self.office)}/revisi"
            desk = session.get_one(Desk, self.office.desks[0])
            self.desk = desk.public_key
        self.new = f"{self.unit}/baru"

    def somebody(self, role: Role = Role.HR, officer: int | None = None) -> Client:
        who = None if officer is None else self.office.officers[officer]
        with writing(self.engine) as session:
            account = make_account(session, RoleIn(role, self.office.unit_id), officer_id=who)
        return member(staff(self.engine), self.engine, account_id=account)

    def name(self, officer: int) -> str:
        rows = rows_of(self.engine, "officer")
        return str(next(row["name"] for row in rows if row["id"] == self.office.officers[officer]))

    def line(self, number: int = 0, officer: str | None = None, **other: str) -> dict[str, str]:
        fields = {
            "desk": self.desk,
            "day": "2026-10-05",
            "starts": "08.00",
            "ends": "12.00",
            "officer": self.name(1) if officer is None else officer,
            **other,
        }
        return {f"lines-{number}-{name}": value for name, value in fields.items()}

    def waiting(self, asked: Asked = LATE) -> str:
        with writing(self.engine) as session:
            return f"{self.unit}/{prepared(session, self.office, asked).id}"


@pytest.fixture
def world(sqlite_engine: Engine) -> World:
    return World(sqlite_engine)


def decided(client: Client, address: str, do: str, reason: str = "") -> TestResponse:
    page = client.get(address)
    seen = re.findall(r'name="seen"[^>]*value="([^"]*)"', page.text)
    fields = {"csrf_token": csrf_token(page), "do": do, "reason": reason}
    return client.post(address, data={**fields, "seen": seen[0] if seen else ""})


# Preparing.


def test_a_correction_is_looked_at_first_and_nothing_is_kept(world: World) -> None:
    fields = {"ground": "duty", "reason": "Daftar hadir", "do": "check", **world.line()}
    page = send(world.somebody(), world.new, **fields)
    assert page.status_code == 200
    assert "Belum disimpan. Inilah yang akan berubah:" in page.text
    assert world.name(1) in page.text
    assert rows_of(world.engine, "revision_request") == []
    assert not [row for row in rows_of(world.engine, "duty_batch") if row["needs_approval"]]


def test_whoever_only_tries_a_correction_learns_no_rating_from_it(world: World) -> None:
    """Half hour by half hour, the figures before and after would tell each citizen's answer."""
    fields = {"ground": "duty", "reason": "Coba-coba", "do": "check"}
    one_half_hour = world.line(0, "-", starts="09.00", ends="09.30")
    page = send(world.somebody(Role.HR), world.new, **fields, **one_half_hour)
    [tried] = re.findall(r'(?s)<section class="objection".*?</section>', page.text)
    assert world.name(0) in tried
    assert PRINTED.findall(tried) == []
    kept = world.somebody(Role.HR).get(world.waiting(duty(world.office))).text
    assert PRINTED.findall(kept)  # what is kept names its author, and shows what it does


def test_a_correction_of_several_lines_is_kept_whole(world: World) -> None:
    fields = {
        "ground": "duty",
        "reason": "Daftar hadir",
        **world.line(0, starts="08.00", ends="10.00"),
        **world.line(1, "-", starts="10.00", ends="12.00"),
    }
    assert send(world.somebody(), world.new, **fields).status_code == 303
    [request] = rows_of(world.engine, "revision_request")
    assert (request["ground"], request["based_on"]) == ("duty", 0)
    lines = [row for row in rows_of(world.engine, "duty") if row["batch_id"] == request["batch_id"]]
    assert sorted((row["first_slot"], row["officer_id"]) for row in lines) == [
        (16, world.office.officers[1]),
        (20, None),
    ]


WRONG_LINES = [
    ({"desk": ""}, "Pilih loketnya."),
    ({"desk": "LAIN"}, "Pilih loketnya."),
    ({"day": ""}, "Isi tanggalnya."),
    ({"day": "besok"}, "Tulis tanggal seperti 2026-11-09."),
    ({"day": "9999-12-31"}, "Periksa tahunnya: tulis dengan empat angka."),
    ({"day": "2026-11-02"}, "Pilih hari di bulan yang direvisi."),
    ({"starts": ""}, "Isi jam mulai."),
    ({"starts": "08.10"}, "Tulis jam tepat atau setengah jam"),
    ({"ends": "07.00"}, "Jam selesai harus sesudah jam mulai."),
    ({"officer": ""}, "Pilih petugas dari daftar."),
    ({"officer": "Entah"}, "Pilih petugas dari daftar."),
]


@pytest.mark.parametrize(("wrong", "said"), WRONG_LINES)
def test_a_wrong_line_is_said_at_its_field_and_nothing_is_recorded(
    world: World, wrong: dict[str, str], said: str
) -> None:
    fields = {"ground": "duty", "reason": "Daftar hadir"}
    page = send(world.somebody(), world.new, **fields, **world.line(0), **world.line(1, **wrong))
    assert page.status_code == 422
    assert said in page.text
    assert "Daftar hadir" in page.text
    assert rows_of(world.engine, "revision_request") == []
    assert not [row for row in rows_of(world.engine, "duty_batch") if row["needs_approval"]]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"reason": "x"}, "Pilih sebabnya."),
        ({"ground": "cuaca", "reason": "x"}, "Pilih sebabnya."),
        ({"ground": "late", "late_until": "2026-11-08"}, "Tulis mengapa bulan ini direvisi."),
        ({"ground": "late", "reason": "x"}, "Isi tanggalnya."),
        ({"ground": "late", "reason": "x", "late_until": "2027-01-01"}, "Paling jauh hari ini."),
        ({"ground": "late", "reason": "x", "late_until": "2026-11-02"}, "Tidak ada yang berubah"),
        ({"ground": "duty", "reason": "x"}, "Isi sedikitnya satu perbaikan jadwal."),
        ({"ground": "duty", "reason": "x", "late_until": "2026-11-02"}, "Kosongkan tanggal ini"),
        ({"ground": "screening", "reason": "x"}, "Tidak ada yang berubah"),
        ({"ground": "objection", "reason": "x"}, "Pilih keberatan yang ditindaklanjuti."),
        ({"ground": "late", "reason": "y" * 401, "late_until": "2026-11-08"}, "paling panjang 400"),
    ],
)
def test_what_does_not_hold_together_is_told(
    world: World, fields: dict[str, str], said: str
) -> None:
    if fields.get("ground") == "objection":
        with writing(world.engine) as session:
            upheld(session, world.office)
    page = send(world.somebody(), world.new, **fields)
    assert page.status_code == 422
    assert said in page.text
    assert rows_of(world.engine, "revision_request") == []


def test_more_rows_keep_what_was_typed(world: World) -> None:
    fields = {"ground": "duty", "reason": "Daftar hadir", "do": "more", **world.line()}
    page = send(world.somebody(), world.new, **fields)
    assert page.status_code == 200
    assert 'name="lines-5-desk"' in page.text
    assert 'value="2026-10-05"' in page.text


@pytest.mark.parametrize("month", ["2026-09", "x", "2026-13"])
def test_a_month_that_is_not_closed_cannot_be_revised(world: World, month: str) -> None:
    assert world.somebody().get(f"{world.new}?bulan={month}").status_code == 404


def test_an_upheld_objection_leads_to_its_revision(world: World) -> None:
    with writing(world.engine) as session:
        objection = upheld(session, world.office)
    client = world.somebody()
    page = client.get(world.unit)
    assert "Perlu revisi" in page.text
    assert f"keberatan={objection}" in page.text
    address = f"{world.new}?bulan=2026-10&keberatan={objection}"
    fields = {"ground": "objection", "objection": str(objection), "reason": "x", **world.line()}
    assert send(client, address, **fields).status_code == 303
    [request] = rows_of(world.engine, "revision_request")
    assert request["batch_id"] is not None


def test_whom_it_moves_cannot_prepare_it(world: World) -> None:
    fields = {"ground": "duty", "reason": "Daftar hadir", **world.line()}
    page = send(world.somebody(Role.UNIT_HEAD, 1), world.new, **fields)
    assert page.status_code == 422
    assert "menyangkut nilai Anda sendiri" in page.text
    assert send(world.somebody(Role.UNIT_HEAD, 2), world.new, **fields).status_code == 303


# Deciding.


def test_a_second_person_approves_what_the_page_shows(world: World) -> None:
    address = world.waiting(duty(world.office))
    shown = re.sub(r"<[^>]+>", "", world.somebody().get(address).text)
    assert "Senin, 5 Oktober 2026, 08.00–12.00" in shown
    assert decided(world.somebody(), address, "approve").status_code == 303
    assert sorted(row["revision"] for row in rows_of(world.engine, "closing")) == [0, 1]
    page = world.somebody().get(address)
    assert "Disetujui" in page.text
    assert world.name(0) in page.text


def test_numbers_are_hrs_and_the_unit_head_sees_who_moves(world: World) -> None:
    address = world.waiting(duty(world.office))
    for_hr, for_head = (
        world.somebody(role).get(address).text for role in (Role.HR, Role.UNIT_HEAD)
    )
    assert PRINTED.findall(for_hr)
    assert PRINTED.findall(for_head) == []
    for page in (for_hr, for_head):
        assert world.name(0) in page
        assert world.name(2) not in page
        assert "1 petugas lain tidak berubah." in page


def test_a_refusal_needs_its_reason(world: World) -> None:
    address = world.waiting()
    client = world.somebody()
    page = decided(client, address, "refuse")
    assert (page.status_code, "Tulis mengapa revisi ini ditolak." in page.text) == (422, True)
    assert decided(client, address, "refuse", "Bukan petugas itu").status_code == 303
    [decision] = rows_of(world.engine, "revision_decision")
    assert not decision["approved"]


@pytest.mark.parametrize("seen", ["", "0" * 64, "x"])
def test_what_was_not_seen_is_not_approved(world: World, seen: str) -> None:
    address = world.waiting()
    page = send(world.somebody(), address, do="approve", seen=seen)
    assert page.status_code == 422
    assert "Perhitungannya berubah sejak halaman ini dibuka." in page.text
    assert rows_of(world.engine, "revision_decision") == []


def test_who_prepared_it_sees_why_not_and_is_refused(world: World) -> None:
    client = world.somebody(Role.UNIT_HEAD)
    fields = {"ground": "duty", "reason": "Daftar hadir", **world.line()}
    send(client, world.new, **fields)
    [request] = rows_of(world.engine, "revision_request")
    address = f"{world.unit}/{request['id']}"
    page = client.get(address)
    assert "Anda yang menyiapkan revisi ini." in page.text
    assert 'value="approve"' not in page.text
    assert decided(client, address, "approve").status_code == 422
    assert decided(world.somebody(), address, "approve").status_code == 303


def test_whom_it_moves_sees_why_not_and_is_refused(world: World) -> None:
    address = world.waiting(duty(world.office))
    client = world.somebody(Role.UNIT_HEAD, 0)
    assert "menyangkut nilai Anda sendiri" in client.get(address).text
    assert decided(client, address, "approve").status_code == 422
    assert rows_of(world.engine, "revision_decision") == []


def test_a_void_request_says_so(world: World) -> None:
    with writing(world.engine) as session:
        first = prepared(session, world.office)
        second = prepared(session, world.office, duty(world.office))
        address = f"{world.unit}/{second.id}"
        approved(session, first)
    page = world.somebody().get(address)
    assert "Revisi lain dibuat lebih dulu." in page.text
    assert decided(world.somebody(), address, "approve").status_code == 422


def test_the_list_says_what_waits_and_what_was_made(world: World) -> None:
    address = world.waiting()
    client = world.somebody()
    page = client.get(world.unit)
    assert address in page.text
    assert "petugas dapat mengajukan keberatan sampai Kamis, 12 November 2026." in page.text
    decided(client, address, "approve")
    page = client.get(world.unit)
    assert "Revisi yang sudah dibuat" in page.text
    assert "nilai/2026-10?revisi=1" in page.text


def test_the_list_is_searched_and_sorted(world: World) -> None:
    world.waiting()
    client = world.somebody()
    assert "Sesuai daftar hadir" in client.get(f"{world.unit}?cari=hadir&urut=bulan").text
    assert "Tidak ada yang cocok" in client.get(f"{world.unit}?cari=tiada").text


def test_an_objection_without_effect_is_followed_up_too(world: World) -> None:
    with writing(world.engine) as session:
        asked = Asked(Ground.OBJECTION, upheld(session, world.office))
        address = f"{world.unit}/{prepared(session, world.office, asked).id}"
    client = world.somebody()
    assert "Tidak ada angka yang berubah." in client.get(address).text
    assert decided(client, address, "approve", "Sudah benar").status_code == 303
    assert [row["revision"] for row in rows_of(world.engine, "closing")] == [0]


@pytest.mark.parametrize("role", [Role.OFFICER, Role.REVIEWER, Role.ASSESSOR, Role.AUDITOR])
def test_others_have_no_page_of_revisions(world: World, role: Role) -> None:
    address = world.waiting()
    somebody = world.somebody(role)
    for path in (address, world.unit, world.new):
        assert somebody.get(path).status_code == 403


def test_names_in_the_list_are_accounts_names(world: World) -> None:
    client = world.somebody()
    fields = {"ground": "duty", "reason": "Daftar hadir", **world.line()}
    send(client, world.new, **fields)
    with writing(world.engine) as session:
        keys = session.exec(select(col(Account.key))).all()
    page = client.get(world.unit).text
    assert "Rina Contoh" in page
    assert not [key for key in keys if key in page]


def test_the_scores_say_both_values_after_a_revision(world: World) -> None:
    client = world.somebody()
    address = world.unit.replace("/revisi", "/nilai/2026-10")
    assert "semula" not in client.get(address).text
    decided(client, world.waiting(duty(world.office)), "approve")
    with writing(world.engine) as session:
        upheld(session, world.office)
    page = client.get(address).text
    assert re.findall(r"semula \d\d,\d\d \(revisi 0\)", page)
    assert page.count("Ada keberatan") == 1
    assert "semula" not in client.get(f"{address}?revisi=0").text
