"""A site of gunicorn on sockets that are opened for it and outlive it, as systemd does."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from survey.settings import HOME

BOTH = "deploy.wsgi:application()"
SETTINGS = HOME / "deploy" / "gunicorn.conf.py"
_LAUNCH = """
import os, sys
places, command = sys.argv[1].split(","), sys.argv[2:]
for place, given in enumerate(places, 3):
    os.dup2(int(given), place)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(places)))
os.execv(command[0], command)
"""


@dataclass
class Activated:
    """A site behind sockets in a folder, where connections wait while it is started again.

    Attributes
    ----------
    sockets
        The names of its sockets in the folder.
    """

    folder: Path
    environment: Mapping[str, str]
    application: str = BOTH
    sockets: tuple[str, ...] = ("public.sock", "staff.sock")
    _listening: list[socket.socket] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    def listen(self) -> None:
        """Open the sockets, as their units do at boot."""
        for name in self.sockets:
            opened = socket.socket(socket.AF_UNIX)
            opened.bind(str(self.folder / name))
            (self.folder / name).chmod(0o666)
            opened.listen(512)
            self._listening.append(opened)

    def start(self) -> None:
        """Start the site; whoever connects meanwhile waits."""
        handles = sorted(each.fileno() for each in self._listening)
        gunicorn = [sys.executable, "-m", "gunicorn", "-c", str(SETTINGS), self.application]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _LAUNCH, ",".join(map(str, handles)), *gunicorn],
            env={**os.environ, **self.environment},
            cwd=HOME,
            pass_fds=handles,
        )

    def stop(self) -> None:
        """End the site as systemd does: it finishes what it has begun."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=60)
            self._process = None

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop it and take its sockets away."""
        self.stop()
        for each in self._listening:
            each.close()
        self._listening.clear()
        for name in self.sockets:
            (self.folder / name).unlink(missing_ok=True)


@contextmanager
def activated(
    folder: Path, environment: Mapping[str, str], application: str = BOTH
) -> Iterator[Activated]:
    """Give a started site; it is stopped at the end."""
    site = Activated(folder, environment, application)
    site.listen()
    try:
        site.start()
        yield site
    finally:
        site.close()
