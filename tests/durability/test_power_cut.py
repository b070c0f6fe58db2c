"""What was acknowledged is on the disk after the power failed (quality)."""

import os
from collections.abc import Callable
from ctypes import CDLL, c_int64
from pathlib import Path

import pytest

from tests.durability.drives import Drive
from tests.durability.kills import CITIZENS
from tests.durability.offices import Office
from tests.durability.running import SHIPPED

CARELESS = "tests.durability.careless:does_not_wait_for_the_disk()"
WRITE_AND_WAIT = 7  # sync_file_range: hand it to the drive and wait; the drive is not told to flush
BLOCK = 4096


def lost_at_cuts(
    drive: Drive, office: Office, taps: int, cuts: int, application: str = SHIPPED
) -> list[int]:
    """Cut the power so often while citizens tap; return how much was lost after each cut."""
    lost: list[int] = []
    with office.site(application) as site:
        crowd = office.crowd(site, taps)

        def cut() -> None:
            drive.cut()
            site.kill()
            told = list(crowd.receipted)
            drive.mount_anew()
            assert office.whole()
            lost.append(office.lost(told))
            site.start()

        crowd.tap(CITIZENS, cut, every=taps // (cuts + 1))
    assert crowd.unexpected == []
    assert len({one.id for one in crowd.receipted}) >= taps
    assert office.holds_exactly(crowd.receipted) == (not any(lost))
    return lost


def test_power_cuts_under_load_lose_and_double_nothing(drive: Drive, office: Office) -> None:
    assert lost_at_cuts(drive, office, taps=250, cuts=4) == [0] * 4


def test_a_site_that_does_not_wait_for_the_disk_loses_at_a_power_cut(
    drive: Drive, office: Office
) -> None:
    [lost] = lost_at_cuts(drive, office, taps=100, cuts=1, application=CARELESS)
    assert lost > 0


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_many_power_cuts_under_load_lose_and_double_nothing(drive: Drive, office: Office) -> None:
    assert lost_at_cuts(drive, office, taps=4_000, cuts=24) == [0] * 24


def test_a_cut_takes_what_was_written_and_not_flushed_also_from_the_drive(drive: Drive) -> None:
    files = {"flushed": os.fdatasync, "written": written_to_the_drive, "in memory": lambda _: None}
    for name in files:
        change(drive.root / name, b"old", os.fsync)
    keep(drive.root)
    for name, wait in files.items():
        change(drive.root / name, b"new", wait)
    drive.cut()
    with pytest.raises(OSError, match="Input/output error"):
        change(drive.root / "too late", b"new", os.fsync)
    drive.mount_anew()
    found = {each.name: each.read_bytes()[:3] for each in drive.root.iterdir() if each.is_file()}
    assert found == {"flushed": b"new", "written": b"old", "in memory": b"old"}


def change(file: Path, content: bytes, wait: Callable[[int], object]) -> None:
    opened = os.open(file, os.O_RDWR | os.O_CREAT)
    try:
        os.pwrite(opened, content * BLOCK, 0)
        wait(opened)
    finally:
        os.close(opened)


def written_to_the_drive(file: int) -> None:
    assert CDLL(None).sync_file_range(file, c_int64(0), c_int64(0), WRITE_AND_WAIT) == 0


def keep(folder: Path) -> None:
    opened = os.open(folder, os.O_RDONLY)
    os.fsync(opened)
    os.close(opened)
