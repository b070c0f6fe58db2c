"""Outages are declared before scores are seen: not once the month's dry run was opened (§5)."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

import pytest
import time_machine
from sqlalchemy import Engine

from aggregation.access.accounts import RoleIn
from aggregation.access.roles import Role
from aggregation.visits import outages as use_case
from aggregation.visits.outages import OutageAfterScores, declare_outage, withdraw_outage
from aggregation.visits.seen_scores import note_dry_run
from survey.database import reading, writing
from survey.models import ServiceUnit
from survey.month import Month, midnight
from tests.duty_factories import MONDAY, RosteredOffice, because, half_hour, in_jakarta, rostered
from tests.month_factories import Seen, SmallOffice, store
from tests.record_factories import rows_of
from tests.staff_factories import member, send, staff

OCTOBER = Month(2026, 10)
AFTERWARDS = in_jakarta(4, 9, month=11)


def declare(office: RosteredOffice, hour: int = 9, at: datetime = AFTERWARDS) -> UUID:
    span = half_hour(MONDAY, hour), half_hour(MONDAY, hour + 1)
    with writing(office.engine) as session:
        return declare_outage(session, office.unit.id, None, span, because("Listrik padam", at))


def looked_at(office: RosteredOffice, at: datetime = AFTERWARDS) -> None:
    with writing(office.engine) as session:
        note_dry_run(session, session.get_one(ServiceUnit, office.unit.id), OCTOBER, at)


def test_an_outage_may_be_declared_until_somebody_looks_at_the_figures(engine: Engine) -> None:
    office = rostered(engine)
    stands = declare(office)
    looked_at(office)
    with pytest.raises(OutageAfterScores):
        declare(office, 11)
    with writing(engine) as session, pytest.raises(OutageAfterScores):
        withdraw_outage(session, office.unit.id, stands, because("Ternyata menyala", AFTERWARDS))
    [outage] = rows_of(engine, "outage")
    assert outage["withdrawn_by"] is None


def test_other_months_go_on(engine: Engine) -> None:
    office = rostered(engine)
    looked_at(office)
    november = half_hour(AFTERWARDS.date(), 8), half_hour(AFTERWARDS.date(), 9)
    with writing(engine) as session:
        declare_outage(session, office.unit.id, None, november, because(at=AFTERWARDS))


def test_a_look_while_the_month_was_running_showed_nothing(engine: Engine) -> None:
    office = rostered(engine)
    looked_at(office, in_jakarta(31, 23, 50))
    declare(office)
    looked_at(office, in_jakarta(1, 0, 5, month=11))
    with pytest.raises(OutageAfterScores):
        declare(office, 11)


def test_without_the_rule_it_would_be_declared(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control."""
    office = rostered(sqlite_engine)
    looked_at(office)
    monkeypatch.setattr(use_case, "scores_seen", lambda *_: set())
    declare(office)


@pytest.fixture
def office(sqlite_engine: Engine) -> Iterator[RosteredOffice]:
    office = rostered(sqlite_engine)
    with writing(sqlite_engine) as session:
        rated = SmallOffice(office.unit.id, tuple(office.desks.values()), (), (), ())
        store(session, rated, [Seen(midnight(MONDAY) + 18)])
    with time_machine.travel(AFTERWARDS, tick=False):
        yield office


def test_the_page_that_shows_the_figures_ends_it(office: RosteredOffice) -> None:
    declare(office)
    head = member(staff(office.engine), office.engine, RoleIn(Role.UNIT_HEAD))
    assert head.get(f"{office.address}/tutup/2026-10").status_code == 200
    given = {
        "first_day": "2026-10-05", "starts": "11.00", "last_day": "2026-10-05", "ends": "12.00",
        "reason": "Jaringan putus",
    }  # fmt: skip
    answer = send(head, f"{office.address}/gangguan", **given)
    assert answer.status_code == 422
    assert "sudah dibuka di halaman Tutup bulan" in answer.text
    with reading(office.engine):
        [outage] = rows_of(office.engine, "outage")
    page = f"{office.address}/gangguan/{UUID(str(outage['id']))}/tarik"
    assert "sudah dibuka" in send(head, page, reason="Keliru").text
