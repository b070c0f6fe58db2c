"""What a check leaves behind: a row, a warning, and an alert for who may read the log."""

import json
from datetime import timedelta

import time_machine
from sqlalchemy import Engine
from sqlmodel import col, select

from aggregation.alerts.broken_record import broken_record
from aggregation.alerts.models import Alert, AlertKind
from aggregation.proof.verify import Verified, record_verification, verify
from kiosk.app import public_site
from survey.database import reading, writing
from survey.difference import Difference, Kind
from survey.models import ServiceUnit
from survey.seal_models import Verification
from survey.verification import last_check, warnings_of
from tests.alert_factories import look_round
from tests.factories import make_unit, settings
from tests.seal_factories import NIGHT

BROKEN = Verified(12, [Difference(Kind.CHANGED, f"response {n}", "Berubah.") for n in range(120)])
CLEAN = Verified(12, [])


def note(engine: Engine, verified: Verified, nights: int = 0) -> None:
    with writing(engine) as session:
        record_verification(session, verified, NIGHT + timedelta(days=nights))


def test_a_check_is_kept_with_the_first_of_what_it_found(engine: Engine) -> None:
    note(engine, BROKEN)
    with reading(engine) as session:
        kept = session.scalars(select(Verification)).one()
        assert (kept.rows, kept.differences, kept.finished_at) == (12, 120, NIGHT)
        found = json.loads(kept.findings)
    assert len(found) == 100
    assert found[0] == {"kind": "changed", "subject": "response 0", "sentence": "Berubah."}


def test_the_newest_check_warns_and_an_old_one_too(engine: Engine) -> None:
    def said(days: int) -> list[str]:
        with engine.connect() as connection:
            return warnings_of(connection, NIGHT + timedelta(days=days))

    assert said(0) == []
    note(engine, BROKEN)
    assert said(0) == ["verify: 120 differences, see nilai verify"]
    note(engine, CLEAN, nights=1)
    assert said(1) == []
    assert said(4) == []
    assert said(5) == ["verify: not checked for 4 days, see nilai nightly"]


def test_a_warning_turns_nobody_away(sqlite_engine: Engine) -> None:
    note(sqlite_engine, BROKEN)
    site = public_site(settings(), sqlite_engine, lambda _: True).test_client()
    with time_machine.travel(NIGHT, tick=False):
        answer = site.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "reasons": [],
        "warnings": ["verify: 120 differences, see nilai verify"],
    }


def test_the_topmost_unit_that_serves_is_told_until_a_check_is_clean(engine: Engine) -> None:
    with writing(engine) as session:
        top = make_unit(session)
        below = make_unit(session)
        session.get_one(ServiceUnit, below).parent_id = top
    note(engine, BROKEN)
    for night, open_alerts in ((0, 1), (1, 1)):
        with writing(engine) as session:
            for unit_id in (top, below):
                at = NIGHT + timedelta(days=night)
                look_round(session, session.get_one(ServiceUnit, unit_id), at, DETECTOR)
            alerts = session.scalars(select(Alert).where(col(Alert.ended_at).is_(None))).all()
            assert [alert.unit_id for alert in alerts] == [top] * open_alerts
    note(engine, CLEAN, nights=2)
    with writing(engine) as session:
        look_round(session, session.get_one(ServiceUnit, top), NIGHT + timedelta(days=2), DETECTOR)
        assert session.scalars(select(Alert)).one().ended_at is not None


def test_a_unit_whose_head_is_closed_is_told_itself(sqlite_engine: Engine) -> None:
    with writing(sqlite_engine) as session:
        top, below = make_unit(session), make_unit(session)
        session.get_one(ServiceUnit, below).parent_id = top
        session.get_one(ServiceUnit, top).active = False
    note(sqlite_engine, BROKEN)
    with reading(sqlite_engine) as session:
        [notice] = broken_record(session, session.get_one(ServiceUnit, below), NIGHT).notices
    assert notice.facts == {"count": 120}


def test_an_installation_without_a_seal_is_checked_too(sqlite_engine: Engine) -> None:
    verified = verify(sqlite_engine, NIGHT)
    assert (verified.rows, verified.differences, verified.notices) == (0, [], [])
    with sqlite_engine.connect() as connection:
        assert last_check(connection) is None


DETECTOR = {AlertKind.VERIFY: broken_record}
