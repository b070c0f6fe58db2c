"""Numbered slips that were handed out, as an office without a queue machine writes them down."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, insert

from aggregation.visits.slip_counts import (
    HandedOut,
    MoreThanPrinted,
    NotASpan,
    NotHandedOutYet,
    NotNumbers,
    SlipsKnown,
    SlipsOfClosedMonth,
    SlipsUnexplained,
    UnknownSlips,
    record_slips,
    withdraw_slips,
)
from aggregation.visits.visit_totals import visits_in
from survey.database import reading, writing
from survey.models import Ticket
from survey.month import HalfHour
from tests.duty_factories import MONDAY, RosteredOffice, because, half_hour, in_jakarta, rostered
from tests.office_factories import OCTOBER, close
from tests.record_factories import rows_of

EVENING = in_jakarta(5, 15, 40)
MORNING = half_hour(MONDAY, 8), half_hour(MONDAY, 12)


def printed(office: RosteredOffice, desk: str = "L1", count: int = 100) -> None:
    """Let slips 1 to count be printed for a desk."""
    with writing(office.engine) as session:
        rows = [
            {
                "digest": uuid4().bytes * 2, "unit_id": office.unit.id,
                "desk_id": office.desks[desk], "number": number, "issued_on": MONDAY,
            }
            for number in range(1, count + 1)
        ]  # fmt: skip
        session.execute(insert(Ticket), rows)


def write_down(
    office: RosteredOffice,
    first: int,
    last: int,
    span: tuple[HalfHour, HalfHour] = MORNING,
    desk: str = "L1",
) -> UUID:
    slips = HandedOut(office.desks[desk], *span, first, last)
    with writing(office.engine) as session:
        return record_slips(session, office.unit.id, slips, because("", EVENING))


def visits(office: RosteredOffice) -> int:
    with reading(office.engine) as session:
        return visits_in(session, office.unit.id, OCTOBER)


def test_slips_that_were_handed_out_are_visits(engine: Engine) -> None:
    office = rostered(engine)
    printed(office)
    write_down(office, 1, 40)
    write_down(office, 41, 43, (half_hour(MONDAY, 13), half_hour(MONDAY, 16)))
    assert visits(office) == 43


@pytest.mark.parametrize(("first", "last"), [(40, 50), (1, 40), (20, 20), (1, 100)])
def test_no_number_is_handed_out_twice(engine: Engine, first: int, last: int) -> None:
    office = rostered(engine)
    printed(office)
    write_down(office, 11, 40)
    with pytest.raises(SlipsKnown) as known:
        write_down(office, first, last)
    assert (known.value.first, known.value.last) == (11, 40)
    assert visits(office) == 30


def test_desks_have_their_own_numbers(engine: Engine) -> None:
    office = rostered(engine)
    printed(office)
    printed(office, "L2")
    write_down(office, 1, 40)
    write_down(office, 1, 40, desk="L2")
    assert visits(office) == 80


def test_no_more_than_were_printed(engine: Engine) -> None:
    office = rostered(engine)
    printed(office, count=30)
    for desk, highest in (("L1", 30), ("L2", 0)):
        with pytest.raises(MoreThanPrinted) as too_many:
            write_down(office, 1, 31, desk=desk)
        assert too_many.value.printed == highest


@pytest.mark.parametrize(
    ("begins", "ends", "why"),
    [
        (half_hour(MONDAY, 12), half_hour(MONDAY, 12), NotASpan),
        (half_hour(MONDAY, 12), half_hour(MONDAY, 8), NotASpan),
        (half_hour(date(2026, 10, 4), 23), half_hour(MONDAY, 1), NotASpan),
        (half_hour(MONDAY, 15), half_hour(MONDAY, 16, 30), NotHandedOutYet),
        (half_hour(date(2026, 10, 6), 8), half_hour(date(2026, 10, 6), 9), NotHandedOutYet),
    ],
)
def test_the_hours_lie_in_one_day_and_behind(
    sqlite_engine: Engine, begins: HalfHour, ends: HalfHour, why: type[Exception]
) -> None:
    office = rostered(sqlite_engine)
    printed(office)
    with pytest.raises(why):
        write_down(office, 1, 5, (begins, ends))


@pytest.mark.parametrize(("first", "last"), [(0, 5), (-3, 5), (6, 5)])
def test_numbers_go_up_from_one(sqlite_engine: Engine, first: int, last: int) -> None:
    office = rostered(sqlite_engine)
    printed(office)
    with pytest.raises(NotNumbers):
        write_down(office, first, last)


def test_a_closed_month_keeps_its_visits(engine: Engine) -> None:
    office = rostered(engine)
    printed(office)
    slips = write_down(office, 1, 40)
    close(engine, office.unit.id)
    with pytest.raises(SlipsOfClosedMonth):
        write_down(office, 41, 50)
    with writing(engine) as session, pytest.raises(SlipsOfClosedMonth):
        withdraw_slips(session, office.unit.id, slips, because())
    assert visits(office) == 40


def test_what_was_withdrawn_counts_no_more_and_stays_readable(engine: Engine) -> None:
    office = rostered(engine)
    printed(office)
    slips = write_down(office, 1, 40)
    with writing(engine) as session:
        with pytest.raises(SlipsUnexplained):
            withdraw_slips(session, office.unit.id, slips, because(""))
        withdraw_slips(session, office.unit.id, slips, because("Salah loket"))
    with writing(engine) as session, pytest.raises(UnknownSlips):
        withdraw_slips(session, office.unit.id, slips, because("Lagi"))
    write_down(office, 1, 35)
    assert visits(office) == 35
    assert len(rows_of(engine, "slip_count")) == 2


def test_of_two_who_write_the_same_down_at_once_one_is_told(engine: Engine) -> None:
    office = rostered(engine)
    printed(office)

    def attempt(first: int) -> bool:
        try:
            write_down(office, first, first + 20)
        except SlipsKnown:
            return False
        return True

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(attempt, [1, 5, 9, 13])) == 1


def test_a_foreign_desk_is_unknown(sqlite_engine: Engine) -> None:
    office = rostered(sqlite_engine)
    slips = HandedOut(99, *MORNING, 1, 5)
    with writing(sqlite_engine) as session, pytest.raises(UnknownSlips):
        record_slips(session, office.unit.id, slips, because("", EVENING))
