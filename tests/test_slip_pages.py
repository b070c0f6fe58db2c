"""The pages of numbered slips and of coverage."""

from collections.abc import Iterator

import pytest
import time_machine
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.visits.served_visits import ServedVisit, record_visits
from survey.database import writing
from survey.month import midnight
from tests.duty_factories import MONDAY, RosteredOffice, because, in_jakarta, rostered
from tests.month_factories import Seen, SmallOffice, store
from tests.office_factories import close
from tests.page_words import words
from tests.record_factories import rows_of
from tests.staff_factories import member, send, staff
from tests.test_slip_counts import EVENING, printed, write_down

GIVEN = {
    "desk": "L1", "day": "2026-10-05", "starts": "08.00", "ends": "12.00",
    "first": "1", "last": "40",
}  # fmt: skip


@pytest.fixture
def office(sqlite_engine: Engine) -> RosteredOffice:
    office = rostered(sqlite_engine)
    printed(office)
    return office


@pytest.fixture(autouse=True)
def _evening() -> Iterator[None]:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def keeper(office: RosteredOffice) -> Client:
    return member(staff(office.engine), office.engine, RoleIn(Role.OPERATOR))


def enter(keeper: Client, office: RosteredOffice, **changed: str) -> TestResponse:
    return send(keeper, f"{office.address}/kunjungan/slip", **{**GIVEN, **changed})


def test_slips_are_written_down_and_listed(keeper: Client, office: RosteredOffice) -> None:
    page = f"{office.address}/kunjungan/slip"
    assert "Belum ada karcis yang dicatat" in keeper.get(page).text
    assert enter(keeper, office).status_code == 303
    assert "08.00–12.00 Loket 1 1–40 40 karcis" in words(keeper.get(page).text)


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"desk": ""}, "Pilih loket dari daftar"),
        ({"desk": "L9"}, "Pilih loket dari daftar"),
        ({"day": "kemarin"}, "Tulis tanggal seperti"),
        ({"day": "2026-10-06"}, "Jam ini belum tiba"),
        ({"ends": "08.00"}, "Jam selesai harus sesudah jam mulai"),
        ({"starts": "08.10"}, "Tulis jam tepat atau setengah jam"),
        ({"starts": ""}, "Isi jamnya"),
        ({"first": "0"}, "Isi nomor yang tercetak"),
        ({"first": "satu"}, "Isi nomor yang tercetak"),
        ({"last": "99999999999"}, "Isi nomor yang tercetak"),
        ({"last": "9" * 400}, "Isi nomor yang tercetak"),
        ({"first": "41"}, "tidak boleh di bawah nomor pertama"),
        ({"last": "101"}, "baru sampai nomor 100"),
        ({"first": "95", "last": "96"}, "Nomor 91 sampai 100 loket ini sudah tercatat"),
    ],
)
def test_bad_input_is_told_at_its_field_and_nothing_is_kept(
    keeper: Client, office: RosteredOffice, changed: dict[str, str], told: str
) -> None:
    write_down(office, 91, 100)
    answer = enter(keeper, office, **changed)
    assert answer.status_code == 422
    assert told in answer.text
    assert len(rows_of(office.engine, "slip_count")) == 1


def test_a_closed_month_is_told(keeper: Client, office: RosteredOffice) -> None:
    slips = write_down(office, 41, 50)
    close(office.engine, office.unit.id)
    assert "jumlah kunjungannya tidak berubah" in enter(keeper, office).text
    page = keeper.get(f"{office.address}/kunjungan/slip").text
    assert f"{slips}/tarik" not in page
    answer = send(keeper, f"{office.address}/kunjungan/slip/{slips}/tarik", reason="Salah")
    assert answer.status_code == 422


def test_slips_are_withdrawn_with_a_reason(keeper: Client, office: RosteredOffice) -> None:
    slips = write_down(office, 41, 50)
    page = f"{office.address}/kunjungan/slip/{slips}/tarik"
    assert send(keeper, page, reason=" ").status_code == 422
    assert send(keeper, page, reason="Salah loket").status_code == 303
    assert keeper.get(page).status_code == 404
    assert "Ditarik Salah loket" in words(keeper.get(f"{office.address}/kunjungan/slip").text)


def rows(keeper: Client, office: RosteredOffice, month: str = "2026-10") -> dict[str, str]:
    """Return what the page of coverage says of each desk."""
    page = keeper.get(f"{office.address}/kunjungan/cakupan?bulan={month}").text
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = (words(row) for row in body.split("</tr>")[:-1])
    return {" ".join(line.split()[:2]): " ".join(line.split()[2:]) for line in lines}


def test_coverage_is_responses_in_a_hundred_visits(keeper: Client, office: RosteredOffice) -> None:
    write_down(office, 1, 12)
    served = [ServedVisit(f"B{n}", in_jakarta(5, 9), "L2") for n in range(7)]
    with writing(office.engine) as session:
        record_visits(session, office.unit, served, because(at=EVENING))
        rated = SmallOffice(office.unit.id, tuple(office.desks.values()), (), (), ())
        one = Seen(midnight(MONDAY) + 18)
        late = Seen(midnight(MONDAY) + 18, late=True)
        store(session, rated, [one, one, one, late, Seen(midnight(MONDAY) + 18, desk=1)])
    assert rows(keeper, office) == {
        "Loket 1": "25,0% 12 dari 1 hari 3",
        "Loket 2": "14,3% 7 dari 1 hari 1",
        "Ruang tunggu": "Belum diketahui Catat karcis Ruang tunggu – 0",
    }
    assert set(rows(keeper, office, "2026-08").values()) == {
        f"Belum diketahui Catat karcis {desk} – 0"
        for desk in ("Loket 1", "Loket 2", "Ruang tunggu")
    }
