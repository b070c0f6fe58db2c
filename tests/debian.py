"""Programs of Debian's packages that tests run: found, or installed; without one the tests fail.

``python -m tests.debian`` does it beforehand, while no test's clock runs.
"""

import os
import shutil
import subprocess
from pathlib import Path

PACKAGES = {"nginx": "nginx", "systemd-analyze": "systemd"}
"""A program that tests run, and the package that it comes with."""

_PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


class NoProgram(RuntimeError):
    """A program is missing, so the suite cannot pass."""


def program(name: str) -> Path:
    """Return where a program is, after its package was installed if need be."""
    if not shutil.which(name, path=_PLACES):
        install(PACKAGES[name])
    found = shutil.which(name, path=_PLACES)
    if found is None:
        message = f"{name} is missing (on Debian as root: apt-get install {PACKAGES[name]})."
        raise NoProgram(message)
    return Path(found)


def install(*packages: str) -> None:
    """Install packages where that can be done: as root, on Debian."""
    if os.geteuid() or not shutil.which("apt-get"):
        return
    # Another installation may be under way: wait for it.
    apt = ["apt-get", "--quiet", "--quiet", "--option=DPkg::Lock::Timeout=300"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run([*apt, *step], check=False, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    for each in PACKAGES:
        program(each)
