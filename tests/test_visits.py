"""Visits from a queue machine: each counted once, right ones kept whatever the others are."""

import doctest
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.visits import visit_rows
from aggregation.visits.served_visits import (
    Refusal,
    RefusedVisit,
    ServedVisit,
    TakenVisits,
    record_visits,
)
from aggregation.visits.visit_counts import by_day_and_desk
from aggregation.visits.visit_rows import LONGEST_NUMBER, NotAQueueNumber, queue_number
from aggregation.visits.visit_totals import visits_in
from survey.database import reading, writing
from tests.duty_factories import MONDAY, RosteredOffice, because, half_hour, in_jakarta, rostered
from tests.office_factories import OCTOBER, SARI_NIP, close
from tests.record_factories import everything_in, rows_of
from tests.staff_factories import member, staff

DESKS = ("L1", "L2", "L9")
MORNING = in_jakarta(5, 9, 12)


def visit(
    number: str = "A001", at: datetime = MORNING, desk: str = "L1", **more: str
) -> ServedVisit:
    return ServedVisit(number, at, desk, **more)


def hand_in(office: RosteredOffice, *visits: ServedVisit, at: datetime = MORNING) -> TakenVisits:
    with writing(office.engine) as session:
        return record_visits(session, office.unit, visits, because("", at))


def kept(office: RosteredOffice) -> dict[str, tuple[int, int | None, int]]:
    return {
        row["number"]: (row["desk_id"], row["service_id"], row["half_hour"])
        for row in rows_of(office.engine, "visit")
    }


def test_a_visit_keeps_its_half_hour_desk_and_service_and_nothing_finer(engine: Engine) -> None:
    office = rostered(engine, "")
    told = hand_in(office, visit(service_code="KTP-EL"))
    assert told == TakenVisits(1, 0, 0, ())
    at = half_hour(MONDAY, 9)
    assert kept(office) == {"A001": (office.desks["L1"], office.services["KTP-EL"], at)}


def test_the_same_visit_twice_changes_nothing_not_even_the_log(engine: Engine) -> None:
    office = rostered(engine, "")
    hand_in(office, visit(), visit("A002"))
    before = everything_in(engine)
    assert hand_in(office, visit(), visit("a002 ")) == TakenVisits(0, 2, 0, ())
    assert everything_in(engine) == before


def test_the_same_number_with_other_content_changes_the_visit(engine: Engine) -> None:
    office = rostered(engine, "")
    hand_in(office, visit(), visit("A002"))
    told = hand_in(office, visit(desk="L2", service_code="KK"), visit("A003"))
    assert told == TakenVisits(1, 0, 1, ())
    assert kept(office)["A001"][:2] == (office.desks["L2"], office.services["KK"])
    assert len(kept(office)) == 3


def test_a_number_begins_anew_every_day(engine: Engine) -> None:
    office = rostered(engine, "")
    tuesday = in_jakarta(6, 9)
    assert hand_in(office, visit(), visit(at=tuesday), at=tuesday).new == 2


def test_the_log_counts_visits_and_names_none(engine: Engine) -> None:
    office = rostered(engine, "")
    hand_in(office, visit(), visit("A002"))
    hand_in(office, visit(desk="L2"))
    entries = [row for row in rows_of(engine, "log_entry") if row["act"] == "visits.recorded"]
    facts = sorted(entry["facts"] for entry in entries)
    assert facts == ['{"changed": 0, "new": 2}', '{"changed": 1, "new": 0}']
    assert "A001" not in str(entries) + str(rows_of(engine, "log_detail"))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (visit("X", desk="L9"), Refusal.UNKNOWN_DESK),
        (visit("X", service_code="PASPOR"), Refusal.UNKNOWN_SERVICE),
        (visit("X", in_jakarta(6, 0)), Refusal.NOT_YET),
        (visit("  "), Refusal.BAD_NUMBER),
        (visit("A" * (LONGEST_NUMBER + 1)), Refusal.BAD_NUMBER),
        (visit("1371052802900001"), Refusal.BAD_NUMBER),
        (visit("A001", desk="L2"), Refusal.DOUBLED),
    ],
)
def test_a_wrong_visit_is_refused_with_its_reason_and_holds_up_no_other(
    sqlite_engine: Engine, wrong: ServedVisit, reason: Refusal
) -> None:
    office = rostered(sqlite_engine, "")
    told = hand_in(office, visit(), wrong, visit("A002"))
    assert told == TakenVisits(2, 0, 0, (RefusedVisit(1, reason),))
    assert set(kept(office)) == {"A001", "A002"}


def test_a_visit_of_later_today_is_taken_because_clocks_differ(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine, "")
    assert hand_in(office, visit(at=in_jakarta(5, 16))).new == 1


def test_a_closed_month_keeps_its_visits_but_knows_them(engine: Engine) -> None:
    office = rostered(engine, "")
    hand_in(office, visit())
    close(engine, office.unit.id)
    november = in_jakarta(2, 9, month=11)
    told = hand_in(
        office, visit(), visit("A002"), visit(desk="L2", at=MORNING), visit("A001", november),
        at=november,
    )  # fmt: skip
    assert (told.new, told.known, told.changed) == (1, 1, 0)
    assert [each.reason for each in told.refused] == [Refusal.MONTH_CLOSED, Refusal.DOUBLED]
    again = hand_in(office, visit(desk="L2"), at=november)
    assert again.refused == (RefusedVisit(0, Refusal.MONTH_CLOSED),)


