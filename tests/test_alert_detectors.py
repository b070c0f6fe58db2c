"""What rings and what does not: each detector with its borders."""

from collections.abc import Iterator
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert, select
from sqlmodel import Session, col

from aggregation.alerts.drop import drops
from aggregation.alerts.due_actions import due_actions
from aggregation.alerts.look_round import DETECTORS, is_settled, look, settle
from aggregation.alerts.models import AlertKind
from aggregation.alerts.notices import Sight
from aggregation.alerts.silence import long_silent, silences
from aggregation.alerts.waiting import ALL, unread, unreviewed
from aggregation.comments.models import CommentAct, CommentStep
from aggregation.improvements.models import ImprovementStep, Progress
from aggregation.method.cuts import Cut
from aggregation.method.working_days import is_working_day, waiting_since
from aggregation.proof.verify import Verified, record_verification
from kiosk.models import Device
from survey.database import writing
from survey.difference import Difference, Kind
from survey.models import Desk, ServiceUnit
from survey.opening_hours import OpenDay, OpeningHours, read_hours
from tests.alert_factories import (
    WEEKDAYS,
    at,
    hold_responses,
    made_action,
    made_comments,
    made_tablet,
    made_unit,
    threes,
)
from tests.release_factories import made_release
from tests.tampering import untriggered

MINUTE = timedelta(minutes=1)
STEADY = (48, 47, 48, 47, 48, 47)
"""Indices of 88.00 and 88.25 in turn: their limits are 87.46 and 88.79."""


@pytest.fixture
def session(sqlite_engine: Engine) -> Iterator[Session]:
    with writing(sqlite_engine) as opened:
        yield opened


@pytest.fixture
def unit(session: Session) -> ServiceUnit:
    return made_unit(session)


def kinds_and_subjects(sight: Sight) -> list[tuple[AlertKind, str]]:
    return [notice.key for notice in sight.notices]


# --- a drop


def release_months(session: Session, unit: ServiceUnit, first: int, *counts: int | None) -> None:
    for month, count in enumerate(counts, start=first):
        whole = None if count is None else threes(count)
        made_release(session, unit.id or 0, f"2026-{month:02}", whole)


def test_a_month_below_the_limits_of_those_before_it_rings(
    session: Session, unit: ServiceUnit
) -> None:
    release_months(session, unit, 4, *STEADY, 51)
    [notice] = drops(session, unit, at(5)).notices
    assert notice.key == (AlertKind.DROP, "2026-10")
    assert notice.facts == {"month": "2026-10", "index": "87.25", "low": "87.46"}


def test_a_month_within_the_limits_is_quiet(session: Session, unit: ServiceUnit) -> None:
    release_months(session, unit, 4, *STEADY, 50)
    assert drops(session, unit, at(5)) == Sight()


def test_five_months_give_no_limits(session: Session, unit: ServiceUnit) -> None:
    release_months(session, unit, 5, *STEADY[1:], 51)
    assert drops(session, unit, at(5)) == Sight()


@pytest.mark.parametrize(("now", "rings"), [(54, False), (55, True), (20, False)])
def test_a_fall_rings_once_it_is_more_than_chance(
    session: Session, unit: ServiceUnit, now: int, rings: bool
) -> None:
    release_months(session, unit, 9, 40, now)
    sight = drops(session, unit, at(5))
    assert [notice.facts for notice in sight.notices] == (
        [{"month": "2026-10", "index": "86.25", "before": "90.00"}] if rings else []
    )


@pytest.mark.parametrize("counts", [(), (40,), (40, None), (None, 90), (40, None, 90)])
def test_what_is_not_released_is_compared_with_nothing(
    session: Session, unit: ServiceUnit, counts: tuple[int | None, ...]
) -> None:
    release_months(session, unit, 8, *counts)
    made_release(session, unit.id or 0, "2026-Q3", threes(90), {Cut.DESK: {"1": threes(99)}})
    assert drops(session, unit, at(5)) == Sight()


def test_only_the_newest_month_rings(session: Session, unit: ServiceUnit) -> None:
    release_months(session, unit, 8, 10, 90, 85)
    assert drops(session, unit, at(5)) == Sight()


# --- a silent tablet


@pytest.mark.parametrize(("minutes", "rings"), [(15, False), (16, True)])
def test_a_tablet_rings_when_its_desk_serves_and_it_is_silent(
    session: Session, unit: ServiceUnit, minutes: int, rings: bool
) -> None:
    tablet = made_tablet(session, unit, at(3) - minutes * MINUTE)
    sight = silences(session, unit, at(3))
    assert kinds_and_subjects(sight) == ([(AlertKind.TABLET, str(tablet))] if rings else [])
    assert sight.undecided == frozenset()


def test_of_a_tablet_out_of_touch_while_the_office_is_closed_nothing_is_said(
    session: Session, unit: ServiceUnit
) -> None:
    tablet = made_tablet(session, unit, at(3, 14))
    back = made_tablet(session, unit, at(3, 15, 50))
    sight = silences(session, unit, at(3, 16))
    assert (sight.notices, sight.undecided) == ((), frozenset({str(tablet)}))
    assert str(back) not in sight.undecided
    assert silences(session, unit, at(7)).undecided == {str(tablet), str(back)}  # a Saturday


