"""Outages: declared with a reason, withdrawn with a reason, never in a closed month."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from sqlalchemy import Engine
from werkzeug.test import Client, TestResponse

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.visits.outages import (
    MOST_DAYS,
    DeclaredOutage,
    NotAnOutage,
    OutageKnown,
    OutageOfClosedMonth,
    OutageUnexplained,
    UnknownOutage,
    declare_outage,
    outages_between,
    outages_in,
    withdraw_outage,
)
from survey.database import reading, writing
from survey.month import HalfHour, Month
from tests.duty_factories import (
    MONDAY,
    RosteredOffice,
    because,
    half_hour,
    in_jakarta,
    rostered,
)
from tests.office_factories import OCTOBER, close
from tests.record_factories import rows_of
from tests.staff_factories import make_office, member, send, staff

MORNING = (half_hour(MONDAY, 8), half_hour(MONDAY, 10, 30))
NOVEMBER = OCTOBER.shift(1)


def declare(
    office: RosteredOffice,
    span: tuple[HalfHour, HalfHour] = MORNING,
    desk: str | None = "L1",
    reason: str = "Jaringan putus",
) -> UUID:
    desk_id = None if desk is None else office.desks[desk]
    with writing(office.engine) as session:
        return declare_outage(session, office.unit.id, desk_id, span, because(reason))


def withdraw(office: RosteredOffice, outage: UUID, reason: str = "Salah loket") -> None:
    with writing(office.engine) as session:
        withdraw_outage(session, office.unit.id, outage, because(reason))


def standing(office: RosteredOffice, month: Month = OCTOBER) -> list[DeclaredOutage]:
    with reading(office.engine) as session:
        return outages_in(session, office.unit.id, month)


def test_an_outage_is_kept_with_desk_half_hours_and_reason(engine: Engine) -> None:
    office = rostered(engine, "")
    outage = declare(office)
    assert standing(office) == [
        DeclaredOutage(outage, office.desks["L1"], *MORNING, "Jaringan putus")
    ]
    (batch,) = [row for row in rows_of(engine, "duty_batch") if row["reason"] == "Jaringan putus"]
    assert batch["recorded_by"] == "Wati"


def test_an_outage_may_hold_for_all_desks(engine: Engine) -> None:
    office = rostered(engine, "")
    declare(office, desk=None)
    assert [each.desk_id for each in standing(office)] == [None]


def test_a_withdrawn_outage_stands_no_more_and_stays_readable(engine: Engine) -> None:
    office = rostered(engine, "")
    outage = declare(office)
    withdraw(office, outage)
    assert standing(office) == []
    (row,) = rows_of(engine, "outage")
    assert row["reason"] == "Jaringan putus"
    reasons = {batch["id"]: batch["reason"] for batch in rows_of(engine, "duty_batch")}
    assert reasons[row["withdrawn_by"]] == "Salah loket"


def test_an_outage_is_withdrawn_once(engine: Engine) -> None:
    office = rostered(engine, "")
    outage = declare(office)
    withdraw(office, outage)
    for unknown in (outage, uuid4()):
        with pytest.raises(UnknownOutage):
            withdraw(office, unknown)


def test_another_units_outage_cannot_be_withdrawn(engine: Engine) -> None:
    office = rostered(engine, "")
    outage = declare(office)
    with writing(engine) as session, pytest.raises(UnknownOutage):
        withdraw_outage(session, office.unit.id + 1, outage, because())
    assert len(standing(office)) == 1


def test_declaring_and_withdrawing_need_a_reason(engine: Engine) -> None:
    office = rostered(engine, "")
    outage = declare(office)
    with pytest.raises(OutageUnexplained):
        declare(office, desk="L2", reason="")
    with pytest.raises(OutageUnexplained):
        withdraw(office, outage, "")
    assert len(standing(office)) == 1


def test_the_same_outage_stands_once(engine: Engine) -> None:
    office = rostered(engine, "")
    outage = declare(office)
    with pytest.raises(OutageKnown):
        declare(office)
    declare(office, desk="L2")
    withdraw(office, outage)
    assert declare(office) != outage


@pytest.mark.parametrize(
    "span",
    [
        (MORNING[0], MORNING[0]),
        (MORNING[1], MORNING[0]),
        (MORNING[0], HalfHour(MORNING[0] + MOST_DAYS * 48 + 1)),
    ],
)
def test_an_outage_ends_after_it_starts_and_within_a_month(
    sqlite_engine: Engine, span: tuple[HalfHour, HalfHour]
) -> None:
    office = rostered(sqlite_engine, "")
    with pytest.raises(NotAnOutage):
        declare(office, span)


def test_a_closed_month_takes_and_loses_no_outage(engine: Engine) -> None:
    office = rostered(engine, "")
    outage = declare(office)
    close(engine, office.unit.id)
    with pytest.raises(OutageOfClosedMonth):
        declare(office, desk="L2")
    with pytest.raises(OutageOfClosedMonth):
        withdraw(office, outage)
    into_november = (half_hour(date(2026, 10, 31), 23), half_hour(date(2026, 11, 1), 1))
    with pytest.raises(OutageOfClosedMonth):
        declare(office, into_november)
    first_of_november = (half_hour(date(2026, 11, 1), 0), into_november[1])
    declare(office, first_of_november)
    assert len(standing(office, NOVEMBER)) == 1


def test_an_outage_over_the_end_of_a_month_is_in_both(engine: Engine) -> None:
    office = rostered(engine, "")
    last = date(2026, 10, 31)
    declare(office, (half_hour(last, 22), half_hour(last + timedelta(1), 2)))
    assert len(standing(office)) == len(standing(office, NOVEMBER)) == 1
    declare(office, (half_hour(last, 20), half_hour(last + timedelta(1), 0)))
    assert (len(standing(office)), len(standing(office, NOVEMBER))) == (2, 1)


def test_outages_are_found_by_desk_with_those_of_all_desks(engine: Engine) -> None:
    office = rostered(engine, "")
    for desk in ("L1", "L2", None):
        declare(office, desk=desk)
    with reading(engine) as session:
        found = outages_between(session, office.unit.id, *MORNING, [office.desks["L1"]])
    assert {each.desk_id for each in found} == {office.desks["L1"], None}


def test_the_log_keeps_both_acts_and_their_reasons_apart(engine: Engine) -> None:
    office = rostered(engine, "")
    withdraw(office, declare(office))
    acts = {row["id"]: row["act"] for row in rows_of(engine, "log_entry")}
    details = {acts[row["entry_id"]]: row["text"] for row in rows_of(engine, "log_detail")}
    assert "Jaringan putus" in details["outage.declared"]
    assert "Salah loket" in details["outage.withdrawn"]


# The pages.


@pytest.fixture
def office(sqlite_engine: Engine) -> RosteredOffice:
    return rostered(sqlite_engine)


@pytest.fixture
def keeper(office: RosteredOffice) -> Iterator[Client]:
    """The unit head, on the Monday of the tests."""
    with time_machine.travel(in_jakarta(5, 12), tick=False):
        yield member(staff(office.engine), office.engine, RoleIn(Role.UNIT_HEAD, office.unit.id))


def fill_in(keeper: Client, office: RosteredOffice, **fields: str) -> TestResponse:
    given = {
        "desk": "L1", "first_day": "2026-10-05", "starts": "08.00", "last_day": "2026-10-05",
        "ends": "10.30", "reason": "Jaringan putus",
    }  # fmt: skip
    return send(keeper, f"{office.address}/gangguan", **{**given, **fields})


def test_an_outage_is_declared_and_withdrawn_on_pages(
    keeper: Client, office: RosteredOffice
) -> None:
    assert fill_in(keeper, office).status_code == 303
    (outage,) = standing(office)
    assert (outage.starts, outage.ends) == MORNING
    page = keeper.get(f"{office.address}/gangguan").text
    assert "Gangguan dicatat." in page
    assert "sampai 5 Oktober 2026, 10.30" in page
    assert "oleh Rina Contoh" in page
    address = f"{office.address}/gangguan/{outage.id}/tarik"
    assert address in page
    assert send(keeper, address, reason="").status_code == 422
    assert send(keeper, address, reason="Salah loket").status_code == 303
    assert standing(office) == []
    page = keeper.get(f"{office.address}/gangguan").text
    assert "Ditarik" in page
    assert "Salah loket" in page
    assert keeper.get(address).status_code == 404


def test_no_desk_chosen_is_all_desks_and_midnight_is_the_end_of_a_day(
    keeper: Client, office: RosteredOffice
) -> None:
    assert fill_in(keeper, office, desk="", ends="24.00").status_code == 303
    assert [each.desk_id for each in standing(office)] == [None]
    assert "sampai 5 Oktober 2026, 24.00" in keeper.get(f"{office.address}/gangguan").text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"desk": "L9"}, "Pilih loket dari daftar"),
        ({"first_day": ""}, "Isi tanggalnya"),
        ({"starts": ""}, "Isi jamnya"),
        ({"ends": "10.10"}, "Tulis jam tepat atau setengah jam"),
        ({"ends": "08.00"}, "Gangguan harus berakhir sesudah mulai"),
        ({"last_day": "2026-12-05"}, "Paling lama 31 hari"),
        ({"reason": ""}, "Isi alasannya"),
        ({"reason": "x" * 201}, "paling panjang 200 huruf"),
    ],
)
def test_a_wrong_outage_is_refused_at_its_field(
    keeper: Client, office: RosteredOffice, fields: dict[str, str], said: str
) -> None:
    page = fill_in(keeper, office, **fields)
    assert page.status_code == 422
    assert said in page.text
    assert standing(office) == []


def test_the_same_outage_and_a_closed_month_are_refused_on_the_page(
    keeper: Client, office: RosteredOffice
) -> None:
    fill_in(keeper, office)
    assert "sudah tercatat" in fill_in(keeper, office).text
    (outage,) = standing(office)
    close(office.engine, office.unit.id)
    assert "Bulan ini sudah ditutup" in fill_in(keeper, office, desk="L2").text
    page = keeper.get(f"{office.address}/gangguan").text
    assert f"{outage.id}/tarik" not in page
    address = f"{office.address}/gangguan/{outage.id}/tarik"
    assert "Bulan ini sudah ditutup" in send(keeper, address, reason="Salah").text


def test_outages_are_searched_and_filtered(keeper: Client, office: RosteredOffice) -> None:
    declare(office, desk=None, reason="Listrik padam")
    withdraw(office, declare(office))
    for query, rows in (
        ("", 2), ("?cari=listrik", 1), ("?cari=loket+1", 1), ("?keadaan=berlaku", 1),
        ("?keadaan=ditarik&cari=listrik", 0), ("?urut=loket", 2), ("?urut=-alasan", 2),
    ):  # fmt: skip
        page = keeper.get(f"{office.address}/gangguan{query}").text
        assert (query, page.count('scope="row"')) == (query, rows)


def test_another_units_outage_does_not_exist_on_the_page(
    keeper: Client, office: RosteredOffice
) -> None:
    with writing(office.engine) as session:
        other = make_office(session)
        outage = declare_outage(session, other, None, MORNING, because())
    assert keeper.get(f"{office.address}/gangguan/{outage}/tarik").status_code == 404