def test_the_day_is_that_of_the_unit(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine, "")
    late = datetime(2026, 10, 5, 17, 30, tzinfo=UTC)  # already Tuesday in Jakarta
    hand_in(office, visit(at=late), at=late)
    (row,) = rows_of(sqlite_engine, "visit")
    assert str(row["day"]) == "2026-10-06"


def test_a_machine_that_sends_the_same_at_once_counts_it_once(engine: Engine) -> None:
    office = rostered(engine, "")
    visits = [visit(f"A{n:03}") for n in range(40)]
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: hand_in(office, *visits), range(6)))
    assert sum(each.new for each in told) == 40
    assert sum(each.known for each in told) == 200
    assert len(kept(office)) == 40


def test_counts_by_day_and_desk_add_up(engine: Engine) -> None:
    office = rostered(engine, "")
    at = [MORNING + timedelta(hours=24 * (n % 3)) for n in range(20)]
    hand_in(
        office, *(visit(f"A{n}", when, f"L{n % 2 + 1}") for n, when in enumerate(at)), at=at[2]
    )  # fmt: skip
    with reading(engine) as session:
        rows = session.execute(by_day_and_desk(office.unit.id, OCTOBER)).all()
        assert visits_in(session, office.unit.id, OCTOBER) == 20
        assert visits_in(session, office.unit.id, OCTOBER.shift(1)) == 0
    assert sum(row.served for row in rows) == 20
    assert Counter(row.code for row in rows) == {"L1": 3, "L2": 3}
    assert {row.day for row in rows} == {date(2026, 10, 5 + n) for n in range(3)}


def handed_in(seed: int) -> list[ServedVisit]:
    """Visits of two days and few numbers, so that many meet; desk L9 does not exist."""
    draw = Random(seed)
    return [
        visit(f"A{draw.randint(1, 6)}", in_jakarta(draw.choice((5, 6)), 9), draw.choice(DESKS))
        for _ in range(15)
    ]


def test_a_plain_shelf_of_visits_comes_out_the_same(sqlite_engine: Engine) -> None:
    """Told apart by simple loops: the first of a call holds, the last call holds."""
    office = rostered(sqlite_engine, "")
    shelf: dict[tuple[str, date], str] = {}
    for seed in range(40):
        visits, first = handed_in(seed), dict[tuple[str, date], str]()
        for each in visits:
            if each.desk_code != "L9":
                first.setdefault((each.number, each.served_at.date()), each.desk_code)
        new = sum(key not in shelf for key in first)
        changed = sum(key in shelf and shelf[key] != desk for key, desk in first.items())
        shelf |= first
        told = hand_in(office, *visits, at=in_jakarta(6, 16))
        assert (told.new, told.changed) == (new, changed)
        assert told.new + told.known + told.changed + len(told.refused) == len(visits)
    codes = {id_: code for code, id_ in office.desks.items()}
    rows = rows_of(sqlite_engine, "visit")
    assert {(row["number"], str(row["day"])): codes[row["desk_id"]] for row in rows} == {
        (number, str(day)): desk for (number, day), desk in shelf.items()
    }


def test_worked_examples_hold() -> None:
    assert doctest.testmod(visit_rows).failed == 0


@pytest.mark.parametrize("text", [SARI_NIP[:16], "1371 0528 0290 0001", "13.71.05.280290.0001"])
def test_what_may_be_a_nik_is_no_queue_number(text: str) -> None:
    with pytest.raises(NotAQueueNumber):
        queue_number(text)


@pytest.mark.parametrize("text", ["A-001", "20261005-A001", "B 12", "7"])
def test_queue_numbers_as_machines_write_them_are_kept(text: str) -> None:
    assert queue_number(text) == text


# The page.


def test_the_page_counts_visits_by_day_and_desk(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine, "")
    hand_in(office, *(visit(f"A{n}", desk=f"L{n % 2 + 1}") for n in range(5)))
    keeper = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.OPERATOR))
    page = keeper.get(f"{office.address}/kunjungan?bulan=2026-10").text
    assert "Oktober 2026: 5" in page
    rows = re.findall(r'scope="row">([^<]+)</th><td>([^<]+)</td><td class="r num">(\d+)', page)
    assert rows == [("5 Oktober 2026", "Loket 2", "2"), ("5 Oktober 2026", "Loket 1", "3")]
    assert f"{office.address}/lembar/visits" in page
    found = keeper.get(f"{office.address}/kunjungan?bulan=2026-10&cari=loket+2").text
    assert found.count('scope="row"') == 1
    for urut in ("tanggal", "-loket", "kunjungan"):
        page = keeper.get(f"{office.address}/kunjungan?bulan=2026-10&urut={urut}").text
        assert page.count('scope="row"') == 2
    assert "Belum ada kunjungan" in keeper.get(f"{office.address}/kunjungan?bulan=2026-08").text


@pytest.mark.parametrize("role", [Role.ASSESSOR, Role.HR, Role.OFFICER, Role.REVIEWER])
def test_visits_are_for_whoever_keeps_the_roster(sqlite_engine: Engine, role: Role) -> None:
    office = rostered(sqlite_engine, "")
    reader = member(staff(sqlite_engine), sqlite_engine, RoleIn(role))
    for page in ("kunjungan", "gangguan"):
        assert reader.get(f"{office.address}/{page}").status_code == 403
