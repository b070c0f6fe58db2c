"""A tablet without a network, whose browser is killed again and again, loses nothing (quality)."""

import random
from collections.abc import Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from shutil import rmtree
from time import monotonic
from uuid import UUID

import pytest
from playwright.sync_api import Page, Playwright
from sqlalchemy import Engine

from survey.database import writing
from survey.settings import Settings
from tests.durability.kills import power_cut
from tests.durability.running import RunningSite
from tests.durability.tablets import (
    Core,
    Count,
    Tablet,
    count,
    device_ids,
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
    code = partial(new_code, stored, desk.id, settings)
    tablet = Tablet(playwright, tmp_path / "profile", address, modules_at(address), code)
    try:
        tablet.enrol(tablet.start("/kiosk/enrol"))
        yield tablet
    finally:
        tablet.kill()


def started(tablet: Tablet, site: RunningSite) -> Page:
    """Start the browser; where it has lost its database, let the attendant enrol it again."""
    page = tablet.start()
    if tablet.has_forgotten(page):
        is_away = site.process.poll() is not None
        if is_away:
            site.start()
        tablet.enrol(page)
        if is_away:
            site.kill()
    return page


def kills_without_a_network(tablet: Tablet, site: RunningSite, taps: int, kills: int) -> None:
    """Take taps, a part of them between each two kills; the last browser is killed too."""
    tablet.kill()
    chance = random.Random(7)
    for killed in range(1, kills + 1):
        page = started(tablet, site)
        wanted = max(taps * killed // kills, len(tablet.told) + 1)
        tablet.begin_tapping(page, taps, COMMENT)
        tablet.wait_for(page, wanted)
        page.wait_for_timeout(chance.randrange(20))
        tablet.kill()


def drained(tablet: Tablet, site: RunningSite) -> Core:
    page = started(tablet, site)
    site.start()
    core = Core(page, tablet.modules)
    core.drained()
    return core


def everything(tablet: Tablet, stored: Engine) -> Count:
    return count(stored, set(map(UUID, tablet.told)))


def taps_under_kills_of_the_server(
    tablet: Tablet, site: RunningSite, taps: int, kills: int
) -> None:
    """Take taps and send them, killing workers and everything in turn."""
    page = started(tablet, site)
    tablet.begin_tapping(page, taps, COMMENT, sends=True)
    ways = cycle([RunningSite.kill_a_worker, power_cut])
    for killed in range(1, kills + 1):
        tablet.wait_for(page, taps * killed // (kills + 1))
        next(ways)(site)
    tablet.wait_for(page, taps)
    tablet.kill()


def test_three_hundred_taps_offline_survive_twenty_kills_of_the_browser(
    tablet: Tablet, site: RunningSite, stored: Engine
) -> None:
    site.kill()
    kills_without_a_network(tablet, site, taps=300, kills=20)
    # The search does find what lies there.
    assert any(on_disk(tablet.profile, device) for device in device_ids(stored))
    assert on_disk(tablet.profile, COMMENT) == on_disk(tablet.profile, '"PERSYARATAN":') == []
    assert drained(tablet, site).rows() == []
    found = everything(tablet, stored)
    assert found == Count(stored=found.stored, lost=0, doubled=0, missing=0)
    assert 300 <= len(tablet.told) <= found.stored <= len(tablet.told) + 20


@pytest.mark.parametrize(
    ("thrown_away", "is_copied"), [(["IndexedDB"], True), (["IndexedDB", "Service Worker"], False)]
)
def test_a_browser_that_throws_its_database_away_loses_what_has_no_copy(
    tablet: Tablet, site: RunningSite, stored: Engine, thrown_away: list[str], *, is_copied: bool
) -> None:
    site.kill()
    kills_without_a_network(tablet, site, taps=40, kills=1)
    for each in thrown_away:
        rmtree(tablet.profile / "Default" / each)
    site.start()
    page = tablet.start("/kiosk/enrol")
    tablet.enrol(page)
    Core(page, tablet.modules).drained()
    assert everything(tablet, stored).lost == (0 if is_copied else len(tablet.told))


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
    kills_without_a_network(tablet, site, taps=5_000, kills=200)
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
        kills_without_a_network(tablet, site, taps=round_ * 1_000 + 40, kills=4)
        site.start()
    assert drained(tablet, site).rows() == []
    found = everything(tablet, stored)
    assert found == Count(stored=found.stored, lost=0, doubled=0, missing=0)
    assert found.stored >= 10_000
