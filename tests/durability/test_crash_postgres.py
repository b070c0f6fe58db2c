"""The same on PostgreSQL, whose server crashes as well; its disk is waited for."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine

from survey.settings import Settings
from tests.durability.citizens import Crowd
from tests.durability.kills import lost_and_doubled, taps_under_kills
from tests.durability.running import RunningSite
from tests.durability.servers import crashing_server
from tests.postgres import Server


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
