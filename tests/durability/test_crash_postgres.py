"""The same on PostgreSQL, whose server crashes as well; its disk is waited for."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from deploy.migrate import is_current
from kiosk.app import public_site
from survey.database import UnsafeDatabase, recording
from survey.settings import Settings
from tests.durability.citizens import Crowd
from tests.durability.kills import CITIZENS, lost_and_doubled, taps_under_kills
from tests.durability.running import RunningSite
from tests.durability.servers import crashing_server
from tests.postgres import Server

CARELESS = "tests.durability.careless:does_not_wait_for_postgresql()"


@pytest.fixture
def server() -> Iterator[Server]:
    with crashing_server() as started:
        yield started


@pytest.fixture
def environment(server: Server) -> dict[str, str]:
    return {
        "NILAI_DATABASE_URL": server.url("nilai"),
        "NILAI_SECRET_KEY": "a secret key that only this test knows",
    }


def test_crashes_of_postgresql_lose_and_double_nothing(
    server: Server, environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment) as site:
        crowd = Crowd(settings, site.port, path, 600)
        receipted = taps_under_kills(crowd, site, kills=3, cut=lambda _: server.crash())
    stored.dispose()  # its connections are from before the last crash
    assert len({one.id for one in receipted}) >= 600
    assert lost_and_doubled(stored, settings.key("receipt"), receipted) == (0, 0)


def test_a_site_that_does_not_wait_for_postgresqls_disk_is_found_out(
    server: Server, environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    server.administer("ALTER SYSTEM SET wal_writer_delay = '10s'")
    server.crash()
    stored.dispose()
    with RunningSite(environment, CARELESS) as site:
        crowd = Crowd(settings, site.port, path, 200)
        crowd.tap(CITIZENS, server.crash, every=100)
    stored.dispose()
    assert lost_and_doubled(stored, settings.key("receipt"), crowd.receipted)[0] > 0


def test_a_postgresql_that_does_not_wait_for_its_disk_is_refused(
    server: Server, stored: Engine, settings: Settings
) -> None:
    stored.dispose()
    server.administer("ALTER SYSTEM SET synchronous_commit = off")
    server.crash()
    answer = public_site(settings, stored, is_current).test_client().get("/readyz")
    assert answer.status_code == 503
    assert "synchronous_commit" in answer.text
    with pytest.raises(UnsafeDatabase, match="synchronous_commit"), recording(stored):
        pass
    server.administer("ALTER SYSTEM RESET synchronous_commit")


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_crashes_of_postgresql_lose_and_double_nothing(
    server: Server, environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment) as site:
        crowd = Crowd(settings, site.port, path, 5_000)
        receipted = taps_under_kills(crowd, site, kills=30, cut=lambda _: server.crash())
    stored.dispose()
    assert len({one.id for one in receipted}) >= 5_000
    assert lost_and_doubled(stored, settings.key("receipt"), receipted) == (0, 0)
