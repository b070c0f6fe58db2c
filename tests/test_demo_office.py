"""The demo office shows something to everybody who signs in to it."""

from datetime import UTC, datetime

import sqlmodel
from sqlalchemy import Engine, func, select, text
from sqlmodel import col

from aggregation.demo.accounts import add_demo_accounts
from aggregation.demo.acts import add_demo_acts
from aggregation.demo.load import load_demo
from aggregation.demo.office import UNIT_CODE
from aggregation.method.tablet_health import Sign
from aggregation.tablets.fleet_health import judged_fleet
from kiosk.models import DeviceRange
from survey.channel import Channel
from survey.database import reading, writing
from survey.models import Response
from survey.settings import settings_from
from survey.units import unit_with
from tests.duty_factories import JAKARTA

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)
SETTINGS = settings_from({"NILAI_SECRET_KEY": "x" * 43})


def count(engine: Engine, query: str) -> int:
    with reading(engine) as session:
        found: int = session.execute(text(query)).scalar_one()
        return found


def look_at_the_tablets(engine: Engine) -> None:
    """One is well, one lost its network; what arrived is what their desks were rated with."""
    with reading(engine) as session:
        unit = unit_with(session, UNIT_CODE)
        well, lost = judged_fleet(session, unit.id or 0, JAKARTA, NOW)
        by_tablet = dict(
            session.execute(
                select(col(Response.desk_id), func.count())
                .where(col(Response.channel) == Channel.KIOSK)
                .group_by(col(Response.desk_id))
            ).all()
        )
        ranges = {
            each.device_id: (each.first, each.last)
            for each in session.exec(sqlmodel.select(DeviceRange))
        }
    assert (well.state.desk_name, well.signs) == ("Loket 1", ())
    # A Sunday: nobody serves, so nobody misses the tablet; what it keeps is told all the same.
    assert (lost.state.desk_name, lost.signs) == ("Loket 3", (Sign.STRANDED, Sign.BATTERY))
    assert ranges == {
        each.state.id: (0, by_tablet[each.state.desk_id] - 1) for each in (well, lost)
    }


def test_assessor_officer_and_reviewer_find_something_to_do(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        load_demo(session, 2, 1, NOW, SETTINGS)
        add_demo_accounts(session, NOW)
        add_demo_acts(session, SETTINGS)

    proposed = count(sqlite_engine, "SELECT count(*) FROM officer_figure WHERE proposal > ''")
    assert proposed > 2
    assert count(sqlite_engine, "SELECT count(*) FROM decision") == proposed - 2
    assert count(sqlite_engine, "SELECT count(*) FROM superior_note") == 1
    assert count(sqlite_engine, "SELECT count(*) FROM objection") == 1
    assert count(sqlite_engine, "SELECT count(*) FROM officer_figure WHERE visits > covered") == 9
    assert count(sqlite_engine, "SELECT count(*) FROM outage") == 1
    assert count(sqlite_engine, "SELECT count(*) FROM finding") == 0
    assert count(sqlite_engine, "SELECT count(*) FROM publication") == 1
    assert count(sqlite_engine, "SELECT count(*) FROM published_card") == 6
    look_at_the_tablets(sqlite_engine)


def test_an_office_without_a_closed_month_is_left_alone(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        load_demo(session, 1, 1, NOW, SETTINGS)
        add_demo_accounts(session, NOW)
        add_demo_acts(session, SETTINGS)
    assert count(sqlite_engine, "SELECT count(*) FROM decision") == 0