def test_nobody_waits_for_a_tablet_that_was_taken_away(session: Session, unit: ServiceUnit) -> None:
    made_tablet(session, unit, at(2), revoked_at=at(2))
    closed = made_tablet(session, unit, at(2))
    standing = session.scalars(select(Desk).join(Device).where(col(Device.id) == closed)).one()
    standing.active = False
    session.flush()
    assert silences(session, unit, at(3)) == Sight()


@pytest.mark.parametrize(("clock", "long"), [((9, 0), False), ((9, 1), True), ((15, 30), False)])
def test_the_silence_of_a_night_is_counted_from_the_opening_on(
    session: Session, unit: ServiceUnit, clock: tuple[int, int], long: bool
) -> None:
    made_tablet(session, unit, at(2, 14))
    now = at(3, *clock)
    notices = silences(session, unit, now).notices
    assert bool(long_silent(session, unit, notices, now)) is long


# --- the follow-up register


@pytest.mark.parametrize(
    ("due_on", "subjects"),
    [
        (date(2026, 11, 18), []),
        (date(2026, 11, 17), ["7 due"]),
        (date(2026, 11, 3), ["7 due"]),
        (date(2026, 11, 2), ["7 late"]),
    ],
)
def test_an_action_rings_a_fortnight_before_its_day_and_again_after_it(
    session: Session, unit: ServiceUnit, due_on: date, subjects: list[str]
) -> None:
    made_action(session, unit, 7, due_on)
    found = due_actions(session, unit, at(3))
    assert [subject for _, subject in kinds_and_subjects(found)] == subjects


def test_what_is_done_or_put_off_does_not_ring(session: Session, unit: ServiceUnit) -> None:
    done, later = (made_action(session, unit, number, date(2026, 11, 1)) for number in (1, 2))
    step = {"told_at": at(2), "told_by": "kepala", "text": "Kursi terpasang"}
    facts = (
        {"improvement_id": done, "progress": Progress.DONE, "done_on": date(2026, 11, 2),
         "due_on": None},
        {"improvement_id": later, "progress": Progress.RUNNING, "done_on": None,
         "due_on": date(2026, 12, 24)},
    )  # fmt: skip
    session.execute(insert(ImprovementStep), [{**step, **each, "id": uuid4()} for each in facts])
    assert due_actions(session, unit, at(3)) == Sight()


# --- what waits


@pytest.mark.parametrize(("day", "rings"), [(4, False), (5, True)])
def test_quarantine_rings_after_more_than_two_working_days(
    session: Session, day: int, rings: bool
) -> None:
    unit = hold_responses(session, date(2026, 11, 2), 3)
    sight = unreviewed(session, unit, at(day))
    assert kinds_and_subjects(sight) == ([(AlertKind.QUARANTINE, ALL)] if rings else [])
    if rings:
        assert sight.notices[0].facts == {"count": 3, "since": "2026-11-02"}


def test_the_alert_of_a_quarantine_knows_no_value(session: Session) -> None:
    unit = hold_responses(session, date(2026, 11, 2))
    before = unreviewed(session, unit, at(9))
    with untriggered(session):
        session.connection().exec_driver_sql("UPDATE response SET overall = 5 - overall")
    assert unreviewed(session, unit, at(9)) == before != Sight()


@pytest.mark.parametrize(("day", "rings"), [(5, False), (6, True)])
def test_comments_ring_after_more_than_three_working_days(
    session: Session, unit: ServiceUnit, day: int, rings: bool
) -> None:
    read, *_ = made_comments(session, unit, date(2026, 11, 2), 6)
    step = {"id": uuid4(), "comment_id": read, "done_at": at(3), "done_by": "kepala"}
    session.execute(insert(CommentStep), {**step, "act": CommentAct.READ, "text": ""})
    sight = unread(session, unit, at(day))
    assert [notice.facts for notice in sight.notices] == (
        [{"count": 5, "since": "2026-11-02"}] if rings else []
    )


def test_what_came_before_a_weekend_or_a_holiday_waits_longer() -> None:
    assert waiting_since(date(2026, 11, 9), 2, None) == date(2026, 11, 4)
    christmas = date(2026, 12, 25)
    assert not is_working_day(christmas, None)
    assert is_working_day(christmas - timedelta(days=7), None)
    saturdays = OpeningHours((None,) * 5 + (OpenDay(at(3).time(), at(3, 12).time()), None))
    assert waiting_since(date(2026, 11, 9), 1, saturdays) == date(2026, 10, 30)
    assert is_working_day(date(2026, 11, 7), saturdays)
    assert not is_working_day(date(2026, 11, 7), read_hours(WEEKDAYS))


# --- all of them


def test_each_kind_of_database_sees_the_same(engine: Engine) -> None:
    with writing(engine) as session:
        unit = hold_responses(session, date(2026, 11, 2))
        unit.opening_hours = WEEKDAYS
        release_months(session, unit, 9, 40, 55)
        made_tablet(session, unit, at(9, 8, 30))
        made_action(session, unit, 1, date(2026, 11, 10))
        made_comments(session, unit, date(2026, 11, 2))
        broken = Difference(Kind.REMOVED, "response", "Tidak ada.")
        record_verification(session, Verified(1, [broken]), at(9))
        seen = look(session, unit, at(9))
        settled = is_settled(session, unit, seen)
        changed = settle(session, unit, seen, at(9))
        assert {kind: len(sight.notices) for kind, sight in seen.items()} == dict.fromkeys(seen, 1)
        assert (settled, len(changed.raised)) == (False, len(DETECTORS))
        assert is_settled(session, unit, look(session, unit, at(9)))
