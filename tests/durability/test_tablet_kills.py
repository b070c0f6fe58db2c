"""A tablet without a network, whose browser is killed again and again, loses nothing (quality)."""

import random
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path
from shutil import rmtree
from time import monotonic
from uuid import UUID

import pytest
from playwright.sync_api import Playwright
from sqlalchemy import Engine

from survey.database import writing
from survey.settings import Settings
from tests.durability.kills import power_cut
from tests.durability.running import RunningSite
from tests.durability.tablets import (
    Core,
    Count,
    StoreThrownAway,
    Tablet,
    count,
    device_ids,
    enrol,
    modules_at,
    new_code,
    on_disk,
)
from tests.factories import make_desk

COMMENT = "Antrean panjang sekali pagi ini"


@pytest.fixture
def site(environment: dict[str, str], stored: Engine) -> Iterator[RunningSite]:
    assert stored is not None  # its tables have to be there
    with RunningSite(environment) as running:
        yield running


@pytest.fixture
def tablet(
    playwright: Playwright, site: RunningSite, stored: Engine, settings: Settings, tmp_path: Path
) -> Iterator[Tablet]:
    with writing(stored) as session:
        desk = make_desk(session)
    address = f"http://127.0.0.1:{site.port}"
    tablet = Tablet(playwright, tmp_path / "profile", address, modules_at(address))
    try:
        enrol(tablet.start("/kiosk/enrol"), address, new_code(stored, desk.id, settings))
        yield tablet
    finally:
        tablet.kill()


def kills_without_a_network(tablet: Tablet, taps: int, kills: int) -> None:
    """Take taps, a part of them between each two kills; the last browser stays."""
    tablet.kill()
    chance = random.Random(7)
    for killed in range(1, kills + 1):
        page = tablet.start()
        wanted = max(taps * killed // kills, len(tablet.told) + 1)
        tablet.begin_tapping(page, taps, COMMENT)
        tablet.wait_for(page, wanted)
        page.wait_for_timeout(chance.randrange(20))
        tablet.kill()


def drained(tablet: Tablet, site: RunningSite) -> Core:
    site.start()
    core = Core(tablet.start(), tablet.modules)
    core.drained()
    return core


def everything(tablet: Tablet, stored: Engine) -> Count:
    return count(stored, {UUID(each) for each in tablet.told.values()})


def taps_under_kills_of_the_server(
    tablet: Tablet, site: RunningSite, taps: int, kills: int
) -> None:
    """Take taps and send them, killing workers and everything in turn."""
    page = tablet.start()
    tablet.begin_tapping(page, taps, COMMENT, sends=True)
    ways = cycle([RunningSite.kill_a_worker, power_cut])
    for killed in range(1, kills + 1):
        tablet.wait_for(page, taps * killed // (kills + 1))
        next(ways)(site)
    tablet.wait_for(page, taps)
    tablet.kill()


@pytest.mark.flaky(reruns=2, only_rerun=["StoreThrownAway"])  # the browser's fault, told apart
def test_three_hundred_taps_offline_survive_twenty_kills_of_the_browser(
    tablet: Tablet, site: RunningSite, stored: Engine
) -> None:
    site.kill()
    kills_without_a_network(tablet, taps=300, kills=20)
    [device] = device_ids(stored)
    assert on_disk(tablet.profile, device) != []  # the search does find what lies there
    assert on_disk(tablet.profile, COMMENT) == on_disk(tablet.profile, '"PERSYARATAN":') == []
    assert drained(tablet, site).rows() == []
    found = everything(tablet, stored)
    assert found == Count(stored=found.stored, lost=0, doubled=0, missing=0)
    assert 300 <= len(tablet.told) <= found.stored <= len(tablet.told) + 20


def test_a_browser_that_has_thrown_its_store_away_is_told_apart(
    tablet: Tablet, site: RunningSite
) -> None:
    site.kill()
    tablet.kill()
    rmtree(tablet.profile / "Default" / "IndexedDB")
    page = tablet.start()
    with pytest.raises(StoreThrownAway):
        tablet.wait_for(page, 1)


def test_taps_that_are_sent_while_the_server_is_killed_arrive_once(
    tablet: Tablet, site: RunningSite, stored: Engine
) -> None:
    tablet.kill()
    taps_under_kills_of_the_server(tablet, site, taps=120, kills=4)
    site.kill()
    assert drained(tablet, site).rows() == []
    assert everything(tablet, stored) == Count(stored=120, lost=0, doubled=0, missing=0)


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_five_thousand_taps_offline_survive_two_hundred_kills_of_the_browser(
    tablet: Tablet, site: RunningSite, stored: Engine
) -> None:
    site.kill()
    kills_without_a_network(tablet, taps=5_000, kills=200)
    began = monotonic()
    assert drained(tablet, site).rows() == []
    assert monotonic() - began < 60  # quality: drained within a minute of the server's return
    found = everything(tablet, stored)
    assert found == Count(stored=found.stored, lost=0, doubled=0, missing=0)
    assert found.stored >= len(tablet.told) >= 5_000


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_ten_thousand_taps_survive_kills_of_network_browser_and_server(
    tablet: Tablet, site: RunningSite, stored: Engine
) -> None:
    tablet.kill()
    for round_ in range(1, 11):
        taps_under_kills_of_the_server(tablet, site, taps=round_ * 1_000, kills=4)
        site.kill()
        kills_without_a_network(tablet, taps=round_ * 1_000 + 40, kills=4)
        site.start()
    assert drained(tablet, site).rows() == []
    found = everything(tablet, stored)
    assert found == Count(stored=found.stored, lost=0, doubled=0, missing=0)
    assert found.stored >= 10_000
