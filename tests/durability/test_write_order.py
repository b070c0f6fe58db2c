"""A 201 is sent after the disk has confirmed the row, not before (quality)."""

from pathlib import Path

import pytest

from survey.settings import Settings
from tests.durability.citizens import Crowd, connect
from tests.durability.running import SHIPPED, RunningSite
from tests.durability.tracing import flushes_before_replies, strace

CARELESS = "tests.durability.careless:does_not_wait_for_the_disk()"
REPLIES = 20


def traced_taps(
    application: str, environment: dict[str, str], settings: Settings, path: str, trace: Path
) -> list[int]:
    """Return how often the disk confirmed before each of the last twenty replies."""
    with RunningSite(environment, application, wrapper=strace(trace)) as site:
        crowd = Crowd(settings, site.port, path, REPLIES)
        connection = connect(site.port)
        # The first commit into a new log flushes the log's head whatever the setting.
        told = [crowd.tap_once(connection) for _ in range(REPLIES + 2)]
        connection.close()
    assert [one.status for one in told] == [201] * len(told)
    return flushes_before_replies(trace)[-REPLIES:]


def test_the_disk_confirms_before_each_of_twenty_replies(
    environment: dict[str, str], settings: Settings, path: str, tmp_path: Path
) -> None:
    flushes = traced_taps(SHIPPED, environment, settings, path, tmp_path / "trace")
    assert len(flushes) == REPLIES
    assert min(flushes) >= 1


def test_a_site_that_does_not_wait_for_the_disk_is_found_out(
    environment: dict[str, str], settings: Settings, path: str, tmp_path: Path
) -> None:
    flushes = traced_taps(CARELESS, environment, settings, path, tmp_path / "trace")
    assert flushes == [0] * REPLIES


@pytest.mark.parametrize(
    ("lines", "flushes"),
    [
        (['7 recvfrom(9, "POST /l/X', "7 fdatasync(5) = 0", '7 sendto(9, "HTTP/1.1 201 C'], [1]),
        (['7 recvfrom(9, "POST /l/X', '7 sendto(9, "HTTP/1.1 201 C', "7 fdatasync(5) = 0"], [0]),
        (['7 recvfrom(9, "POST /l/X', "7 fsync(5) = -1 EIO", '7 sendto(9, "HTTP/1.1 201 '], [0]),
        (['7 recvfrom(9, "POST /l/X', "7 fsync(5) = 0", '7 sendto(9, "HTTP/1.1 503 '], []),
    ],
)
def test_the_reader_of_the_trace_counts_confirmed_flushes_before_a_201(
    tmp_path: Path, lines: list[str], flushes: list[int]
) -> None:
    trace = tmp_path / "trace"
    trace.write_text("\n".join(lines))
    assert flushes_before_replies(trace) == flushes
