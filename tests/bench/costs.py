"""What a benchmark measures: the processor, the clock, and the database server's part of both."""

import os
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tests.postgres import DURABLE, Server, binaries

Database = Callable[[], AbstractContextManager[tuple[str, Callable[[], float]]]]
"""Makes an empty database: its address, and the CPU seconds that its server has used."""

_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, order=True)
class Cost:
    """Seconds of CPU, the database server's with it, and of the clock on the wall."""

    cpu: float
    wall: float


@contextmanager
def clock(server_cpu: Callable[[], float]) -> Iterator[list[Cost]]:
    """Measure the block; its cost is there when it has ended."""
    cost: list[Cost] = []
    cpu, wall = _own_cpu() + server_cpu(), time.perf_counter()
    yield cost
    cost.append(Cost(_own_cpu() + server_cpu() - cpu, time.perf_counter() - wall))


@contextmanager
def sqlite_file() -> Iterator[tuple[str, Callable[[], float]]]:
    """Give the URL of a new file; there is no server that would use the processor."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/nilai.db", lambda: 0.0


@contextmanager
def postgresql_server() -> Iterator[tuple[str, Callable[[], float]]]:
    """Start a server with its own durable defaults; everything else of it as it ships."""
    with tempfile.TemporaryDirectory(dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o755)
        server = Server(binaries()["postgres"], folder / "pg")
        server.start(DURABLE)
        try:
            server.administer("CREATE DATABASE busy")
            yield server.url("busy"), lambda: _server_cpu(folder / "pg")
        finally:
            server.stop()


def _own_cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _server_cpu(folder: Path) -> float:
    """Return the CPU seconds of a PostgreSQL server and all its processes, ended ones too."""
    leader = int((folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0])
    while True:
        with suppress(FileNotFoundError):  # a child that ended is the leader's from then on
            children = Path(f"/proc/{leader}/task/{leader}/children").read_text(encoding="ascii")
            living = sum(cpu_of(int(pid)) for pid in children.split())
            return living + cpu_of(leader, ended=True)


def cpu_of(pid: int, *, ended: bool = False) -> float:
    """Return a process's CPU seconds, with those of children that have ended if asked for."""
    after_name = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return sum(map(int, after_name[11 : 15 if ended else 13])) / _TICK
