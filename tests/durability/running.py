"""A public site in a process of its own that can be killed like a machine that loses power."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from survey.settings import HOME

SHIPPED = "deploy.public:application()"
CONFIGURATION = HOME / "deploy" / "gunicorn.conf.py"
TRIES = 600


class DidNotStart(RuntimeError):
    """The site ended, or did not answer, before a test could use it."""


@dataclass
class RunningSite:
    """Gunicorn with the shipped settings on a free port, started again after each kill.

    Attributes
    ----------
    environment
        The site's settings, beside this process's own.
    application
        The factory to serve; tests of the tests serve a careless one.
    configuration
        Gunicorn's settings; tests of the tests give plain ones.
    wrapper
        What gunicorn is started under, such as strace.
    nice
        By how much it leaves the processor to others (0 to 19).
    log
        Where its standard error goes; to this process's own, unless told otherwise.
    """

    environment: Mapping[str, str]
    application: str = SHIPPED
    configuration: Path = CONFIGURATION
    wrapper: Sequence[str] = ()
    nice: int = 0
    log: Path | None = None
    port: int = field(init=False)
    process: subprocess.Popen[bytes] = field(init=False)

    def __enter__(self) -> Self:
        self.port = free_port()
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        """Start it and return once it answers."""
        gunicorn = ["nice", "-n", str(self.nice), sys.executable, "-m", "gunicorn"]
        with self.log.open("ab") if self.log else nullcontext() as log:
            self.process = subprocess.Popen(
                [
                    *self.wrapper,
                    *gunicorn,
                    f"--config={self.configuration}",
                    f"--bind=127.0.0.1:{self.port}",
                    self.application,
                ],
                env={**os.environ, **self.environment},
                cwd=HOME,
                stderr=log,
            )
        for _ in range(TRIES):
            if self.process.poll() is not None:
                break
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                return
            time.sleep(0.05)
        self.kill()
        message = f"{self.application} did not answer"
        raise DidNotStart(message)

    def pids(self) -> list[int]:
        """Return the process ids of the leader and of all it started."""
        return _family(self.process.pid)

    def kill_a_worker(self) -> None:
        """Kill one worker; the leader notices and starts another."""
        for worker in _children(self.process.pid)[:1]:
            _kill(worker)

    def kill(self) -> None:
        """Kill the leader and all it started, at once and without a word."""
        family = _family(self.process.pid)
        # strace ends by itself after what it watched, with its file written to the end.
        for pid in family[1:] if self.wrapper else family:
            _kill(pid)
        self.process.wait(timeout=60)


def _family(pid: int) -> list[int]:
    """Return a process, then those it started, and theirs."""
    return [pid, *(kin for child in _children(pid) for kin in _family(child))]


def _children(pid: int) -> list[int]:
    try:
        listed = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except FileNotFoundError:
        return []
    return [int(child) for child in listed.split()]


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
