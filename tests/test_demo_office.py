"""The demo office shows something to everybody who signs in to it."""

from datetime import UTC, datetime

from sqlalchemy import Engine, text

from aggregation.demo.accounts import add_demo_accounts
from aggregation.demo.acts import add_demo_acts
from aggregation.demo.load import load_demo
from survey.database import reading, writing
from survey.settings import settings_from

NOW = datetime(2026, 11, 22, 3, tzinfo=UTC)


def count(engine: Engine, query: str) -> int:
    with reading(engine) as session:
        found: int = session.execute(text(query)).scalar_one()
        return found


def test_assessor_officer_and_reviewer_find_something_to_do(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        load_demo(session, 2, 1, NOW, settings_from({"NILAI_SECRET_KEY": "x" * 43}))
        add_demo_accounts(session, NOW)
        add_demo_acts(session)

    proposed = count(sqlite_engine, "SELECT count(*) FROM officer_figure WHERE proposal > ''")
    assert proposed > 2
    assert count(sqlite_engine, "SELECT count(*) FROM decision") == proposed - 2
    assert count(sqlite_engine, "SELECT count(*) FROM superior_note") == 1
    assert count(sqlite_engine, "SELECT count(*) FROM objection") == 1
    assert count(sqlite_engine, "SELECT count(*) FROM officer_figure WHERE visits > covered") == 9
    assert count(sqlite_engine, "SELECT count(*) FROM outage") == 1
    assert count(sqlite_engine, "SELECT count(*) FROM finding") == 0


def test_an_office_without_a_closed_month_is_left_alone(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        load_demo(session, 1, 1, NOW, settings_from({"NILAI_SECRET_KEY": "x" * 43}))
        add_demo_accounts(session, NOW)
        add_demo_acts(session)
    assert count(sqlite_engine, "SELECT count(*) FROM decision") == 0
