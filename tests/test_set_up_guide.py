"""The way from an empty unit to its first rating: every step's state is read off the data."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, update
from sqlmodel import Session, col
from werkzeug.test import Client

from aggregation.access.accounts import RoleIn, unit_parents
from aggregation.access.role_holders import roles_held
from aggregation.access.roles import Role
from aggregation.changes.batch import Cause
from aggregation.duties.duty_lines import RosterLine
from aggregation.duties.recorded_duties import record_duties
from aggregation.office.set_up_guide import Guide, Lack, SetUpFacts, State, Step, guide
from aggregation.office.set_up_state import has_been_rated, set_up_facts
from survey.database import reading, writing
from survey.models import Desk, ServiceUnit
from survey.set_up import desks_by_code
from tests.factories import tap
from tests.office_factories import NOON, UNIT, an_office, by_code
from tests.site_client import phone
from tests.staff_factories import make_account, make_office, member, staff

TODAY = date(2026, 10, 5)
PAGE = f"/staff/unit/{UNIT}/penyiapan"
READY = SetUpFacts(
    active=True,
    services=10,
    desks=4,
    rostered_desks=3,
    to_be_rostered=3,
    officers=5,
    own_questionnaire=True,
    printed=True,
    responses=True,
    has_head=True,
    has_hr=True,
)


def state_of(facts: SetUpFacts, step: Step) -> tuple[State, Lack, int]:
    [found] = [each for each in guide(facts).steps if each.step is step]
    return found.state, found.lack, found.count


def facts_of(session: Session, unit_id: int) -> SetUpFacts:
    return set_up_facts(session, unit_id, TODAY, has_head=False, has_hr=False)


def operator(engine: Engine, unit_id: int | None = None) -> Client:
    return member(staff(engine), engine, RoleIn(Role.OPERATOR, unit_id))


def test_the_steps_come_in_the_order_in_which_they_need_each_other() -> None:
    assert [each.step for each in guide(READY).steps] == list(Step)


def test_a_unit_that_lacks_nothing_has_no_next_step() -> None:
    assert guide(READY) == Guide(guide(READY).steps, next=None)
    assert guide(READY).done == len(Step)


@pytest.mark.parametrize(
    ("lacking", "step", "state", "lack", "count"),
    [
        ({"active": False}, Step.UNIT, State.MISSING, Lack.UNIT_OFF, 0),
        ({"services": 0}, Step.SERVICES, State.MISSING, Lack.NO_SERVICE, 0),
        ({"desks": 0}, Step.DESKS, State.MISSING, Lack.NO_DESK, 0),
        ({"officers": 0}, Step.OFFICERS, State.MISSING, Lack.NO_OFFICER, 0),
        ({"rostered_desks": 1}, Step.ROSTER, State.PARTLY, Lack.DESKS_WITHOUT_ROSTER, 2),
        ({"rostered_desks": 0}, Step.ROSTER, State.MISSING, Lack.DESKS_WITHOUT_ROSTER, 3),
        (
            {"printed": False, "responses": False},
            Step.PRINT,
            State.MISSING,
            Lack.NOT_PRINTED,
            4,
        ),
        ({"responses": False}, Step.FIRST_RATING, State.MISSING, Lack.NO_RESPONSE, 0),
        ({"has_head": False}, Step.ACCOUNTS, State.PARTLY, Lack.NO_HEAD, 0),
        ({"has_hr": False}, Step.ACCOUNTS, State.PARTLY, Lack.NO_HR, 0),
    ],
)
def test_what_a_unit_lacks_is_its_next_step(
    lacking: dict[str, Any], step: Step, state: State, lack: Lack, count: int
) -> None:
    facts = replace(READY, **lacking)
    assert state_of(facts, step) == (state, lack, count)
    assert guide(facts).next is step


def test_the_questionnaire_may_stay_as_it_is() -> None:
    facts = replace(READY, own_questionnaire=False)
    assert state_of(facts, Step.QUESTIONNAIRE)[0] is State.OPTIONAL
    assert guide(facts).next is None


def test_a_unit_of_halls_only_needs_no_roster() -> None:
    halls = replace(READY, desks=1, rostered_desks=0, to_be_rostered=0)
    assert state_of(halls, Step.ROSTER)[0] is State.DONE
    nothing = replace(halls, desks=0)
    assert state_of(nothing, Step.ROSTER)[:2] == (State.MISSING, Lack.NO_DESK)


def test_a_rating_shows_that_a_poster_hangs() -> None:
    assert state_of(replace(READY, printed=False), Step.PRINT)[0] is State.DONE


def test_an_empty_unit_has_nothing(session: Session) -> None:
    facts = facts_of(session, make_office(session))
    assert facts == SetUpFacts(
        active=True,
        services=0,
        desks=0,
        rostered_desks=0,
        to_be_rostered=0,
        officers=0,
        own_questionnaire=False,
        printed=False,
        responses=False,
        has_head=False,
        has_hr=False,
    )


def test_the_facts_are_counted(engine: Engine) -> None:
    unit_id = an_office(engine)
    with writing(engine) as session:
        desks = desks_by_code(session, unit_id)
        officer = officer_named(engine, "Sari")
        line = RosterLine(desks["L1"].id or 0, officer, 1, TODAY, 16, 24)
        record_duties(session, unit_id, [line], Cause("wati", "", NOON))
        desks["L2"].active = False
        session.get_one(ServiceUnit, unit_id).accent = "#1f4e8c"
    with reading(engine) as session:
        facts = facts_of(session, unit_id)
    assert (facts.services, facts.desks, facts.officers) == (2, 2, 3)
    assert (facts.rostered_desks, facts.to_be_rostered) == (1, 1)
    assert facts.own_questionnaire


def officer_named(engine: Engine, name: str) -> int:
    with engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, name FROM officer").all()
    return next(int(row.id) for row in rows if row.name == name)


def test_a_first_rating_is_seen(engine: Engine) -> None:
    unit_id = an_office(engine)
    with reading(engine) as session:
        assert not has_been_rated(session, unit_id)
    page = operator(engine).get(PAGE).text
    link = page.partition("http://127.0.0.1:8000")[2].partition('"')[0]
    assert tap(phone(engine), link).status_code == 201
    with reading(engine) as session:
        assert has_been_rated(session, unit_id)


def test_roles_are_held_in_the_branch_and_above_it(session: Session) -> None:
    city = make_office(session, "KOTA")
    dinas = make_office(session, "DINAS")
    other = make_office(session, "LAIN")
    session.get_one(ServiceUnit, dinas).parent_id = city
    session.flush()
    make_account(session, RoleIn(Role.UNIT_HEAD, dinas))
    make_account(session, RoleIn(Role.HR, city))
    make_account(session, RoleIn(Role.REVIEWER))
    parents = unit_parents(session)
    held = [roles_held(session, unit, parents) for unit in (city, dinas, other)]
    everywhere = Role.REVIEWER
    assert held == [
        {Role.HR, everywhere},
        {Role.UNIT_HEAD, Role.HR, everywhere},
        {everywhere},
    ]


def test_the_page_leads_to_the_next_step_with_one_button(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        make_office(session, UNIT)
    page = operator(sqlite_engine).get(PAGE).text
    assert page.count('class="btn"') == 1
    assert f'<a class="btn" href="/staff/unit/{UNIT}/layanan">Atur layanan</a>' in page
    assert "2 dari 9 langkah selesai. Berikutnya: Layanan." in page


def test_the_page_shows_how_to_come_to_each_desk_and_says_that_it_counts(
    sqlite_engine: Engine,
) -> None:
    unit_id = an_office(sqlite_engine)
    page = operator(sqlite_engine).get(PAGE).text
    assert page.count('role="img" aria-label="Kode QR') == 3
    for desk in by_code(sqlite_engine, "desk").values():
        assert f"/l/{desk['public_key']}" in page
    assert "Setiap penilaian dihitung, juga yang pertama." in page
    with writing(sqlite_engine) as session:
        session.execute(update(Desk).where(col(Desk.unit_id) == unit_id).values(active=False))
    assert 'role="img" aria-label="Kode QR' not in operator(sqlite_engine).get(PAGE).text


def test_the_guide_is_for_those_who_set_up_and_of_their_branch(sqlite_engine: Engine) -> None:
    an_office(sqlite_engine)
    with writing(sqlite_engine) as session:
        elsewhere = make_office(session, "LAIN")
    head = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.UNIT_HEAD))
    assert head.get(PAGE).status_code == 403
    assert operator(sqlite_engine, elsewhere).get(PAGE).status_code == 404


def test_printing_posters_is_a_step_done(engine: Engine) -> None:
    unit_id = an_office(engine)
    with reading(engine) as session:
        assert not facts_of(session, unit_id).printed
    assert operator(engine).get(f"/staff/unit/{UNIT}/loket/poster.pdf").status_code == 200
    with reading(engine) as session:
        assert facts_of(session, unit_id).printed


def test_whoever_left_is_no_officer_of_the_unit(engine: Engine) -> None:
    unit_id = an_office(engine)
    with writing(engine) as session:
        session.connection().exec_driver_sql("UPDATE assignment SET ends_on = '2026-10-04'")
    with reading(engine) as session:
        assert facts_of(session, unit_id).officers == 0
