"""On a full disk nothing is acknowledged, and work goes on by itself when there is room again."""

import os
import pwd
from collections.abc import Iterator
from dataclasses import dataclass
from time import monotonic, sleep

import pytest

from survey.errors import RETRY_AFTER
from tests.durability.citizens import Crowd
from tests.durability.drives import Drive
from tests.durability.kills import CITIZENS
from tests.durability.offices import Office, office_on
from tests.durability.running import SHIPPED
from tests.durability.servers import crashing_server

CARELESS = "tests.durability.careless:replies_before_commit()"
ANSWERS = 60
"""How many answers are waited for while the disk is full."""

SETTLING = 10
TAPS = 360
PATIENCE = 60.0
"""Seconds after which no more answers are waited for."""


@dataclass
class Told:
    """What citizens were told while the disk was full, and what came of it.

    Attributes
    ----------
    refused
        The headers Retry-After of the answers 503.
    acknowledged
        How many answers said that a rating is recorded.
    lost
        How many ratings were acknowledged, before or after, and are not stored.
    exactly
        Whether what was acknowledged is stored, and nothing else.
    """

    refused: list[str]
    acknowledged: int
    lost: int
    exactly: bool


def told_while_full(
    drive: Drive, office: Office, application: str = SHIPPED, taps: int = TAPS
) -> Told:
    """Let citizens tap, fill the disk for a while in the middle, and let them go on."""
    found: list[tuple[list[str], int]] = []
    with office.site(application) as site:
        crowd = office.crowd(site, taps)
        processes: list[list[int]] = []

        def fill() -> None:
            processes.append(site.pids())
            found.append(while_full(drive, crowd))

        crowd.tap(CITIZENS, fill, every=taps // 2)
        assert processes == [site.pids()]  # nothing was started anew
    assert crowd.unexpected == []
    return Told(*found[0], office.lost(crowd.receipted), office.holds_exactly(crowd.receipted))


def while_full(drive: Drive, crowd: Crowd) -> tuple[list[str], int]:
    with drive.full():
        # The log's file still has places of its own; once they are used, the disk is full.
        for _ in range(SETTLING):
            acknowledged = len(crowd.receipted)
            wait_for(crowd, refusals=4 * CITIZENS)
            if acknowledged == len(crowd.receipted):
                break
        refused, acknowledged = len(crowd.refused), len(crowd.receipted)
        wait_for(crowd, refusals=ANSWERS)
        return crowd.refused[refused:], len(crowd.receipted) - acknowledged


def wait_for(crowd: Crowd, refusals: int) -> None:
    """Wait for so many refusals more, or until as many taps were acknowledged instead."""
    until = monotonic() + PATIENCE
    refused, acknowledged = len(crowd.refused) + refusals, len(crowd.receipted) + refusals
    while len(crowd.refused) < refused and len(crowd.receipted) < acknowledged:
        if monotonic() > until:
            return
        sleep(0.01)


def test_a_full_disk_answers_503_and_takes_ratings_again_by_itself(
    drive: Drive, office: Office
) -> None:
    told = told_while_full(drive, office)
    assert len(told.refused) >= ANSWERS
    assert set(told.refused) == {str(RETRY_AFTER)}
    assert told.acknowledged == 0
    assert told.exactly
    assert office.whole()


def test_a_site_that_replies_before_the_commit_is_found_out_by_a_full_disk(
    drive: Drive, office: Office
) -> None:
    told = told_while_full(drive, office, CARELESS, taps=4 * TAPS)
    assert told.acknowledged > 0
    assert told.lost > 0


@pytest.fixture
def postgres_office(drive: Drive) -> Iterator[Office]:
    """Give an office whose tables lie on the drive; the server's log lies elsewhere."""
    folder = drive.root / "tables"
    folder.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    with crashing_server() as server:
        server.administer(f"CREATE TABLESPACE tight LOCATION '{folder}'")
        server.administer("ALTER DATABASE nilai SET TABLESPACE tight")
        with office_on(server.url("nilai")) as made:
            yield made


def test_postgresql_with_no_room_for_tables_loses_nothing_and_goes_on_by_itself(
    drive: Drive, postgres_office: Office
) -> None:
    told = told_while_full(drive, postgres_office)
    assert set(told.refused) == {str(RETRY_AFTER)}  # a row that still finds room is taken
    assert told.exactly
