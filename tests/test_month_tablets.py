"""Tablets of a unit on every database: since when desks serve, who is red, what a close asks after.

Two tablets that are well are in every office here, so that one that stands out is told from them.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import event
from sqlmodel import Session

from aggregation.duties.duty_lines import DayException
from aggregation.duties.recorded_duties import record_duties
from aggregation.method.rule import DEFAULT_RULE
from aggregation.method.tablet_health import Sign
from aggregation.months.draft import draft_month
from aggregation.months.month_check import Finding, Kind, check_month
from aggregation.rules.rule_book import only
from aggregation.tablets.fleet_health import JudgedTablet, judged_fleet
from aggregation.tablets.month_tablets import tablets_of_month
from aggregation.tablets.red_tablets import red_tablets
from aggregation.tablets.serving_desks import serving_since
from survey.models import Desk
from survey.month import Month
from survey.opening_hours import read_hours
from tests.duty_factories import JAKARTA, because, in_jakarta
from tests.fleet_factories import stand_tablet
from tests.month_factories import AFTER_OCTOBER, OCTOBER, Shift, SmallOffice, small_office

MONDAY_9_40 = in_jakarta(5, 9, 40)
WHOLE_DAY = (Shift(0, 0, 1, 16, 24), Shift(0, 1, 1, 24, 30))
"""Monday from 08.00 to 12.00 by one officer, then to 15.00 by another."""
END_OF_OCTOBER = in_jakarta(1, 0, month=11)


def an_office(session: Session) -> SmallOffice:
    return small_office(session, WHOLE_DAY)


def desk(session: Session, office: SmallOffice, which: int = 0) -> Desk:
    return session.get_one(Desk, office.desks[which])


def since(
    session: Session, office: SmallOffice, now: datetime, hours: str | None = None
) -> dict[int, datetime]:
    return serving_since(
        session,
        office.unit_id,
        office.desks,
        hours=read_hours(hours),
        zone=JAKARTA,
        now=now,
    )


def red(session: Session, office: SmallOffice, now: datetime = MONDAY_9_40) -> list[JudgedTablet]:
    return red_tablets(session, office.unit_id, JAKARTA, now)


def statements(session: Session, office: SmallOffice) -> int:
    """Count what the database is asked for the head's page."""
    asked: list[str] = []

    def note(*executed: object) -> None:
        asked.append(str(executed[2]))

    engine = session.get_bind()
    event.listen(engine, "before_cursor_execute", note)
    red(session, office)
    event.remove(engine, "before_cursor_execute", note)
    return len(asked)


def asked_after(session: Session, office: SmallOffice, month: Month = OCTOBER) -> set[UUID]:
    return {each.state.id for each in tablets_of_month(session, office.unit_id, month)}


def findings(session: Session, office: SmallOffice) -> dict[Kind, str]:
    draft = draft_month(session, office.unit_id, OCTOBER, only(DEFAULT_RULE), AFTER_OCTOBER)
    found: list[Finding] = list(check_month(session, draft))
    return {each.kind: str(each) for each in found}


def test_a_desk_serves_since_its_duties_began_whoever_took_over(session: Session) -> None:
    office = an_office(session)
    first, *_ = office.desks
    opened = in_jakarta(5, 8)
    assert since(session, office, opened)[first] == opened
    assert since(session, office, in_jakarta(5, 14, 59))[first] == opened
    assert first not in since(session, office, in_jakarta(5, 15))
    assert first not in since(session, office, in_jakarta(6, 9))


def test_a_desk_that_nobody_serves_today_rests(session: Session) -> None:
    office = an_office(session)
    first, *_ = office.desks
    closed = DayException(first, None, MONDAY_9_40.date(), 16, 30)
    record_duties(session, office.unit_id, [closed], because("Libur", at=in_jakarta(4, 9)))
    assert first not in since(session, office, MONDAY_9_40)


def test_a_desk_without_a_roster_serves_while_the_unit_is_open(session: Session) -> None:
    office = an_office(session)
    first, second, *_ = office.desks
    hours = '[["07:30","15:00"],null,null,null,null,null,null]'
    found = since(session, office, MONDAY_9_40, hours)
    assert (found[first], found[second]) == (in_jakarta(5, 8), in_jakarta(5, 7, 30))
    assert second not in since(session, office, in_jakarta(6, 9), hours)
    assert second not in since(session, office, MONDAY_9_40)


def test_red_is_the_tablet_that_is_silent_while_its_desk_serves(session: Session) -> None:
    office = an_office(session)
    stand_tablet(session, desk(session, office), MONDAY_9_40)
    silent = stand_tablet(session, desk(session, office), MONDAY_9_40 - timedelta(minutes=20))
    assert [each.state.id for each in red(session, office)] == [silent]
    assert red(session, office, MONDAY_9_40 + timedelta(hours=8)) == []


