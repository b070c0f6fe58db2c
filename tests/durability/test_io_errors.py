"""A disk that fails, for moments or for good, refuses ratings; it never loses acknowledged ones."""

from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep

from survey.errors import RETRY_AFTER
from tests.durability.drives import Drive
from tests.durability.kills import CITIZENS
from tests.durability.offices import Office
from tests.durability.running import SHIPPED
from tests.durability.tracing import failing, injected

CARELESS = "tests.durability.careless:replies_before_commit()"
TAPS = 240
ANSWERS = 40
PATIENCE = 60.0
"""Seconds after which no more answers are waited for."""


@dataclass
class Told:
    """What citizens were told while the disk failed now and then, and a power cut ended it.

    Attributes
    ----------
    refused
        The headers Retry-After of the answers 503.
    failed
        How many calls to the disk failed.
    lost
        How many ratings were acknowledged and are not stored after the power cut.
    """

    refused: list[str]
    failed: int
    lost: int


def told_by_a_failing_disk(
    drive: Drive, office: Office, trace: Path, application: str = SHIPPED
) -> Told:
    with office.site(application, failing(trace, drive.root / "nilai.db")) as site:
        crowd = office.crowd(site, TAPS)
        crowd.tap(CITIZENS, lambda: None, every=TAPS)
        drive.cut()
    drive.mount_anew()
    assert crowd.unexpected == []
    return Told(crowd.refused, injected(trace), office.lost(crowd.receipted))


def test_what_a_disk_acknowledged_between_its_errors_survives_a_power_cut(
    drive: Drive, office: Office, tmp_path: Path
) -> None:
    told = told_by_a_failing_disk(drive, office, tmp_path / "trace")
    assert told.failed >= len(told.refused) // 2 > 0
    assert set(told.refused) == {str(RETRY_AFTER)}
    assert told.lost == 0
    assert office.whole()


def test_a_site_that_replies_before_the_commit_is_found_out_by_a_failing_disk(
    drive: Drive, office: Office, tmp_path: Path
) -> None:
    told = told_by_a_failing_disk(drive, office, tmp_path / "trace", CARELESS)
    assert told.failed > 0
    assert told.lost > 0


def test_a_drive_that_dies_under_the_site_refuses_and_has_what_it_acknowledged_when_it_is_back(
    drive: Drive, office: Office
) -> None:
    with office.site() as site:
        crowd = office.crowd(site, TAPS)

        def die() -> None:
            drive.cut()
            told, until = len(crowd.receipted), monotonic() + PATIENCE
            while len(crowd.refused) < ANSWERS and monotonic() < until:
                sleep(0.01)
            # An answer may have been on its way when the drive died; no more than one each.
            assert len(crowd.receipted) <= told + CITIZENS
            site.kill()
            drive.mount_anew()
            site.start()

        crowd.tap(CITIZENS, die, every=TAPS // 2)
    assert crowd.unexpected == []
    assert len(crowd.refused) >= ANSWERS
    assert set(crowd.refused) == {str(RETRY_AFTER)}
    assert office.holds_exactly(crowd.receipted)
    assert office.whole()
