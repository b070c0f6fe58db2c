"""What was acknowledged is stored exactly once, whatever is killed under load (quality)."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from deploy.migrate import upgrade
from survey.database import open_engine, reading, writing
from survey.desks import add_desk, signed_code
from survey.models import Response, table_of
from survey.receipt import digest_of
from survey.settings import Settings, settings_from
from tests.durability.citizens import Crowd, Receipted
from tests.durability.running import SHIPPED, RunningSite
from tests.record_factories import add_unit

CITIZENS = 6
CARELESS = "tests.durability.careless:replies_before_commit()"


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
        desk = add_desk(session, add_unit(session), "L1", "Loket 1")
        return f"/l/{signed_code(desk.public_key, settings.key('desk'))}"


def taps_under_kills(site: RunningSite, crowd: Crowd, kills: int) -> list[Receipted]:
    """Kill in turn a worker and everything while citizens tap; return what they were told."""
    ways = cycle(["worker", "worker", "everything"])

    def disturb() -> None:
        if next(ways) == "worker":
            site.kill_a_worker()
        else:
            site.kill()
            site.start()

    crowd.tap(CITIZENS, disturb, every=crowd.wanted // (kills + 1))
    assert crowd.unexpected == []
    return crowd.receipted


def lost_and_doubled(stored: Engine, key: bytes, receipted: Sequence[Receipted]) -> tuple[int, int]:
    """Count what was acknowledged and is not stored, and what is stored more than once."""
    response = table_of(Response)
    with reading(stored) as session:
        rows = session.execute(select(response.c.id, response.c.receipt_digest)).all()
    found = Counter((row.id, bytes(row.receipt_digest)) for row in rows)
    told = {(one.id, digest_of(one.receipt, key)) for one in receipted}
    ids = Counter(response_id for response_id, _ in found.elements())
    return sum(one not in found for one in told), sum(count > 1 for count in ids.values())


def test_kills_under_load_lose_and_double_nothing(
    environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment, SHIPPED) as site:
        receipted = taps_under_kills(site, Crowd(settings, site.port, path, 1500), kills=6)
    assert len({one.id for one in receipted}) >= 1500
    assert lost_and_doubled(stored, settings.key("receipt"), receipted) == (0, 0)


def test_a_site_that_replies_before_the_commit_is_found_out(
    environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment, CARELESS) as site:
        receipted = taps_under_kills(site, Crowd(settings, site.port, path, 400), kills=3)
    lost, _ = lost_and_doubled(stored, settings.key("receipt"), receipted)
    assert lost > 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_kills_under_load_lose_and_double_nothing(
    environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment, SHIPPED) as site:
        receipted = taps_under_kills(site, Crowd(settings, site.port, path, 15_000), kills=60)
    assert len({one.id for one in receipted}) >= 15_000
    assert lost_and_doubled(stored, settings.key("receipt"), receipted) == (0, 0)