def test_red_is_the_tablet_that_lost_or_set_aside_a_rating(session: Session) -> None:
    office = an_office(session)
    where = desk(session, office)
    stand_tablet(session, where, MONDAY_9_40, arrived=((0, 3),), next_sequence=6, waiting=2)
    hole = stand_tablet(session, where, MONDAY_9_40, arrived=((0, 3), (5, 9)))
    lost = stand_tablet(session, where, MONDAY_9_40, arrived=((0, 3),), next_sequence=6, waiting=1)
    refused = stand_tablet(session, where, MONDAY_9_40, set_aside=1)
    found = {each.state.id: each.signs[0] for each in red(session, office)}
    assert found == {hole: Sign.GAPS, lost: Sign.GAPS, refused: Sign.SET_ASIDE}


def test_one_that_was_revoked_or_enrolled_again_is_on_its_own_page_only(session: Session) -> None:
    office = an_office(session)
    where = desk(session, office)
    before = stand_tablet(session, where, MONDAY_9_40, arrived=((3, 3),))
    stand_tablet(session, where, MONDAY_9_40, succeeds=before)
    stand_tablet(session, where, MONDAY_9_40, waiting=3, next_sequence=3, revoked_at=MONDAY_9_40)
    stand_tablet(session, where, MONDAY_9_40, set_aside=1)
    assert [each.signs for each in red(session, office)] == [(Sign.SET_ASIDE,)]
    page = judged_fleet(session, office.unit_id, JAKARTA, MONDAY_9_40)
    assert {each.signs for each in page if each.ended} == {(Sign.GAPS,), (Sign.REVOKED_WAITING,)}


def test_while_all_is_well_the_head_s_page_asks_one_question_more(session: Session) -> None:
    office = an_office(session)
    stand_tablet(session, desk(session, office), MONDAY_9_40, arrived=((0, 41),))
    assert statements(session, office) == 1
    stand_tablet(session, desk(session, office), MONDAY_9_40, set_aside=1)
    assert statements(session, office) > 1


def test_a_close_asks_after_the_tablets_that_stood_there_in_the_month(session: Session) -> None:
    office, november = an_office(session), in_jakarta(3, 9, month=11)
    where, day = desk(session, office), timedelta(days=1)
    there = stand_tablet(session, where, november, enrolled=40 * day)
    just_gone = stand_tablet(session, where, november, revoked_at=in_jakarta(1, 0))
    stand_tablet(session, where, november, enrolled=day)
    stand_tablet(session, where, november, revoked_at=in_jakarta(30, 23, month=9))
    again = stand_tablet(session, where, in_jakarta(30, 9, month=9))
    stand_tablet(session, where, november, enrolled=day, succeeds=again)
    assert asked_after(session, office) == {there, just_gone}


def test_the_check_names_what_waits_what_is_lost_and_who_was_not_heard(session: Session) -> None:
    office = an_office(session)
    where, after = desk(session, office), END_OF_OCTOBER + timedelta(days=1)
    stand_tablet(session, where, after, arrived=((0, 9),), enrolled=timedelta(days=40))
    assert not {Kind.TABLET_GAPS, Kind.TABLET_WAITING} & findings(session, office).keys()
    arrived = ((0, 16), (18, 18))
    long = timedelta(days=40)
    stand_tablet(session, where, after, arrived=arrived, next_sequence=22, waiting=3, enrolled=long)
    found = findings(session, office)
    assert "1 penilaian tidak pernah tiba (nomor urut 17, 19–21)" in found[Kind.TABLET_GAPS]
    assert "masih menyimpan 3 penilaian" in found[Kind.TABLET_WAITING]


def test_the_check_names_a_tablet_that_was_not_heard_since_the_month_ended(
    session: Session,
) -> None:
    office = an_office(session)
    stand_tablet(session, desk(session, office), END_OF_OCTOBER - timedelta(hours=9))
    assert "belum memberi kabar sejak 2026-10-31" in findings(session, office)[Kind.TABLET_WAITING]


def test_a_tablet_that_never_came_back_is_in_no_later_month_s_way(session: Session) -> None:
    gone = in_jakarta(28, 9, month=9)
    kept: dict[str, Any] = {"waiting": 4, "next_sequence": 9}
    expected, given_up = an_office(session), an_office(session)
    stand_tablet(session, desk(session, expected), gone, **kept)
    assert Kind.TABLET_WAITING in findings(session, expected)
    stand_tablet(session, desk(session, given_up), gone, revoked_at=gone, **kept)
    assert not {Kind.TABLET_GAPS, Kind.TABLET_WAITING} & findings(session, given_up).keys()
