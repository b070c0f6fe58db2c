"""The nightly probe: each value is touched once a night, is found as it was, and counts nowhere."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http import HTTPStatus

import pytest
import time_machine
from sqlalchemy import Engine, func, select, text

from aggregation.access.accounts import RoleIn, unit_parents
from aggregation.access.role_names import ROLE_NAMES
from aggregation.access.roles import RIGHTS, Grant, Right, Role, Scope
from aggregation.demo.load import is_empty
from aggregation.proof.verify import verify
from deploy.unit_night import active_units
from survey.database import reading, writing
from survey.desks import UnknownDesk, desk_named, every_desk
from survey.findings import FINDING
from survey.ledger import place_of
from survey.models import Response, ServiceUnit, table_of
from survey.probe_desk import probe_desk
from survey.screening_models import RecentTap
from survey.sealing import seal_days
from survey.set_up import units_by_code
from survey.units import PROBE_UNIT, UnknownUnit, unit_with
from tests.api_factories import api, program
from tests.factories import KEYS, NOON, make_desk
from tests.probing import (
    DOUBLES,
    FORGETS_THE_RECEIPT,
    REFUSES,
    STORES_ANOTHER,
    SWALLOWS,
    break_intake,
    faults_in,
)
from tests.seal_factories import new_key
from tests.site_client import phone
from tests.staff_factories import member, staff

NIGHT = NOON + timedelta(hours=14, minutes=10)
"""Ten past two in Jakarta, after an ordinary Monday."""

EACH_ONCE = [1, 2, 3, 4]


@pytest.fixture(autouse=True)
def at_night() -> Iterator[None]:
    with time_machine.travel(NIGHT, tick=False):
        yield


def probed(engine: Engine) -> list[str]:
    return [fault.sentence for fault in faults_in(engine)]


def values_in(engine: Engine) -> list[int | None]:
    with reading(engine) as session:
        return list(
            session.execute(select(table_of(Response).c.overall).order_by(text("1"))).scalars()
        )


def test_each_value_is_touched_once_and_found_as_it_was(engine: Engine) -> None:
    assert probed(engine) == []
    assert values_in(engine) == EACH_ONCE
    with reading(engine) as session:
        connection = session.connection()
        rows = connection.execute(select(table_of(Response))).all()
        desk = probe_desk(session, KEYS.key("desk"))
        assert {(row.unit_id, row.desk_id, row.late) for row in rows} == {
            (desk.unit_id, desk.id, False)
        }
        assert all(place_of(connection, row.id) for row in rows)


def test_twice_a_night_is_once_and_the_next_night_is_another(sqlite_engine: Engine) -> None:
    assert probed(sqlite_engine) == probed(sqlite_engine) == []
    assert values_in(sqlite_engine) == EACH_ONCE
    with time_machine.travel(NIGHT + timedelta(days=1), tick=False):
        assert probed(sqlite_engine) == []
    assert values_in(sqlite_engine) == sorted(2 * EACH_ONCE)


def test_two_processes_at_once_touch_each_value_once(engine: Engine) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(probed, [engine, engine])) == [[], []]
    assert values_in(engine) == EACH_ONCE


# --- controls: a site that does not keep what it is told is found out


@pytest.mark.parametrize(
    ("broken", "value", "told"),
    [
        (SWALLOWS, 3, "Ketukan 3 tersimpan 0 kali, seharusnya sekali."),
        (DOUBLES, 2, "Ketukan 2 tersimpan 2 kali, seharusnya sekali."),
        (STORES_ANOTHER, 1, "Ketukan 1 tersimpan sebagai 4."),
        (REFUSES, 4, "Ketukan 4 tersimpan 0 kali, seharusnya sekali."),
        (FORGETS_THE_RECEIPT, 2, "Ketukan 2 tersimpan dengan tanda terima lain."),
    ],
    ids=["swallows", "doubles", "stores another", "refuses", "forgets the receipt"],
)
def test_a_site_that_keeps_one_value_otherwise_is_found_out(
    sqlite_engine: Engine, broken: str, value: int, told: str
) -> None:
    break_intake(sqlite_engine, broken)
    found = faults_in(sqlite_engine)
    assert told in [fault.sentence for fault in found]
    assert {fault.kind for fault in found} == {"probe"}
    if broken is not STORES_ANOTHER:  # by which the fourth face is kept twice
        assert {fault.subject for fault in found} == {f"probe {value}"}


def test_a_value_that_was_swallowed_is_tried_again_the_same_night(sqlite_engine: Engine) -> None:
    break_intake(sqlite_engine, SWALLOWS)
    assert probed(sqlite_engine)
    with writing(sqlite_engine) as session:
        session.execute(text("DROP TRIGGER broken"))
    assert probed(sqlite_engine) == []
    assert values_in(sqlite_engine) == EACH_ONCE


def test_a_value_that_is_kept_twice_is_told_all_night(sqlite_engine: Engine) -> None:
    break_intake(sqlite_engine, DOUBLES)
    assert probed(sqlite_engine)
    assert probed(sqlite_engine) == ["Ketukan uji 2 tersimpan 2 kali pada 2026-10-06."]


# --- it counts nowhere


def test_no_list_tree_or_sum_of_units_knows_the_probe(engine: Engine) -> None:
    probed(engine)
    with writing(engine) as session:
        assert is_empty(session)
        assert (units_by_code(session), every_desk(session, KEYS.key("desk"))) == ({}, [])
        made = make_desk(session)
    with reading(engine) as session:
        assert list(units_by_code(session).values()) == active_units(session)
        assert [desk.id for desk in every_desk(session, KEYS.key("desk"))] == [made.id]
        assert list(unit_parents(session)) == [made.unit_id]
        with pytest.raises(UnknownUnit):
            unit_with(session, PROBE_UNIT)
        with pytest.raises(UnknownDesk):
            desk_named(session, PROBE_UNIT, KEYS.key("desk"))


def test_no_role_has_any_right_in_it(sqlite_engine: Engine) -> None:
    probed(sqlite_engine)
    with reading(sqlite_engine) as session:
        unit_id = probe_desk(session, KEYS.key("desk")).unit_id
        for role in ROLE_NAMES:
            scope = Scope((Grant(RIGHTS[role]),), unit_parents(session))
            assert not any(scope.may(right, unit_id) for right in Right)


def test_pages_and_interfaces_say_the_same_as_without_it(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        for _ in range(2):
            make_desk(session)
    operator = member(staff(sqlite_engine), sqlite_engine, RoleIn(Role.OPERATOR))
    asked = program(api(sqlite_engine), sqlite_engine)

    def said() -> list[str]:
        pages = (f"/staff{path}" for path in ("/", "/unit/baru"))
        return [
            *(operator.get(page, follow_redirects=True).text for page in pages),
            asked.get("/units").text,
            phone(sqlite_engine).get("/publik/").text,
        ]

    before = said()
    probed(sqlite_engine)
    assert said() == before
    assert operator.get(f"/staff/unit/{PROBE_UNIT}").status_code == HTTPStatus.NOT_FOUND
    assert (
        asked.get(f"/indices?unit={PROBE_UNIT}&period=2026-10").status_code == HTTPStatus.NOT_FOUND
    )
    with reading(sqlite_engine) as session:
        known = session.execute(select(func.count()).select_from(ServiceUnit)).scalar_one()
    assert known == 3
    with writing(sqlite_engine) as session:
        make_desk(session)  # the control: a unit that is one is seen, where nothing is published
    assert [now == then for now, then in zip(said(), before, strict=True)] == [
        False, False, False, True,
    ]  # fmt: skip


def test_it_is_never_screened_and_disturbs_nobody_who_is(sqlite_engine: Engine) -> None:
    for night in range(3):
        with time_machine.travel(NIGHT + timedelta(days=night), tick=False):
            probed(sqlite_engine)
    with reading(sqlite_engine) as session:
        for table in (FINDING, table_of(RecentTap)):
            assert session.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_it_is_sealed_like_everything_else(sqlite_engine: Engine) -> None:
    probed(sqlite_engine)
    sealed = seal_days(sqlite_engine, new_key(), NIGHT + timedelta(days=1))
    assert [day.isoformat() for day in sealed] == ["2026-10-06"]
    assert verify(sqlite_engine, NIGHT + timedelta(days=1)).differences == []
