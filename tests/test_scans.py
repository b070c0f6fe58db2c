"""From the code on a tablet's screen to a pass: which codes lead there, and which do not."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import Engine, event, insert
from sqlmodel import Session

from kiosk.devices import revoke
from kiosk.models import Device
from kiosk.rotating_code import PURPOSE, code_key, letters, step_of
from kiosk.scans import take_scan
from survey.database import reading, writing
from survey.desks import DeskClosed, UnknownDesk
from survey.models import table_of
from survey.visit_pass import ScanAgain, read_pass
from tests.factories import KEYS, NOON, MadeDesk, make_desk
from tests.tablet_factories import enrolled

A_MINUTE = timedelta(minutes=1)


def shown(tablet: UUID, at: datetime = NOON) -> str:
    """Return the letters on a tablet's screen."""
    return letters(code_key(KEYS.key(PURPOSE), tablet), step_of(at))


def scan(session: Session, desk: MadeDesk, code: str, at: datetime = NOON) -> str:
    return take_scan(session, desk.code, code, KEYS, at)


@pytest.fixture
def desk(sqlite_engine: Engine) -> MadeDesk:
    with writing(sqlite_engine) as session:
        return make_desk(session)


def test_a_scan_gives_a_pass_of_the_desk_and_of_the_moment(
    sqlite_engine: Engine, desk: MadeDesk
) -> None:
    tablet = enrolled(sqlite_engine, desk.id).device
    with reading(sqlite_engine) as session:
        passes = [scan(session, desk, shown(tablet)) for _ in range(2)]
    first, second = (read_pass(each, KEYS.key("pass")) for each in passes)
    assert (first.desk, first.visit.at) == (desk.code[:6], NOON)
    assert first.visit.id != second.visit.id


def test_a_code_lives_for_its_minute_and_one_on_either_side(
    sqlite_engine: Engine, desk: MadeDesk
) -> None:
    tablet = enrolled(sqlite_engine, desk.id).device
    with reading(sqlite_engine) as session:
        for minutes in (-1, 0, 1):
            assert scan(session, desk, shown(tablet, NOON + minutes * A_MINUTE))
        for minutes in (-60, -3, -2, 2, 3, 60):
            with pytest.raises(ScanAgain):
                scan(session, desk, shown(tablet, NOON + minutes * A_MINUTE))


def test_the_code_of_a_revoked_tablet_dies_at_once_and_its_neighbours_does_not(
    engine: Engine,
) -> None:
    with writing(engine) as session:
        desk = make_desk(session)
    gone, stays = (enrolled(engine, desk.id).device for _ in range(2))
    with writing(engine) as session:
        assert scan(session, desk, shown(gone))
        revoke(session, gone, NOON, actor="cli")
        with pytest.raises(ScanAgain):
            scan(session, desk, shown(gone))
        assert scan(session, desk, shown(stays))


def test_a_code_of_another_desk_leads_nowhere(sqlite_engine: Engine, desk: MadeDesk) -> None:
    with writing(sqlite_engine) as session:
        neighbour = make_desk(session, desk.unit_id, services=())
    code = shown(enrolled(sqlite_engine, neighbour.id).device)
    with reading(sqlite_engine) as session:
        assert scan(session, neighbour, code)
        with pytest.raises(ScanAgain):
            scan(session, desk, code)


def test_a_tablet_of_another_installation_is_not_believed(
    sqlite_engine: Engine, desk: MadeDesk
) -> None:
    tablet = enrolled(sqlite_engine, desk.id).device
    code = letters(code_key(b"another secret", tablet), step_of(NOON))
    with reading(sqlite_engine) as session, pytest.raises(ScanAgain):
        scan(session, desk, code)


def test_a_desk_without_a_tablet_has_no_code(sqlite_engine: Engine, desk: MadeDesk) -> None:
    with reading(sqlite_engine) as session, pytest.raises(ScanAgain):
        scan(session, desk, "000000")


def test_a_wrong_desk_and_a_closed_one_are_told_as_on_the_poster(
    sqlite_engine: Engine, desk: MadeDesk
) -> None:
    with writing(sqlite_engine) as session:
        closed = make_desk(session, active=False)
    code = shown(enrolled(sqlite_engine, desk.id).device)
    with reading(sqlite_engine) as session:
        with pytest.raises(UnknownDesk):
            take_scan(session, "0" * 12, code, KEYS, NOON)
        with pytest.raises(DeskClosed):
            scan(session, closed, code)


def test_small_letters_and_dashes_are_forgiven(sqlite_engine: Engine, desk: MadeDesk) -> None:
    code = shown(enrolled(sqlite_engine, desk.id).device)
    with reading(sqlite_engine) as session:
        grouped = f"{code[:3]}-{code[3:]}".lower()
        assert take_scan(session, desk.code.lower(), grouped, KEYS, NOON)


def test_a_scan_reads_twice_and_writes_nothing_however_many_tablets_stand_there(
    sqlite_engine: Engine,
) -> None:
    with writing(sqlite_engine) as session:
        desk = make_desk(session)
        rows = [
            {"id": UUID(int=n), "unit_id": desk.unit_id, "desk_id": desk.id, "public_key": b"k",
             "enrolled_at": NOON, "contacts": 0}
            for n in range(20)
        ]  # fmt: skip
        session.execute(insert(table_of(Device)), rows)
    asked: list[str] = []
    event.listen(sqlite_engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with reading(sqlite_engine) as session:
        assert scan(session, desk, shown(UUID(int=19)))
    assert [statement.partition(" ")[0] for statement in asked] == ["BEGIN", "SELECT", "SELECT"]
