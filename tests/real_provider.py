"""A real provider of identities for tests: an npm package, installed under var/ when missing.

``python -m tests.real_provider`` installs it beforehand, while no test's clock runs.
"""

import fcntl
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from survey.settings import HOME
from tests.told_provider import CLIENT, SECRET

PACKAGE = "oidc-provider@9.13.3"
FOLDER = HOME / "var" / "oidc-provider"
PROGRAM = Path(__file__).with_suffix(".mjs")
BACK = "http://127.0.0.1:8000/staff/masuk/penyedia/kembali"
OUT = "http://127.0.0.1:8000/staff/masuk"
_MOST_STEPS = 8


class NoProvider(RuntimeError):
    """The tests of signing on cannot run, so the suite cannot pass."""


def install() -> None:
    """Install the provider, with Node and npm if this machine has none; one worker does it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _install()


def _install() -> None:
    if not (shutil.which("node") and shutil.which("npm")):
        apt = ["apt-get", "--quiet", "--quiet", "--option=DPkg::Lock::Timeout=300"]
        _run([*apt, "update"])
        _run([*apt, "install", "--yes", "--no-install-recommends", "nodejs", "npm"])
    if not (FOLDER / "node_modules" / "oidc-provider" / "package.json").exists():
        npm = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--no-save"]
        _run([*npm, "--prefix", str(FOLDER), PACKAGE])
    beside = FOLDER / PROGRAM.name  # where Node finds the package
    if not beside.exists() or beside.read_bytes() != PROGRAM.read_bytes():
        shutil.copyfile(PROGRAM, beside)


@dataclass
class RealProvider:
    """The running provider, and what it is told."""

    issuer: str
    process: subprocess.Popen[str]

    def tell(self, **changed: Any) -> None:  # noqa: ANN401 - as JSON has it
        """Change who signs on next (`login`), what `people` are like, or `rotate` its keys."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(changed) + "\n")
        self.process.stdin.flush()
        # It also tells, on the same line, what only a test would be set up like.
        assert "ok\n" in iter(self.process.stdout.readline, "")

    def passed(self, address: str) -> str:
        """Go through the provider's pages as a new browser; return the address it leads back to."""
        cookies: dict[str, str] = {}
        for _ in range(_MOST_STEPS):
            if not address.startswith(self.issuer):
                return address
            address = urljoin(address, self._step(address, cookies))
        message = f"the provider does not lead back: {address}"
        raise AssertionError(message)

    def _step(self, address: str, cookies: dict[str, str]) -> str:
        parts = urlsplit(address)
        line = HTTPConnection(parts.netloc, timeout=20)
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        shown = "; ".join(f"{name}={value}" for name, value in cookies.items())
        line.request("GET", path, headers={"Cookie": shown} if shown else {})
        answer = line.getresponse()
        body = answer.read().decode()
        for each in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = each.partition(";")[0].partition("=")
            cookies[name] = value
        line.close()
        location = answer.headers["Location"]
        assert location, (answer.status, body[:500])
        return str(location)


@contextmanager
def real_provider() -> Iterator[RealProvider]:
    install()
    set_up = json.dumps({"client": CLIENT, "secret": SECRET, "back": BACK, "out": OUT})
    with subprocess.Popen(
        ["node", PROGRAM.name, set_up],
        cwd=FOLDER,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it says at length that it is meant for tests
        text=True,
    ) as process:
        assert process.stdout is not None
        try:
            yield RealProvider(process.stdout.readline().strip(), process)
        finally:
            process.kill()


def _run(command: list[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        message = f"{' '.join(command)} failed: {done.stderr[-500:]}"
        raise NoProvider(message)


if __name__ == "__main__":
    install()
