"""Running numbers that arrived, and what staff see of tablets: a lost tap shows as a gap (§8)."""

from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine

from kiosk.devices import revoke
from kiosk.fleet import TabletState, fleet
from survey.database import reading, writing
from tests.record_factories import NOON, Office, an_office, count_of, rows_of
from tests.tablet_factories import MadeTablet, enrolled, outcomes

SECOND, HOUR, DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def office(sqlite_engine: Engine) -> Office:
    return an_office(sqlite_engine, services=("KTP-EL",))


@pytest.fixture
def tablet(office: Office) -> MadeTablet:
    return enrolled(office.engine, office.desk.id)


def state_of(office: Office, device_id: UUID) -> TabletState:
    with reading(office.engine) as session:
        known = fleet(session, [office.desk.unit_id], NOON)
    return next(each for each in known if each.id == device_id)


def test_a_dropped_record_shows_as_a_gap(office: Office, tablet: MadeTablet) -> None:
    for n in range(10):
        tablet.keep(at=NOON + n * HOUR)
    del tablet.kept[6]
    tablet.send(office.engine, at=NOON + DAY)
    tablet.send(office.engine, at=NOON + DAY)
    state = state_of(office, tablet.device)
    assert (state.missing, state.gaps, state.waiting) == (1, ((6, 6),), 0)


def test_what_still_waits_is_no_gap(office: Office, tablet: MadeTablet) -> None:
    for n in range(10):
        tablet.keep(at=NOON + n * HOUR)
    tablet.send(office.engine, list(tablet.kept.values())[3:6], at=NOON + DAY)
    state = state_of(office, tablet.device)
    assert (state.missing, state.gaps, state.waiting) == (0, (), 7)


def test_a_record_dropped_at_the_end_shows_too(office: Office, tablet: MadeTablet) -> None:
    for n in range(3):
        tablet.keep(at=NOON + n * HOUR)
    del tablet.kept[2]
    tablet.send(office.engine, at=NOON + DAY)
    assert state_of(office, tablet.device).gaps == ((2, 2),)


def test_a_refused_item_has_arrived_and_is_set_aside(office: Office, tablet: MadeTablet) -> None:
    tablet.put(tablet.item(9))
    tablet.send(office.engine)
    state = state_of(office, tablet.device)
    assert (state.missing, state.waiting, state.set_aside) == (0, 0, 1)


def test_ranges_that_meet_become_one(engine: Engine) -> None:
    office = an_office(engine)
    tablet = enrolled(engine, office.desk.id)
    items = [tablet.keep(at=NOON + n * HOUR) for n in range(9)]
    for numbers in ((0, 1), (4,), (8, 6), (5,), (2, 3, 7), (0, 8)):
        tablet.send(engine, [items[n] for n in numbers], at=NOON + DAY)
    assert rows_of(engine, "device_range") == [{"device_id": tablet.device, "first": 0, "last": 8}]


def test_what_was_kept_under_an_earlier_enrolment_is_taken_under_its_own_numbers(
    office: Office, tablet: MadeTablet
) -> None:
    kept = [tablet.keep(at=NOON + n * HOUR) for n in range(3)]
    tablet.send(office.engine, [kept[0]], at=NOON + 4 * HOUR)
    with writing(office.engine) as session:
        revoke(session, tablet.device, NOON + 5 * HOUR, actor="cli")
    again = enrolled(office.engine, office.desk.id, at=NOON + DAY, previous=tablet.device)
    again.stamps = [*tablet.stamps, *again.stamps]
    old = [{**item, "device": str(tablet.device)} for item in kept[1:]]
    new = again.keep(at=NOON + DAY + HOUR)
    assert outcomes(again.send(office.engine, [*old, new], at=NOON + 2 * DAY)) == ["recorded"] * 3
    assert {
        (r["device_id"], r["first"], r["last"]) for r in rows_of(office.engine, "device_range")
    } == {
        (tablet.device, 0, 2),
        (again.device, 0, 0),
    }
    before, now = state_of(office, tablet.device), state_of(office, again.device)
    assert (before.replaced, before.waiting, before.missing) == (True, 0, 0)
    assert (now.replaced, now.missing) == (False, 0)


def test_what_another_tablet_kept_is_not_taken(office: Office, tablet: MadeTablet) -> None:
    other = enrolled(office.engine, office.desk.id)
    item = {**other.keep(), "device": str(other.device)}
    assert outcomes(tablet.send(office.engine, [item])) == ["foreign_device"]
    assert count_of(office.engine, "device_range") == 0


def test_the_report_is_what_staff_see(office: Office, tablet: MadeTablet) -> None:
    tablet.behind = 90 * SECOND
    taken = tablet.send(office.engine, [], at=NOON, report=tablet.report(battery=17, waiting=0))
    assert taken.results == ()
    state = state_of(office, tablet.device)
    assert (state.last_contact, state.offset, state.version) == (NOON, 90 * SECOND, "0123456789")
    assert (state.battery, state.charging, state.persisted) == (17, None, True)
    tablet.send(office.engine, [], at=NOON + HOUR, report=tablet.report(battery=None))
    assert state_of(office, tablet.device).battery is None


def test_a_tablet_that_never_reported_is_in_the_list(office: Office, tablet: MadeTablet) -> None:
    state = state_of(office, tablet.device)
    assert (state.last_contact, state.waiting, state.missing, state.gaps) == (None, 0, 0, ())


def test_of_another_unit_no_tablet_is_listed(office: Office, tablet: MadeTablet) -> None:
    other = an_office(office.engine)
    with reading(office.engine) as session:
        assert fleet(session, [other.desk.unit_id], NOON) == []
        assert [each.id for each in fleet(session, None, NOON)] == [tablet.device]
