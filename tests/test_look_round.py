"""Looking round: once while it lasts, over when it is over, and once a day if it comes and goes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from aggregation.alerts.look_round import BY_DAY, Changed, is_settled, look, settle
from aggregation.alerts.models import Alert, AlertKind
from aggregation.alerts.notices import Notice, Sight
from aggregation.alerts.raising import raise_alert
from kiosk.models import DeviceReport
from survey.database import reading, writing
from survey.models import ServiceUnit
from tests.alert_factories import at, look_round, made_tablet, made_unit, silent

THREADS = 64


@pytest.fixture
def unit(session: Session) -> ServiceUnit:
    return made_unit(session)


def round_with(
    session: Session,
    unit: ServiceUnit,
    now: datetime,
    *notices: Notice,
    undecided: frozenset[str] = frozenset(),
) -> Changed:
    """Look round with a detector that sees just this."""
    return settle(session, unit, {AlertKind.TABLET: Sight(notices, undecided)}, now)


def alerts(session: Session) -> list[Alert]:
    return list(session.scalars(select(Alert).order_by(col(Alert.raised_at))))


def counts(changed: Changed) -> tuple[int, int, int]:
    return len(changed.raised), changed.resumed, changed.ended


def test_what_lasts_is_raised_once(session: Session, unit: ServiceUnit) -> None:
    first = [counts(round_with(session, unit, at(day), silent())) for day in (3, 3, 4, 30)]
    assert first == [(1, 0, 0), (0, 0, 0), (0, 0, 0), (0, 0, 0)]
    [alert] = alerts(session)
    assert (alert.unit_id, alert.kind, alert.subject) == (unit.id, "tablet", "t1")
    assert (alert.raised_at, alert.ended_at) == (at(3), None)


def test_what_is_over_ends_and_stays_readable(session: Session, unit: ServiceUnit) -> None:
    round_with(session, unit, at(3), silent(), silent("t2"))
    assert counts(round_with(session, unit, at(3, 10), silent("t2"))) == (0, 0, 1)
    assert [(each.subject, each.ended_at) for each in alerts(session)].count(("t1", at(3, 10))) == 1
    assert counts(round_with(session, unit, at(3, 11), silent("t2"))) == (0, 0, 0)


def test_what_comes_and_goes_rings_once_a_day(session: Session, unit: ServiceUnit) -> None:
    done = []
    for day, hour in ((3, 9), (3, 11), (3, 13), (4, 9), (4, 11)):
        done.append(counts(round_with(session, unit, at(day, hour), silent())))
        round_with(session, unit, at(day, hour, 30))
    assert done == [(1, 0, 0), (0, 1, 0), (0, 1, 0), (1, 0, 0), (0, 1, 0)]
    assert [each.ended_at for each in alerts(session)] == [at(3, 13, 30), at(4, 11, 30)]


def test_of_what_nothing_can_be_said_neither_begins_nor_ends(
    session: Session, unit: ServiceUnit
) -> None:
    unknown = frozenset({"t1", "t2"})
    round_with(session, unit, at(3), silent())
    assert counts(round_with(session, unit, at(3, 16), undecided=unknown)) == (0, 0, 0)
    assert [each.subject for each in alerts(session)] == ["t1"]


def test_what_an_open_alert_says_keeps_up(session: Session, unit: ServiceUnit) -> None:
    round_with(session, unit, at(3), silent(desk="Loket 3"))
    renamed = {AlertKind.TABLET: Sight((silent(desk="Loket A"),))}
    assert not is_settled(session, unit, renamed)
    settle(session, unit, renamed, at(4))
    assert is_settled(session, unit, renamed)
    assert '"Loket A"' in alerts(session)[0].facts


def test_a_round_ends_only_what_it_looked_for(session: Session, unit: ServiceUnit) -> None:
    raise_alert(session, unit.id or 0, Notice(AlertKind.VERIFY, "2026-11-03"), at(3))
    neighbour = made_unit(session, "LAIN")
    round_with(session, neighbour, at(3), silent())
    assert counts(look_round(session, unit, at(3), BY_DAY)) == (0, 0, 0)
    assert len([each for each in alerts(session) if each.ended_at is None]) == 2


def test_a_tablet_is_silent_until_it_is_back_not_until_the_office_closes(
    session: Session, unit: ServiceUnit
) -> None:
    tablet = made_tablet(session, unit, at(2, 14))

    def round_at(day: int, hour: int) -> tuple[int, int, int]:
        return counts(look_round(session, unit, at(day, hour), BY_DAY))

    done = [round_at(*moment) for moment in ((2, 14), (2, 23), (3, 8), (3, 9), (3, 16), (4, 9))]
    assert done == [(0, 0, 0)] * 3 + [(1, 0, 0)] + [(0, 0, 0)] * 2
    session.get_one(DeviceReport, tablet).at = at(4, 10)
    session.flush()
    assert round_at(4, 10) == (0, 0, 1)


# --- at once


def raised_by_many(engine: Engine, act: Callable[[Session], object]) -> int:
    """Let many do the same at once, and return how many alerts there are."""
    together = Barrier(THREADS)

    def one(_number: int) -> None:
        together.wait()
        with writing(engine) as session:
            act(session)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(one, range(THREADS)))
    with reading(engine) as session:
        return len(alerts(session))


@pytest.fixture
def unit_id(engine: Engine) -> int:
    with writing(engine) as session:
        unit = made_unit(session)
        made_tablet(session, unit, at(2))
        return unit.id or 0


def test_of_many_rounds_at_once_one_raises(engine: Engine, unit_id: int) -> None:
    def look_there(session: Session) -> None:
        look_round(session, session.get_one(ServiceUnit, unit_id), at(3), BY_DAY)

    assert raised_by_many(engine, look_there) == 1


def test_of_many_who_see_the_same_at_once_one_raises_it(engine: Engine, unit_id: int) -> None:
    assert raised_by_many(engine, lambda each: raise_alert(each, unit_id, silent(), at(3))) == 1


def test_without_the_index_it_would_be_doubled(new_engine: Engine) -> None:
    with writing(new_engine) as session:
        unit_id = made_unit(session).id or 0
        session.execute(text("DROP INDEX ix_alert_open"))
    doubled = raised_by_many(new_engine, lambda each: raise_alert(each, unit_id, silent(), at(3)))
    assert doubled == THREADS


def test_looking_writes_nothing(engine: Engine, unit_id: int) -> None:
    with reading(engine) as session:
        unit = session.get_one(ServiceUnit, unit_id)
        seen = look(session, unit, at(3) + timedelta(hours=1))
        assert not is_settled(session, unit, seen)
        assert alerts(session) == []


def test_the_database_knows_the_kinds(session: Session, unit: ServiceUnit) -> None:
    row = {
        "id": uuid4(), "unit_id": unit.id, "kind": "rumour", "subject": "1", "facts": "{}",
        "raised_at": at(3),
    }  # fmt: skip
    with pytest.raises(IntegrityError, match="ck_alert_kind_is_known"), session.begin_nested():
        session.execute(insert(Alert), row)
