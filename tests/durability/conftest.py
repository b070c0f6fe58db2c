"""An office on a database file of its own, for sites that run as processes of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine

from deploy.migrate import upgrade
from survey.database import open_engine, writing
from survey.desks import signed_code
from survey.set_up import add_desk
from survey.settings import Settings, settings_from
from tests.durability.desk_world import Desk, standing
from tests.durability.drives import Drive, why_no_drive
from tests.durability.offices import Office, office_on
from tests.factories import make_unit

NEED_A_DRIVE = ("test_power_cut.py", "test_disk_full.py", "test_io_errors.py")
"""Where no drive can be made these are left out, and test_not_run.py says so."""

collect_ignore = list(NEED_A_DRIVE) if why_no_drive() else []


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {
        "NILAI_DATABASE_URL": f"sqlite:///{tmp_path / 'nilai.db'}",
        "NILAI_SECRET_KEY": "a secret key that only this test knows",
    }


@pytest.fixture
def settings(environment: dict[str, str]) -> Settings:
    return settings_from(environment)


@pytest.fixture
def stored(settings: Settings) -> Iterator[Engine]:
    upgrade(settings.database_url)
    engine = open_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def path(stored: Engine, settings: Settings) -> str:
    with writing(stored) as session:
        desk = add_desk(session, make_unit(session), "L1", "Loket 1")
        return f"/l/{signed_code(desk.public_key, settings.key('desk'))}"


@pytest.fixture
def desk(browser: Browser, sqlite_engine: Engine) -> Iterator[Desk]:
    with standing(browser, sqlite_engine) as standing_desk:
        yield standing_desk


@pytest.fixture
def drive() -> Iterator[Drive]:
    with Drive() as made:
        yield made


@pytest.fixture
def office(drive: Drive) -> Iterator[Office]:
    """Give an office whose database file lies on a drive of its own."""
    with office_on(f"sqlite:///{drive.root / 'nilai.db'}") as made:
        yield made
