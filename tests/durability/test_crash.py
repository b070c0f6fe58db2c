"""What was acknowledged is stored exactly once, whatever is killed under load (quality)."""

import pytest
from sqlalchemy import Engine

from survey.settings import Settings
from tests.durability.citizens import Crowd
from tests.durability.kills import lost_and_doubled, taps_under_kills
from tests.durability.running import SHIPPED, RunningSite

CARELESS = "tests.durability.careless:replies_before_commit()"


def test_kills_under_load_lose_and_double_nothing(
    environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment, SHIPPED) as site:
        receipted = taps_under_kills(Crowd(settings, site.port, path, 1500), site, kills=6)
    assert len({one.id for one in receipted}) >= 1500
    assert lost_and_doubled(stored, settings.key("receipt"), receipted) == (0, 0)


def test_a_site_that_replies_before_the_commit_is_found_out(
    environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment, CARELESS) as site:
        receipted = taps_under_kills(Crowd(settings, site.port, path, 400), site, kills=3)
    lost, _ = lost_and_doubled(stored, settings.key("receipt"), receipted)
    assert lost > 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_kills_under_load_lose_and_double_nothing(
    environment: dict[str, str], settings: Settings, stored: Engine, path: str
) -> None:
    with RunningSite(environment, SHIPPED) as site:
        receipted = taps_under_kills(Crowd(settings, site.port, path, 15_000), site, kills=60)
    assert len({one.id for one in receipted}) >= 15_000
    assert lost_and_doubled(stored, settings.key("receipt"), receipted) == (0, 0)
