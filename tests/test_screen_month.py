"""What duties and visits make suspicious, written down once; blind to every value (method §7)."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text, update
from sqlmodel import Session, col

from aggregation.closings import Closing
from aggregation.screening.screen_month import screen_month
from survey.database import writing
from survey.models import ClosedMonth
from survey.screening import Signal
from survey.screening_models import RecentTap
from tests.month_factories import (
    AFTER_OCTOBER,
    OCTOBER,
    Shift,
    SmallOffice,
    small_office,
)
from tests.screening_factories import (
    MONDAY_9,
    MONDAY_13,
    MONDAY_20,
    findings,
    ids_in,
    rated,
    served,
    slips,
    turned_over,
)
from tests.staff_factories import make_closed_month
from tests.tampering import untriggered

CLOSED, BEYOND = Signal.CLOSED_HOURS.value, Signal.MORE_THAN_SERVED.value


def screened(session: Session, office: SmallOffice, at: datetime = AFTER_OCTOBER) -> int:
    return screen_month(session, office.unit_id, OCTOBER, at)


def test_what_was_rated_when_nobody_served_is_set_aside(session: Session) -> None:
    office = small_office(session)
    for half_hour in (MONDAY_9, MONDAY_20):
        rated(session, office, half_hour)
    assert screened(session, office) == 1
    assert findings(session, office) == {(ids_in(session, office, MONDAY_20)[0], CLOSED)}


def test_again_adds_nothing(session: Session) -> None:
    office = small_office(session)
    rated(session, office, MONDAY_20, 3)
    assert [screened(session, office) for _ in range(3)] == [3, 0, 0]


def test_half_an_hour_after_closing_is_grace(session: Session) -> None:
    office = small_office(session, [Shift(0, 0, 1, 16, 26)])
    rated(session, office, MONDAY_13)
    assert screened(session, office) == 0


def test_a_desk_that_has_no_duties_is_open_at_any_time(session: Session) -> None:
    office = small_office(session)
    rated(session, office, MONDAY_20, 5, desk=1)
    assert screened(session, office) == 0


def test_a_half_hour_of_two_officers_is_served_though_it_is_nobodys(session: Session) -> None:
    office = small_office(session, [Shift(0, 0, 1, 16, 24), Shift(0, 1, 1, 22, 30)])
    rated(session, office, MONDAY_9 + 4)
    assert screened(session, office) == 0


def test_more_than_were_served_are_all_set_aside(session: Session) -> None:
    office = small_office(session)
    served(session, office, MONDAY_9, 4)
    rated(session, office, MONDAY_9, 7)
    assert screened(session, office) == 7
    assert {reason for _, reason in findings(session, office)} == {BEYOND}


def test_visits_of_the_half_hours_beside_count(session: Session) -> None:
    office = small_office(session)
    for half_hour in (MONDAY_9 - 1, MONDAY_9 + 1):
        served(session, office, half_hour, 2)
    rated(session, office, MONDAY_9, 6)
    assert screened(session, office) == 0


def test_visits_to_the_neighbour_say_nothing(session: Session) -> None:
    office = small_office(session)
    served(session, office, MONDAY_9, 1, desk=1)
    rated(session, office, MONDAY_9, 9)
    assert screened(session, office) == 0


def test_numbered_slips_are_visits(session: Session) -> None:
    office = small_office(session)
    slips(session, office, range(MONDAY_9 - 2, MONDAY_9 + 6), 4)
    rated(session, office, MONDAY_9, 6)
    assert screened(session, office) == 0
    rated(session, office, MONDAY_9)
    assert screened(session, office) == 7


def test_sheets_of_paper_are_not_timed(session: Session) -> None:
    office = small_office(session)
    served(session, office, MONDAY_9)
    for half_hour in (MONDAY_9, MONDAY_20):
        rated(session, office, half_hour, 9, channel="paper")
    assert screened(session, office) == 0


def test_the_running_day_is_left_alone(session: Session) -> None:
    office = small_office(session)
    served(session, office, MONDAY_9)
    rated(session, office, MONDAY_9, 5)
    assert screened(session, office, datetime(2026, 10, 5, 4, tzinfo=UTC)) == 0
    assert screened(session, office, datetime(2026, 10, 6, 4, tzinfo=UTC)) == 5


def test_of_a_closed_month_only_what_came_late_is_looked_at(session: Session) -> None:
    office = small_office(session)
    rated(session, office, MONDAY_20)
    rated(session, office, MONDAY_20 + 1, late=True)
    session.add(ClosedMonth(unit_id=office.unit_id, month=OCTOBER, closed_at=AFTER_OCTOBER))
    session.flush()
    assert screened(session, office) == 1
    assert findings(session, office) == {(ids_in(session, office, MONDAY_20 + 1)[0], CLOSED)}


def test_what_a_revision_admitted_is_counted_and_not_looked_at_again(session: Session) -> None:
    office = small_office(session)
    rated(session, office, MONDAY_20, late=True, received_on=date(2026, 11, 2))
    rated(session, office, MONDAY_20 + 1, late=True, received_on=date(2026, 11, 3))
    make_closed_month(session, office.unit_id, [], OCTOBER)
    make_closed_month(session, office.unit_id, [], OCTOBER, revision=1)
    admitted = (
        update(Closing).where(col(Closing.revision) == 1).values(late_until=date(2026, 11, 3))
    )
    with untriggered(session):
        session.execute(admitted)
    assert screened(session, office) == 1
    assert findings(session, office) == {(ids_in(session, office, MONDAY_20 + 1)[0], CLOSED)}


def test_screening_forgets_when_the_last_taps_came(session: Session) -> None:
    office = small_office(session)
    tap = RecentTap(
        desk_id=office.desks[0],
        at=AFTER_OCTOBER - timedelta(hours=1),
        response_id=uuid4(),
        kept_until=AFTER_OCTOBER,
        unit_id=office.unit_id,
        month=OCTOBER,
    )
    session.add(tap)
    session.flush()
    screened(session, office)
    assert session.execute(text("SELECT count(*) FROM recent_tap")).scalar_one() == 0


def crowded(session: Session, office: SmallOffice) -> None:
    """Rate in and out of hours, below and beyond what was served, with every rating."""
    served(session, office, MONDAY_9, 5)
    for rating in (1, 2, 3, 4):
        rated(session, office, MONDAY_9, 2, overall=rating)
        rated(session, office, MONDAY_9 + 6, overall=rating)
        rated(session, office, MONDAY_20, overall=rating)


def test_turning_all_ratings_over_changes_nothing(sqlite_engine: Engine) -> None:
    found = []
    with writing(sqlite_engine) as session:
        office = small_office(session)
        crowded(session, office)
    for _ in range(2):
        with writing(sqlite_engine) as session:
            screened(session, office)
            found.append(findings(session, office))
            session.execute(text("DELETE FROM finding"))
        turned_over(sqlite_engine)
    assert found[0] == found[1]
    assert {reason for _, reason in found[0]} == {CLOSED, BEYOND}


def test_a_rule_that_looks_at_the_values_is_noticed(sqlite_engine: Engine) -> None:
    """A control: what would set aside only praise is found by turning the ratings over."""
    with writing(sqlite_engine) as session:
        crowded(session, small_office(session))

    def peeking() -> set[object]:
        with sqlite_engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT id FROM response WHERE overall = 4")
            return set(rows.scalars())

    before = peeking()
    turned_over(sqlite_engine)
    assert peeking() != before


@pytest.mark.parametrize("time_zone", ["Asia/Jakarta", "Asia/Jayapura"])
def test_days_are_those_of_the_unit(session: Session, time_zone: str) -> None:
    office = small_office(session)
    session.execute(
        text("UPDATE service_unit SET time_zone = :zone WHERE id = :id"),
        {"zone": time_zone, "id": office.unit_id},
    )
    rated(session, office, MONDAY_20)
    late_in_jakarta = datetime(2026, 10, 5, 16, 30, tzinfo=UTC)  # past midnight in Jayapura
    assert screened(session, office, late_in_jakarta) == (time_zone == "Asia/Jayapura")
