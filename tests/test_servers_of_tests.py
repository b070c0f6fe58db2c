"""The servers that tests start: what a killed run left behind never stops the next one."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.postgres import Server, binaries

pytestmark = pytest.mark.every_database


@pytest.fixture
def server(tmp_path: Path) -> Server:
    server = Server(binaries()["postgres"], tmp_path)
    (tmp_path / "data").mkdir()
    return server


def write_pid(server: Server, pid: int) -> None:
    (server.folder / "data" / "postmaster.pid").write_text(f"{pid}\n{server.folder}\n")


def test_a_server_killed_with_its_run_counts_as_stopped(server: Server) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    write_pid(server, gone.pid)

    server.stop()


def test_a_stranger_who_got_the_number_of_a_killed_server_lives_on(server: Server) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    write_pid(server, stranger.pid)

    server.stop()

    assert stranger.poll() is None
    stranger.communicate(b"\n")
    assert stranger.returncode == 0
