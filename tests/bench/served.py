"""A site served by gunicorn for a benchmark: started, asked, its CPU time read, ended."""

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from survey.settings import HOME

_TICK = os.sysconf("SC_CLK_TCK")
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Served:
    """A running gunicorn: its port, and the process that leads it."""

    port: int
    process: subprocess.Popen[bytes]

    def connect(self) -> http.client.HTTPConnection:
        """Return a kept-alive connection to it."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.connect()
        connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def cpu_seconds(self) -> float:
        """Return the CPU time of the leader and its workers so far."""
        return sum(_cpu_of(pid) for pid in self.pids())

    def pids(self) -> list[int]:
        """Return the leader's and its workers' process ids."""
        return [self.process.pid, *_children(self.process.pid)]


@contextmanager
def served(application: str, environment: Mapping[str, str], nice: int = 0) -> Iterator[Served]:
    """Serve an application factory with the shipped gunicorn settings on a free port.

    Parameters
    ----------
    nice
        By how much it leaves the processor to others (0 to 19).
    """
    port = _free_port()
    settings = str(HOME / "deploy" / "gunicorn.conf.py")
    gunicorn = [sys.executable, "-m", "gunicorn", "-c", settings, "-b", f"127.0.0.1:{port}"]
    process = subprocess.Popen(
        ["nice", "-n", str(nice), *gunicorn, application],
        env={**os.environ, **environment},
        cwd=HOME,
    )
    try:
        _wait_until_answering(port, process)
        yield Served(port, process)
    finally:
        process.terminate()
        process.wait(timeout=30)


def hidden_fields(page: str) -> dict[str, str]:
    """Return the hidden fields of a page's form."""
    return dict(_HIDDEN.findall(page))


def _wait_until_answering(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            message = f"the server ended with {process.returncode} before it answered"
            raise RuntimeError(message)
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    message = "the server did not answer within 30 seconds"
    raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _children(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(child) for child in listed.split()]


def _cpu_of(pid: int) -> float:
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(after_name[11]) + int(after_name[12])) / _TICK
